/** Counts the calls of a suite's primitives, for benchmarks and for what a handshake costs. */
import type { CryptoSuite } from '../ike/suite.ts';
import { observeSuite } from './observed.ts';
import type { PrimitiveName } from './primitive.ts';

export interface CallCount {
  calls: number;
  /** Octets of data hashed, encrypted or decrypted, associated data and tags included, keys and IVs not; of a group, the peer's values. */
  octets: number;
}

export interface CountedCalls {
  /** Does what the given suite does, and counts. */
  readonly suite: CryptoSuite;
  /** Primitives called since the start or the last reset; in the order in which they were first asked for. */
  readonly counts: ReadonlyMap<PrimitiveName, Readonly<CallCount>>;
  /** Sets every count to zero. */
  reset(): void;
}

/** Wraps a suite so that each call of a primitive is counted, failed calls included. */
export function countCalls(suite: CryptoSuite): CountedCalls {
  const counts = new Map<PrimitiveName, CallCount>();
  return {
    suite: observeSuite(suite, (name) => {
      const count: CallCount = { calls: 0, octets: 0 };
      counts.set(name, count);
      return (octets) => {
        count.calls++;
        count.octets += octets;
      };
    }),
    counts,
    reset() {
      for (const count of counts.values()) {
        count.calls = 0;
        count.octets = 0;
      }
    },
  };
}
