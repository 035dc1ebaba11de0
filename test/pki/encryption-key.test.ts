import { expect, it } from 'vitest';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import { CertificateMemory } from '../../src/pki/certificate-memory.ts';
import { ownEncryptionKey } from '../../src/pki/encryption-key.ts';
import { PEER, makeAuthority } from './authorities.ts';

it('decrypts what is encrypted with the key of its certificate', async () => {
  const { chain, privateKey } = await (await makeAuthority({ kind: 'rsa-2048' })).issue({ identity: PEER });
  const [certificate = new Uint8Array(0)] = chain;
  const key = ownEncryptionKey(certificate, privateKey, new CertificateMemory());
  if (key === undefined) expect.unreachable('an RSA key is one');
  expect(key.length).toBe(256);
  const operations = createPublicKeyOperations();
  const random = (length: number) => new Uint8Array(length).fill(7);
  const block = operations.decryptRaw(
    key.privateKey,
    operations.encrypt(key.publicKey, new Uint8Array(8), random),
  );
  expect(block.subarray(0, 3)).toEqual(Uint8Array.of(0, 2, 7));
  // A secret of the key alone: the same in every thread and run, another one for another key.
  const again = ownEncryptionKey(certificate, privateKey, new CertificateMemory());
  expect(again?.rejectionSecret).toEqual(key.rejectionSecret);
  expect(key.rejectionSecret).toHaveLength(32);
});

it('is none of an ECDSA certificate', async () => {
  const { chain, privateKey } = await (await makeAuthority({ kind: 'ecdsa-256' })).issue({ identity: PEER });
  const [certificate = new Uint8Array(0)] = chain;
  expect(ownEncryptionKey(certificate, privateKey, new CertificateMemory())).toBeUndefined();
});
