/** Memory of established tunnels, both ends in one process. */
import type { CryptoSuite } from '../src/ike/suite.ts';
import { benchPolicy, createVillage, negotiate } from './negotiation.ts';

const HOSTS = 5_000;

/** Octets for one host with its tunnel and for the gateway's end of it together. Wants `--expose-gc`. */
export function measureMemory(suite: CryptoSuite): number {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('run with --expose-gc');
  // The first village warms up what is shared: code, charts, tables of the groups.
  connectAll(suite);
  collect();
  const before = usedOctets();
  const village = connectAll(suite);
  collect();
  const after = usedOctets();
  return village.hosts.length === HOSTS ? (after - before) / HOSTS : Number.NaN;
}

function connectAll(suite: CryptoSuite) {
  const village = createVillage(suite, { policy: benchPolicy(), hostCount: HOSTS });
  for (const host of village.hosts) negotiate(village.gateway, host);
  return village;
}

function usedOctets(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
