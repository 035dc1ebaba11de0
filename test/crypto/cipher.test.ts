import { describe, expect, it } from 'vitest';
import type { CipherName } from '../../src/ike/suite.ts';
import { fromHex, fromText, toHex } from './hex.ts';
import { SUITES } from './suites.ts';

interface CipherCase {
  readonly title: string;
  readonly cipher: CipherName;
  readonly key: string;
  readonly iv: string;
  readonly plain: string;
  readonly encrypted: string;
}

const ZERO_IV_16 = '00'.repeat(16);
const ZERO_IV_8 = '00'.repeat(8);
const TDEA_KEY = '0123456789abcdef 23456789abcdef01 456789abcdef0123';

const CASES: readonly CipherCase[] = [
  {
    title: 'FIPS 197 §C.1, AES-128, one block',
    cipher: 'aes-cbc',
    key: '000102030405060708090a0b0c0d0e0f',
    iv: ZERO_IV_16,
    plain: '00112233445566778899aabbccddeeff',
    encrypted: '69c4e0d86a7b0430d8cdb78070b4c55a',
  },
  {
    title: 'FIPS 197 §C.2, AES-192, one block',
    cipher: 'aes-cbc',
    key: '000102030405060708090a0b0c0d0e0f1011121314151617',
    iv: ZERO_IV_16,
    plain: '00112233445566778899aabbccddeeff',
    encrypted: 'dda97ca4864cdfe06eaf70a0ec0d7191',
  },
  {
    title: 'FIPS 197 §C.3, AES-256, one block',
    cipher: 'aes-cbc',
    key: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    iv: ZERO_IV_16,
    plain: '00112233445566778899aabbccddeeff',
    encrypted: '8ea2b7ca516745bfeafc49904b496089',
  },
  {
    title: 'RFC 3602 §4 case 1',
    cipher: 'aes-cbc',
    key: '06a9214036b8a15b512e03d534120006',
    iv: '3dafba429d9eb430b422da802c9fac41',
    plain: toHex(fromText('Single block msg')),
    encrypted: 'e353779c1079aeb82708942dbe77181a',
  },
  {
    title: 'RFC 3602 §4 case 2',
    cipher: 'aes-cbc',
    key: 'c286696d887c9aa0611bbb3e2025a45a',
    iv: '562e17996d093d28ddb3ba695a2e6f58',
    plain: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    encrypted: 'd296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1',
  },
  {
    title: 'SP 800-38A §F.2.5, AES-256, two blocks',
    cipher: 'aes-cbc',
    key: '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
    iv: '000102030405060708090a0b0c0d0e0f',
    plain: '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51',
    encrypted: 'f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d',
  },
  ...[
    ['The qufc', 'a826fd8ce53b855f'],
    ['k brown ', 'cce21c8112256fe6'],
    ['fox jump', '68d5c05dd9b6b900'],
  ].map(([plain = '', encrypted = '']): CipherCase => ({
    title: `SP 800-67 §B.1, TDEA, block "${plain}"`,
    cipher: '3des-cbc',
    key: TDEA_KEY,
    iv: ZERO_IV_8,
    plain: toHex(fromText(plain)),
    encrypted,
  })),
  {
    title: 'three equal keys, which is single DES',
    cipher: '3des-cbc',
    key: '133457799bbcdff1'.repeat(3),
    iv: ZERO_IV_8,
    plain: '0123456789abcdef',
    encrypted: '85e813540f0ab405',
  },
];

describe.each(SUITES)('ciphers of the suite %s', (_, suite) => {
  it.each(CASES)('give the published answer of $title', ({ cipher: name, key, iv, plain, encrypted }) => {
    const cipher = suite.cipher(name);
    expect(toHex(cipher.encrypt(fromHex(key), fromHex(iv), fromHex(plain)))).toBe(encrypted);
    expect(toHex(cipher.decrypt(fromHex(key), fromHex(iv), fromHex(encrypted)))).toBe(plain);
  });

  it.each([
    ['aes-cbc', 16, 16],
    ['3des-cbc', 24, 8],
  ] as const)('refuse wrong lengths for %s as the mistake of the caller', (name, keyLength, blockLength) => {
    const cipher = suite.cipher(name);
    const key = new Uint8Array(keyLength);
    const iv = new Uint8Array(blockLength);
    const data = new Uint8Array(2 * blockLength);
    expect(cipher.blockLength).toBe(blockLength);
    for (const direction of ['encrypt', 'decrypt'] as const) {
      expect(() => cipher[direction](key.subarray(1), iv, data)).toThrow(RangeError);
      expect(() => cipher[direction](key, iv.subarray(1), data)).toThrow(RangeError);
      expect(() => cipher[direction](key, iv, data.subarray(1))).toThrow(RangeError);
      expect(cipher[direction](key, iv, data).constructor).toBe(Uint8Array);
      expect(cipher[direction](key, iv, data.subarray(0, 0))).toEqual(new Uint8Array(0));
    }
  });

  it.each(['aes-cbc', '3des-cbc'] as const)('leave key, IV and data of %s as they were', (name) => {
    const cipher = suite.cipher(name);
    const key = new Uint8Array(24).fill(0x5a);
    const iv = new Uint8Array(cipher.blockLength).fill(0x77);
    const data = new Uint8Array(48).fill(0x33);
    cipher.encrypt(key, iv, data);
    cipher.decrypt(key, iv, data);
    expect(key).toEqual(new Uint8Array(24).fill(0x5a));
    expect(iv).toEqual(new Uint8Array(cipher.blockLength).fill(0x77));
    expect(data).toEqual(new Uint8Array(48).fill(0x33));
  });
});
