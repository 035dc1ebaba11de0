import { describe, expect, it } from 'vitest';
import { observeKeyOperations } from '../../src/crypto/observed.ts';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import { createRandomStream } from '../../src/random/stream.ts';
import { PAIRS } from './public-key-pairs.ts';

describe('observeKeyOperations', () => {
  it('names operations by the key that they use, and changes no result', () => {
    const seen: string[] = [];
    const inner = createPublicKeyOperations();
    const watched = observeKeyOperations(inner, (name) => (octets) => seen.push(`${name} ${octets}`));
    const hash = new Uint8Array(20).fill(3);
    const { octets } = createRandomStream({ seed: 1, entity: 0, purpose: 'test' });
    for (const { privateKey, publicKey } of [PAIRS.rsa, PAIRS['ecdsa-384']]) {
      const signature = watched.sign(privateKey, hash);
      expect(signature).toEqual(inner.sign(privateKey, hash));
      expect(watched.verify(publicKey, hash, signature)).toBe(true);
    }
    const ciphertext = watched.encrypt(PAIRS.rsa.publicKey, hash, octets);
    expect(watched.decryptRaw(PAIRS.rsa.privateKey, ciphertext).subarray(-20)).toEqual(hash);
    expect(seen).toEqual([
      'sign:rsa-1024 20',
      'verify:rsa-1024 20',
      'sign:ecdsa-384 20',
      'verify:ecdsa-384 20',
      'encrypt:rsa-1024 20',
      'decrypt:rsa-1024 128',
    ]);
  });
});
