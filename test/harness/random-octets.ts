import { createHash } from 'node:crypto';
import type { RandomOctets } from '../../src/ike/suite.ts';

/** A stream that is the same for the same seed. */
export function seededOctets(seed: number): RandomOctets {
  let count = 0;
  return (length) => {
    const octets = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32) {
      const block = createHash('sha256').update(`${seed} ${count++}`).digest();
      octets.set(block.subarray(0, length - offset), offset);
    }
    return octets;
  };
}
