/** The cryptography of a negotiation and nothing else: how many calls it makes, and how long those take in a tight loop. */
import { countCalls } from '../src/crypto/counting.ts';
import type { CipherName, CryptoSuite, GroupNumber, HashName } from '../src/ike/suite.ts';
import { benchPolicy, createVillage, negotiate } from './negotiation.ts';

export interface CallCount {
  /** As `hmac:sha256`, `generate:31`. */
  readonly primitive: string;
  readonly callsPerNegotiation: number;
  /** Mean length of the input. */
  readonly octets: number;
}

const COUNTED_NEGOTIATIONS = 50;

/** Calls of both ends for a negotiation that replaces the host's tunnel, deletes included, as in a closed load. */
export function countNegotiation(suite: CryptoSuite, group: GroupNumber): CallCount[] {
  const counter = countCalls(suite);
  const { gateway, hosts } = createVillage(counter.suite, {
    policy: benchPolicy({ ike: [{ cipher: 'aes-cbc', keyBits: 128, hash: 'sha256', group }] }),
    hostCount: 1,
  });
  const [host] = hosts;
  if (host === undefined || !negotiate(gateway, host).hasSucceeded)
    throw new Error('the first negotiation failed');
  counter.reset();
  for (let i = 0; i < COUNTED_NEGOTIATIONS; i++) {
    if (!negotiate(gateway, host).hasSucceeded) throw new Error('a counted negotiation failed');
  }
  return [...counter.counts]
    .filter(([, { calls }]) => calls > 0)
    .map(([primitive, { calls, octets }]) => ({
      primitive,
      callsPerNegotiation: calls / COUNTED_NEGOTIATIONS,
      octets: Math.round(octets / calls),
    }));
}

export interface BareTime {
  /** By the clock, which others on the machine stretch. */
  readonly wallS: number;
  /** CPU of the process. */
  readonly cpuS: number;
}

/** How long the counted calls of one negotiation take when nothing else is done. */
export function timeBareCryptography(
  suite: CryptoSuite,
  group: GroupNumber,
  counts: readonly CallCount[],
  rounds: number,
): BareTime {
  const calls = counts.flatMap((count) => {
    const call = callOf(suite, group, count);
    return Array.from({ length: Math.round(count.callsPerNegotiation) }, () => call);
  });
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  for (let round = 0; round < rounds; round++) for (const call of calls) call();
  const { user, system } = process.cpuUsage(startCpu);
  return { wallS: (performance.now() - startMs) / 1e3 / rounds, cpuS: (user + system) / 1e6 / rounds };
}

function callOf(
  suite: CryptoSuite,
  groupNumber: GroupNumber,
  { primitive, octets }: CallCount,
): () => unknown {
  const [operation, name = ''] = primitive.split(':');
  const data = new Uint8Array(octets).fill(0x5a);
  const key = new Uint8Array(32).fill(0x17);
  switch (operation) {
    case 'digest': {
      const hash = suite.hash(name as HashName);
      return () => hash.digest(data);
    }
    case 'hmac': {
      const hash = suite.hash(name as HashName);
      return () => hash.hmac(key, data);
    }
    case 'encrypt':
    case 'decrypt': {
      const cipher = suite.cipher(name as CipherName);
      const iv = new Uint8Array(cipher.blockLength);
      const cipherKey = new Uint8Array(name === '3des-cbc' ? 24 : 16).fill(0x23);
      const blocks = data.subarray(0, Math.ceil(octets / cipher.blockLength) * cipher.blockLength);
      const whole = new Uint8Array(Math.ceil(octets / cipher.blockLength) * cipher.blockLength);
      whole.set(blocks);
      return () => cipher[operation](cipherKey, iv, whole);
    }
    default: {
      const group = suite.group(groupNumber);
      const seed = new Uint8Array(group.seedLength).fill(0x31);
      const own = group.generate(seed);
      const peer = group.generate(new Uint8Array(group.seedLength).fill(0x32)).publicValue;
      return operation === 'generate' ? () => group.generate(seed) : () => group.agree(own, peer);
    }
  }
}
