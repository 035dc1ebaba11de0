/** What every AEAD here checks of its arguments, whatever the backend. */
import type { Aead } from '../ike/suite.ts';

/** @throws RangeError when the key's or nonce's length does not suit the AEAD: the caller's mistake. */
export function checkAeadArguments(
  { name, nonceLength }: Pick<Aead, 'name' | 'nonceLength'>,
  keyLengths: readonly number[],
  key: Uint8Array,
  nonce: Uint8Array,
): void {
  if (!keyLengths.includes(key.length)) {
    throw new RangeError(`${name}: key has ${key.length} octets, not ${keyLengths.join(' or ')}`);
  }
  if (nonce.length !== nonceLength) {
    throw new RangeError(`${name}: nonce has ${nonce.length} octets, not ${nonceLength}`);
  }
}
