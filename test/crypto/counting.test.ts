import { describe, expect, it } from 'vitest';
import { KeyExchangeError } from '../../src/ike/suite.ts';
import { countCalls } from '../../src/crypto/counting.ts';
import { fromText } from './hex.ts';
import { native } from './suites.ts';

const KEY = new Uint8Array(16);
const IV = new Uint8Array(16);

describe('countCalls', () => {
  it('counts calls and octets by primitive and changes no result', () => {
    const { suite, counts } = countCalls(native);
    const data = fromText('sixteen octets..');
    expect(suite.hash('sha1').digest(data)).toEqual(native.hash('sha1').digest(data));
    expect(suite.hash('sha1').hmac(KEY, data)).toEqual(native.hash('sha1').hmac(KEY, data));
    suite.hash('sha1').hmac(KEY, data.subarray(0, 4));
    const encrypted = suite.cipher('aes-cbc').encrypt(KEY, IV, data);
    expect(suite.cipher('aes-cbc').decrypt(KEY, IV, encrypted)).toEqual(data);

    expect(counts.get('digest:sha1')).toEqual({ calls: 1, octets: 16 });
    expect(counts.get('hmac:sha1')).toEqual({ calls: 2, octets: 20 });
    expect(counts.get('encrypt:aes-cbc')).toEqual({ calls: 1, octets: 16 });
    expect(counts.get('decrypt:aes-cbc')).toEqual({ calls: 1, octets: 16 });
    expect(counts.get('hmac:md5')).toBeUndefined();
  });

  it('counts what is sealed and opened with its associated data, refused octets too', () => {
    const { suite, counts } = countCalls(native);
    const aead = suite.aead('aes-gcm16');
    const nonce = new Uint8Array(12);
    const sealed = aead.seal(KEY, nonce, IV, fromText('four'));
    expect(aead.open(KEY, nonce, IV, sealed)).toEqual(fromText('four'));
    expect(aead.open(KEY, nonce, KEY.subarray(1), sealed)).toBeUndefined();
    expect(counts.get('seal:aes-gcm16')).toEqual({ calls: 1, octets: 20 });
    expect(counts.get('open:aes-gcm16')).toEqual({ calls: 2, octets: 16 + 20 + 15 + 20 });
  });

  it('counts key pairs and agreements by group, refused ones too', () => {
    const { suite, counts } = countCalls(native);
    const exchange = suite.group(19);
    const pair = exchange.generate(new Uint8Array(exchange.seedLength).fill(1));
    exchange.agree(pair, pair.publicValue);
    expect(() => exchange.agree(pair, new Uint8Array(3))).toThrow(KeyExchangeError);
    expect(counts.get('generate:19')).toEqual({ calls: 1, octets: 0 });
    expect(counts.get('agree:19')).toEqual({ calls: 2, octets: 67 });
  });

  it('starts again from zero', () => {
    const counted = countCalls(native);
    const hash = counted.suite.hash('md5');
    hash.digest(KEY);
    counted.reset();
    expect(counted.counts.get('digest:md5')).toEqual({ calls: 0, octets: 0 });
    hash.digest(KEY);
    expect(counted.counts.get('digest:md5')).toEqual({ calls: 1, octets: 16 });
  });

  it('knows the groups of the suite that it wraps', () => {
    const { suite } = countCalls({ ...native, hasGroup: (group) => group === 14 });
    expect(suite.hasGroup(14)).toBe(true);
    expect(suite.hasGroup(19)).toBe(false);
  });
});
