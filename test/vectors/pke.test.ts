import { expect, it } from 'vitest';
import { createNativeSuite } from '../../src/crypto/native.ts';
import { createNobleSuite } from '../../src/crypto/noble.ts';
import type { HashName } from '../../src/ike/suite.ts';
import { ENCRYPTION_QUIRKS } from '../../src/ike/v1/encryption-quirks.ts';
import { deriveSkeyidEncryption } from '../../src/ike/v1/public-key-encryption.ts';
import { fromHex, toHex } from '../../src/ike/wire/octets.ts';
import { describeVectors, readVectorText } from '../harness/vectors.ts';

/** As the file calls them; all but the hash are hex. */
interface Vector {
  readonly hash: HashName;
  readonly ni: string;
  readonly nr: string;
  readonly cky_i: string;
  readonly cky_r: string;
  readonly skeyid: string;
}

describeVectors('SKEYID of public key encryption by profile, ACVP answers', () => {
  const { vectors } = JSON.parse(readVectorText('nist-cavp-ike-kdf/ikev1_pke.json')) as { vectors: Vector[] };

  it.each(vectors)('$hash: all but Cisco derive the answer', (vector) => {
    const input = {
      nonceI: fromHex(vector.ni),
      nonceR: fromHex(vector.nr),
      initiatorCookie: fromHex(vector.cky_i),
      responderCookie: fromHex(vector.cky_r),
    };
    for (const suite of [createNativeSuite(), createNobleSuite()]) {
      const hash = suite.hash(vector.hash);
      expect(toHex(deriveSkeyidEncryption(hash, ENCRYPTION_QUIRKS.rfc, input))).toBe(vector.skeyid);
      expect(toHex(deriveSkeyidEncryption(hash, ENCRYPTION_QUIRKS.huawei, input))).toBe(vector.skeyid);
      expect(toHex(deriveSkeyidEncryption(hash, ENCRYPTION_QUIRKS.cisco, input))).not.toBe(vector.skeyid);
    }
  });
});
