import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createModelledSuite } from '../../src/crypto/modelled.ts';
import { createModelledPublicKeyOperations } from '../../src/crypto/modelled/public-key.ts';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import { GROUP_NUMBERS, HASH_NAMES } from '../../src/crypto/primitive.ts';
import { KeyExchangeError } from '../../src/ike/suite.ts';
import { createRandomStream } from '../../src/random/stream.ts';
import { Pair } from '../harness/pair.ts';
import { PAIRS, rsaPair } from './public-key-pairs.ts';
import { native } from './suites.ts';

const modelled = createModelledSuite();
const octets = fc.uint8Array({ maxLength: 300 });
const changed = (original: Uint8Array, at: number): Uint8Array =>
  original.map((octet, index) => (index === at % original.length ? octet ^ 1 : octet));

describe('modelled hashes', () => {
  it.each(HASH_NAMES)('%s has digests of the right length', (name) => {
    const hash = modelled.hash(name);
    expect(hash.digestLength).toBe(native.hash(name).digestLength);
    expect(hash.digest(new Uint8Array(7))).toHaveLength(hash.digestLength);
    expect(hash.hmac(new Uint8Array(3), new Uint8Array(7))).toHaveLength(hash.digestLength);
    expect(hash.digest(new Uint8Array(7))).not.toEqual(hash.hmac(new Uint8Array(0), new Uint8Array(7)));
  });

  property.prop([octets, octets, fc.nat()])('differ when key or data differ', (key, data, at) => {
    const hash = modelled.hash('sha256');
    expect(hash.hmac(key, data)).toEqual(hash.hmac(key.slice(), data.slice()));
    if (data.length > 0) expect(hash.hmac(key, changed(data, at))).not.toEqual(hash.hmac(key, data));
    if (key.length > 0) expect(hash.hmac(changed(key, at), data)).not.toEqual(hash.hmac(key, data));
    expect(hash.digest(Uint8Array.of(...data, 0))).not.toEqual(hash.digest(data));
  });

  it('leave no octet of the output the same for all inputs', () => {
    const hash = modelled.hash('sha512');
    const seen = Array.from({ length: 64 }, () => new Set<number>());
    for (let value = 0; value < 256; value++) {
      for (const [index, octet] of hash.digest(Uint8Array.of(value)).entries()) seen[index]!.add(octet);
    }
    for (const values of seen) expect(values.size).toBeGreaterThan(100);
  });
});

describe('modelled ciphers', () => {
  property.prop([fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(), fc.nat()])(
    'open with the same key and IV, and with no other',
    (data, at, seed) => {
      const { octets: draw } = createRandomStream({ seed, entity: 0, purpose: 'test' });
      const cipher = modelled.cipher('aes-cbc');
      const key = draw(16);
      const iv = draw(16);
      const encrypted = cipher.encrypt(key, iv, data);
      expect(encrypted).not.toEqual(data);
      expect(cipher.decrypt(key, iv, encrypted)).toEqual(data);
      expect(cipher.decrypt(changed(key, at), iv, encrypted)).not.toEqual(data);
      expect(cipher.decrypt(key, changed(iv, at), encrypted)).not.toEqual(data);
    },
  );

  it('check lengths as real ones do', () => {
    const cipher = modelled.cipher('3des-cbc');
    expect(() => cipher.encrypt(new Uint8Array(16), new Uint8Array(8), new Uint8Array(8))).toThrow(
      RangeError,
    );
    expect(() => cipher.encrypt(new Uint8Array(24), new Uint8Array(8), new Uint8Array(9))).toThrow(
      RangeError,
    );
  });

  property.prop([octets, octets, fc.nat()])('notice what was changed, with a tag', (aad, plaintext, at) => {
    const aead = modelled.aead('aes-gcm16');
    const key = new Uint8Array(16).fill(7);
    const nonce = new Uint8Array(12);
    const sealed = aead.seal(key, nonce, aad, plaintext);
    expect(sealed).toHaveLength(plaintext.length + 16);
    expect(aead.open(key, nonce, aad, sealed)).toEqual(plaintext);
    expect(aead.open(key, nonce, aad, changed(sealed, at))).toBeUndefined();
    expect(aead.open(changed(key, at), nonce, aad, sealed)).toBeUndefined();
  });
});

