import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  formatEspTransform,
  formatGroup,
  formatIkeTransform,
  GROUP_KEYWORDS,
  KeywordError,
  parseEspTransform,
  parseGroup,
  parseIkeTransform,
} from '../../src/scenario/keyword.ts';

const HASHES = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];

describe('phase 1 keywords', () => {
  it('name cipher, hash and group', () => {
    expect(parseIkeTransform('aes128-sha256-modp2048')).toEqual({
      cipher: 'aes-cbc',
      keyBits: 128,
      hash: 'sha256',
      group: 14,
    });
    expect(parseIkeTransform('3des-md5-modp768')).toEqual({
      cipher: '3des-cbc',
      keyBits: 192,
      hash: 'md5',
      group: 1,
    });
  });

  it('take curve25519 for x25519', () => {
    expect(parseIkeTransform('aes256-sha512-curve25519').group).toBe(31);
    expect(formatGroup(31)).toBe('x25519');
  });

  it('are written as they are read, for every combination', () => {
    const keyword = fc
      .tuple(
        fc.constantFrom('aes128', 'aes192', 'aes256', '3des'),
        fc.constantFrom(...HASHES),
        fc.constantFrom(...GROUP_KEYWORDS.filter((name) => name !== 'curve25519')),
      )
      .map((parts) => parts.join('-'));
    fc.assert(fc.property(keyword, (text) => formatIkeTransform(parseIkeTransform(text)) === text));
  });

  it.each([
    [
      'aes128-sha256',
      '"aes128-sha256" names no group',
      'write cipher-hash-group, such as aes128-sha256-modp2048',
    ],
    ['aes128', '"aes128" names no hash', 'write cipher-hash-group, such as aes128-sha256-modp2048'],
    ['aes18-sha256-modp2048', '"aes18" in "aes18-sha256-modp2048" is not a cipher', 'did you mean "aes128"?'],
    [
      'aes128-sha265-modp2048',
      '"sha265" in "aes128-sha265-modp2048" is neither a hash nor a group',
      'did you mean "sha256"?',
    ],
    ['aes128-sha1-sha256-modp2048', '"aes128-sha1-sha256-modp2048" names two hashes', undefined],
    ['aes128-sha1-modp2048-modp1024', '"aes128-sha1-modp2048-modp1024" names two groups', undefined],
    [
      'aes128-sha1-modp2048-esn',
      '"aes128-sha1-modp2048-esn" names esn',
      'sequence numbers are negotiated in phase 2: put it into esp',
    ],
    ['aes128-modp2048-sha1', '"aes128-modp2048-sha1" names the hash after the group', undefined],
    [
      'aes128gcm16-sha256-modp2048',
      '"aes128gcm16" in "aes128gcm16-sha256-modp2048" cannot protect phase 1',
      'IKEv1 takes aes128, aes192, aes256 or 3des here',
    ],
  ])('%s is refused', (text, message, hint) => {
    const error = errorOf(() => parseIkeTransform(text));
    expect(error.message).toBe(message);
    expect(error.hint).toBe(hint);
  });
});

describe('phase 2 keywords', () => {
  it('name cipher and integrity, and a group for PFS', () => {
    expect(parseEspTransform('aes256-sha512-modp2048')).toEqual({
      encryption: 'aes-cbc',
      keyBits: 256,
      integrity: 'sha512',
      group: 14,
    });
    expect(parseEspTransform('aes128gcm16')).toEqual({ encryption: 'aes-gcm16', keyBits: 128 });
    expect(parseEspTransform('null-sha256')).toEqual({ encryption: 'null', keyBits: 0, integrity: 'sha256' });
  });

  it('are written as they are read', () => {
    const texts = ['aes192-sha1', 'aes256gcm16-ecp384', 'null-md5', '3des-sha384-x25519'];
    for (const text of [...texts, 'aes128-sha256-esn', 'aes128gcm16-modp2048-esn']) {
      expect(formatEspTransform(parseEspTransform(text))).toBe(text);
    }
  });

  it('say where sequence numbers are extended, which they are not without a word', () => {
    expect(parseEspTransform('aes128gcm16-esn')).toMatchObject({ esn: true });
    expect(parseEspTransform('aes128-sha256-esn-modp2048')).toMatchObject({ esn: true, group: 14 });
    expect(parseEspTransform('aes128-sha256-noesn')).toEqual(parseEspTransform('aes128-sha256'));
    expect(errorOf(() => parseEspTransform('aes128-sha256-esn-noesn')).message).toBe(
      '"aes128-sha256-esn-noesn" says twice how long sequence numbers are',
    );
    expect(errorOf(() => parseEspTransform('aes128-esn-sha256')).message).toBe(
      '"aes128-esn-sha256" names the hash after esn',
    );
  });

  it('need an integrity algorithm exactly where the cipher has none', () => {
    expect(errorOf(() => parseEspTransform('aes128')).message).toBe('"aes128" names no integrity algorithm');
    expect(errorOf(() => parseEspTransform('aes128gcm16-sha256')).hint).toBe(
      'AES-GCM protects integrity by itself',
    );
  });
});

it('suggests a group', () => {
  expect(errorOf(() => parseGroup('modp2084')).hint).toBe('did you mean "modp2048"?');
});

function errorOf(action: () => unknown): KeywordError {
  try {
    action();
  } catch (error) {
    if (error instanceof KeywordError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
