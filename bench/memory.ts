/** Memory of established tunnels, both ends in one process. */
import type { CryptoSuite } from '../src/ike/suite.ts';
import { benchPolicy, createVillage, negotiate } from './negotiation.ts';

/** So many that the arrays in which they are parked, of a mebibyte each, are full enough. */
const HOSTS = 20_000;
/** Enough for code, charts and tables of the groups, few enough to leave no garbage that counts. */
const FIRST_HOSTS = 50;

/** Octets for one host with its tunnel and for the gateway's end of it together. Wants `--expose-gc`. */
export function measureMemory(suite: CryptoSuite): number {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('run with --expose-gc');
  // The first village warms up what is shared.
  connectAll(suite, FIRST_HOSTS);
  collect();
  const before = usedOctets();
  const village = connectAll(suite, HOSTS);
  collect();
  const after = usedOctets();
  return village.hosts.length === HOSTS ? (after - before) / HOSTS : Number.NaN;
}

function connectAll(suite: CryptoSuite, hostCount: number) {
  const village = createVillage(suite, { policy: benchPolicy(), hostCount, parks: true });
  for (const host of village.hosts) negotiate(village.gateway, host);
  return village;
}

function usedOctets(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
