import { describe, expect, it } from 'vitest';
import {
  AEAD_NAMES,
  CIPHER_NAMES,
  GROUP_NUMBERS,
  HASH_NAMES,
  PRIMITIVE_NAMES,
} from '../../src/crypto/primitive.ts';
import { createCryptoSuite } from '../../src/crypto/registry.ts';
import { fromText } from './hex.ts';
import { native, noble } from './suites.ts';

describe('registry', () => {
  it.each(['native', 'noble'] as const)('serves every primitive by %s when asked to', (backend) => {
    const { backendOf } = createCryptoSuite(backend);
    expect(Object.keys(backendOf).toSorted()).toEqual([...PRIMITIVE_NAMES].toSorted());
    expect(new Set(Object.values(backendOf))).toEqual(new Set([backend]));
  });

  it('names the backend of every primitive of the fastest suite', () => {
    const { backendOf } = createCryptoSuite('fastest');
    expect(Object.keys(backendOf).length).toBe(PRIMITIVE_NAMES.length);
    expect(backendOf).toMatchObject({
      'hmac:sha1': 'native',
      'encrypt:aes-cbc': 'native',
      'seal:aes-gcm16': 'native',
      'generate:14': 'noble',
      'agree:14': 'native',
    });
  });

  it('serves X25519 by one backend, whose pairs no other understands', () => {
    const { backendOf } = createCryptoSuite('fastest');
    expect(backendOf['generate:31']).toBe(backendOf['agree:31']);
  });

  it('combines backends to the same results', () => {
    const suite = createCryptoSuite('fastest');
    const data = fromText('sixteen octets..');
    for (const name of HASH_NAMES) {
      expect(suite.hash(name).digest(data)).toEqual(noble.hash(name).digest(data));
      expect(suite.hash(name).hmac(data, data)).toEqual(noble.hash(name).hmac(data, data));
    }
    for (const name of CIPHER_NAMES) {
      const key = new Uint8Array(24).fill(7);
      const iv = new Uint8Array(suite.cipher(name).blockLength);
      const encrypted = suite.cipher(name).encrypt(key, iv, data);
      expect(encrypted).toEqual(native.cipher(name).encrypt(key, iv, data));
      expect(suite.cipher(name).decrypt(key, iv, encrypted)).toEqual(data);
    }
    for (const name of AEAD_NAMES) {
      const [key, nonce] = [new Uint8Array(32).fill(7), new Uint8Array(12)];
      const sealed = suite.aead(name).seal(key, nonce, data, data);
      expect(sealed).toEqual(noble.aead(name).seal(key, nonce, data, data));
      expect(suite.aead(name).open(key, nonce, data, sealed)).toEqual(data);
    }
    for (const group of GROUP_NUMBERS) {
      const exchange = suite.group(group);
      const seed = new Uint8Array(exchange.seedLength).fill(9);
      expect(exchange.generate(seed).publicValue).toEqual(native.group(group).generate(seed).publicValue);
    }
  });
});