describe('modelled key exchange', () => {
  it.each(GROUP_NUMBERS)('group %i has values as long as real ones, and secrets of two', (group) => {
    const real = native.group(group);
    const exchange = modelled.group(group);
    expect(exchange.publicLength).toBe(real.publicLength);
    expect(exchange.sharedLength).toBe(real.sharedLength);
    const { octets: draw } = createRandomStream({ seed: 1, entity: group, purpose: 'test' });
    const [alice, bob, eve] = [0, 1, 2].map(() => exchange.generate(draw(exchange.seedLength)));
    expect(alice!.publicValue).toHaveLength(real.publicLength);
    const shared = exchange.agree(alice!, bob!.publicValue);
    expect(shared).toHaveLength(real.sharedLength);
    expect(exchange.agree(bob!, alice!.publicValue)).toEqual(shared);
    expect(exchange.agree(eve!, alice!.publicValue)).not.toEqual(shared);
    expect(exchange.agree(eve!, bob!.publicValue)).not.toEqual(shared);
  });

  property.prop([
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
  ])('is symmetric for all seeds', (one, other) => {
    const exchange = modelled.group(31);
    const alice = exchange.generate(one);
    const bob = exchange.generate(other);
    expect(exchange.agree(alice, bob.publicValue)).toEqual(exchange.agree(bob, alice.publicValue));
  });

  it('refuses values that are too short, degenerate or damaged', () => {
    const exchange = modelled.group(14);
    const own = exchange.generate(Uint8Array.of(1, 2, 3, 4));
    for (const value of [
      new Uint8Array(255),
      new Uint8Array(256),
      new Uint8Array(256).fill(0xff),
      changed(own.publicValue, 200),
    ]) {
      expect(() => exchange.agree(own, value)).toThrow(KeyExchangeError);
    }
    expect(() => exchange.generate(new Uint8Array(3))).toThrow(RangeError);
  });
});

describe('modelled signatures', () => {
  const operations = createModelledPublicKeyOperations();
  const real = createPublicKeyOperations();
  const hash = new Uint8Array(32).fill(9);

  it.each(Object.entries(PAIRS))(
    'of %s are as long as real ones, and right for one key and hash',
    (_, pair) => {
      const signature = operations.sign(pair.privateKey, hash);
      expect(signature).toHaveLength(real.sign(pair.privateKey, hash).length);
      expect(operations.verify(pair.publicKey, hash, signature)).toBe(true);
      expect(operations.verify(pair.publicKey, changed(hash, 3), signature)).toBe(false);
      expect(operations.verify(pair.publicKey, hash, changed(signature, 3))).toBe(false);
      expect(operations.verify(rsaPair(1024).publicKey, hash, signature)).toBe(false);
    },
  );

  it('encrypt as RSA does: the block comes back with its padding, and with no other key', () => {
    const { octets: draw } = createRandomStream({ seed: 1, entity: 0, purpose: 'test' });
    const ciphertext = operations.encrypt(PAIRS.rsa.publicKey, hash, draw);
    const block = operations.decryptRaw(PAIRS.rsa.privateKey, ciphertext);
    expect(block.subarray(0, 2)).toEqual(Uint8Array.of(0, 2));
    expect(block.subarray(-33)).toEqual(Uint8Array.of(0, ...hash));
    expect(operations.decryptRaw(rsaPair(1024).privateKey, ciphertext)).not.toEqual(block);
    expect(() => operations.decryptRaw(PAIRS.rsa.privateKey, new Uint8Array(5))).toThrow(KeyExchangeError);
  });
});

describe('a negotiation with modelled cryptography', () => {
  it('has the messages and lengths of a real one', () => {
    const lengthsOf = (pair: Pair) =>
      pair
        .connect()
        .run()
        .sent.map(({ octets: { length } }) => length);
    expect(lengthsOf(new Pair({ suite: modelled }))).toEqual(lengthsOf(new Pair()));
  });

  it('succeeds with one pre-shared key, and fails with two as a real one does', () => {
    const right = new Pair({ suite: modelled }).connect().run();
    expect(right.facts.some(({ fact }) => fact.type === 'negotiation.succeeded')).toBe(true);
    const keys = { initiatorKey: 'one', responderKey: 'other' };
    const causes = (pair: Pair) =>
      pair
        .connect()
        .run()
        .facts.flatMap(({ fact }) => (fact.type === 'negotiation.failed' ? [fact.cause] : []));
    const failed = causes(new Pair({ suite: modelled, ...keys }));
    expect(failed).toEqual(['authentication-failed']);
    expect(failed).toEqual(causes(new Pair(keys)));
  });
});
