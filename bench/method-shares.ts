/**
 * What part of the CPU of a negotiation its bare cryptography is, for each method: the calls that one
 * negotiation makes are recorded with their arguments and made again in a loop, in turn with whole
 * negotiations. Chains of certificates are checked when they are first seen and remembered, so that
 * they are in neither figure.
 */
import type { CryptoSuite } from '../src/ike/suite.ts';
import { createMethods, type Method } from './methods.ts';
import { createVillage, negotiate, type Village } from './negotiation.ts';
import { recordCryptography } from './recorded-cryptography.ts';
import { formatSpread, spreadOf } from './spread.ts';

const ROUNDS = 7;
/** On a busy machine; when this is over, fewer rounds must do. */
const LONGEST_SECONDS = 60;
const FEWEST_ROUNDS = 3;
const ROUND_MS = 150;

interface Candidate {
  readonly name: string;
  readonly village: Village;
  /** The bare cryptography of one negotiation. */
  readonly calls: readonly (() => unknown)[];
  readonly wholeUs: number[];
  readonly bareUs: number[];
}

function prepare(suite: CryptoSuite, method: Method): Candidate {
  return {
    name: method.name,
    village: createVillage(suite, { ...method, hostCount: 8 }),
    calls: callsOfNegotiation(suite, method),
    wholeUs: [],
    bareUs: [],
  };
}

/** Of both ends, for one that replaces a tunnel, as in a closed load. */
function callsOfNegotiation(suite: CryptoSuite, method: Method): readonly (() => unknown)[] {
  const recording = recordCryptography(suite);
  const { certificatesOf } = method;
  const village = createVillage(recording.suite, {
    policy: method.policy,
    hostCount: 1,
    ...(certificatesOf !== undefined && {
      certificatesOf(id: number) {
        const setting = certificatesOf(id);
        return { ...setting, operations: recording.operations(setting.operations) };
      },
    }),
  });
  connectAll(method.name, village);
  recording.forget();
  connectAll(method.name, village);
  return [...recording.calls];
}

function connectAll(name: string, { gateway, hosts }: Village): void {
  for (const host of hosts) {
    if (!negotiate(gateway, host).hasSucceeded) throw new Error(`${name}: a negotiation failed`);
  }
}

/** CPU microseconds for each of what `act` does again and again for a while; `act` says how many it did. */
function cpuUsOf(act: () => number): number {
  const start = process.cpuUsage();
  let done = 0;
  let spentUs = 0;
  while (spentUs < ROUND_MS * 1000) {
    done += act();
    const { user, system } = process.cpuUsage(start);
    spentUs = user + system;
  }
  return spentUs / done;
}

function measure({ name, village, calls, wholeUs, bareUs }: Candidate): void {
  bareUs.push(
    cpuUsOf(() => {
      for (let i = 0; i < village.hosts.length; i++) for (const call of calls) call();
      return village.hosts.length;
    }),
  );
  wholeUs.push(
    cpuUsOf(() => {
      connectAll(name, village);
      return village.hosts.length;
    }),
  );
}

/** Prints a line for each method. */
export async function benchMethods(suite: CryptoSuite): Promise<void> {
  const candidates: Candidate[] = [];
  for (const method of await createMethods()) candidates.push(prepare(suite, method));
  // For the compiler.
  for (const candidate of candidates) measure(candidate);
  for (const { bareUs, wholeUs } of candidates) bareUs.length = wholeUs.length = 0;
  const startMs = performance.now();
  const isLate = (): boolean => performance.now() - startMs > LONGEST_SECONDS * 1e3;
  let rounds = 0;
  for (; rounds < ROUNDS && (rounds < FEWEST_ROUNDS || !isLate()); rounds++)
    for (const candidate of candidates) measure(candidate);
  console.log(`\nby method, both ends in plain function calls: CPU of a negotiation in us, its bare`);
  console.log(`cryptography in us, and the share in %; median and range of ${rounds} rounds`);
  for (const { name, calls, wholeUs, bareUs } of candidates) {
    const shares = bareUs.map((us, round) => (us / (wholeUs[round] ?? Number.NaN)) * 100);
    const [whole, bare, share] = [wholeUs, bareUs, shares].map((values) => formatSpread(spreadOf(values), 0));
    console.log(`  ${name} (${calls.length} calls): ${whole}; ${bare}; ${share} %`);
  }
}
