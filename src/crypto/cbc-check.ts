/** What every CBC cipher here checks of its arguments, whatever the backend. */
import type { CbcCipher } from '../ike/suite.ts';

/** @throws RangeError when the key's, IV's or data's length does not suit the cipher: the caller's mistake. */
export function checkCbcArguments(
  { name, blockLength }: Pick<CbcCipher, 'name' | 'blockLength'>,
  keyLengths: readonly number[],
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): void {
  if (!keyLengths.includes(key.length)) {
    throw new RangeError(`${name}: key has ${key.length} octets, not ${keyLengths.join(' or ')}`);
  }
  if (iv.length !== blockLength) {
    throw new RangeError(`${name}: IV has ${iv.length} octets, not ${blockLength}`);
  }
  if (data.length % blockLength !== 0) {
    throw new RangeError(`${name}: ${data.length} octets of data are no whole number of blocks`);
  }
}
