/** CBC ciphers of OpenSSL. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { CbcCipher, CipherName } from '../../ike/suite.ts';
import { checkCbcArguments } from '../cbc-check.ts';
import { plainOctets } from './plain-octets.ts';

/**
 * A CBC cipher of OpenSSL without padding; `opensslNames` maps the length of a key in octets to
 * the name of the algorithm. There is no call of `final`: over whole blocks it yields nothing, as
 * long as the padding that only encryption would add there is not asked for.
 */
function createNativeCipher(
  name: CipherName,
  blockLength: number,
  opensslNames: Readonly<Record<number, string>>,
): CbcCipher {
  const keyLengths = Object.keys(opensslNames).map(Number);
  const cipher: CbcCipher = {
    name,
    blockLength,
    encrypt(key, iv, data) {
      checkCbcArguments(cipher, keyLengths, key, iv, data);
      const opensslName = opensslNames[key.length] ?? name;
      return plainOctets(createCipheriv(opensslName, key, iv).update(data));
    },
    decrypt(key, iv, data) {
      checkCbcArguments(cipher, keyLengths, key, iv, data);
      const opensslName = opensslNames[key.length] ?? name;
      // With padding on, OpenSSL would hold back the last block until `final`.
      const decipher = createDecipheriv(opensslName, key, iv).setAutoPadding(false);
      return plainOctets(decipher.update(data));
    },
  };
  return cipher;
}

export const nativeAesCbc = createNativeCipher('aes-cbc', 16, {
  16: 'aes-128-cbc',
  24: 'aes-192-cbc',
  32: 'aes-256-cbc',
});

export const nativeTripleDesCbc = createNativeCipher('3des-cbc', 8, { 24: 'des-ede3-cbc' });
