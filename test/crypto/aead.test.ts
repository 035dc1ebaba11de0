import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from './hex.ts';
import { SUITES } from './suites.ts';

interface AeadCase {
  readonly title: string;
  readonly key: string;
  readonly nonce: string;
  readonly aad: string;
  readonly plain: string;
  /** Ciphertext and tag. */
  readonly sealed: string;
}

const KEY = 'feffe9928665731c6d6a8f9467308308';
const LONG_CASE = {
  nonce: 'cafebabefacedbaddecaf888',
  aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
  plain:
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
};
const GCM = 'McGrew and Viega, "The Galois/Counter Mode of Operation", Appendix B, test case';

const CASES: readonly AeadCase[] = [
  {
    title: `${GCM} 1`,
    key: '00'.repeat(16),
    nonce: '00'.repeat(12),
    aad: '',
    plain: '',
    sealed: '58e2fccefa7e3061367f1d57a4e7455a',
  },
  {
    title: `${GCM} 2`,
    key: '00'.repeat(16),
    nonce: '00'.repeat(12),
    aad: '',
    plain: '00'.repeat(16),
    sealed: '0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf',
  },
  {
    title: `${GCM} 4`,
    ...LONG_CASE,
    key: KEY,
    sealed:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47',
  },
  {
    title: `${GCM} 10, AES-192`,
    ...LONG_CASE,
    key: KEY + KEY.slice(0, 16),
    sealed:
      '3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda27102519498e80f1478f37ba55bd6d27618c',
  },
  {
    title: `${GCM} 16, AES-256`,
    ...LONG_CASE,
    key: KEY + KEY,
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
  },
];

describe.each(SUITES)('AES-GCM of the suite %s', (_, suite) => {
  const aead = suite.aead('aes-gcm16');

  it.each(CASES)('gives the published answer of $title', ({ key, nonce, aad, plain, sealed }) => {
    const [k, n, a] = [fromHex(key), fromHex(nonce), fromHex(aad)];
    expect(toHex(aead.seal(k, n, a, fromHex(plain)))).toBe(sealed);
    expect(aead.open(k, n, a, fromHex(sealed))).toEqual(fromHex(plain));
  });

  it('opens nothing when one bit of what was sealed, the associated data or the nonce is another', () => {
    const key = fromHex(KEY);
    const nonce = fromHex(LONG_CASE.nonce);
    const aad = fromHex(LONG_CASE.aad);
    const sealed = aead.seal(key, nonce, aad, fromHex('00112233'));
    for (const octets of [sealed, aad, nonce]) {
      for (let bit = 0; bit < 8 * octets.length; bit++) {
        octets[bit >> 3] = (octets[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(aead.open(key, nonce, aad, sealed)).toBeUndefined();
        octets[bit >> 3] = (octets[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      }
    }
    expect(aead.open(key, nonce, aad, sealed)).toEqual(fromHex('00112233'));
  });

  it('opens nothing that has no room for a tag', () => {
    const [key, nonce, none] = [new Uint8Array(16), new Uint8Array(12), new Uint8Array(0)];
    for (let length = 0; length < aead.tagLength; length++) {
      expect(aead.open(key, nonce, none, new Uint8Array(length))).toBeUndefined();
    }
    expect(aead.open(key, nonce, none, aead.seal(key, nonce, none, none))).toEqual(none);
  });

  it('refuses wrong lengths of key and nonce as the mistake of the caller', () => {
    const [key, nonce, data] = [new Uint8Array(16), new Uint8Array(12), new Uint8Array(32)];
    expect(aead).toMatchObject({ name: 'aes-gcm16', nonceLength: 12, tagLength: 16 });
    for (const direction of ['seal', 'open'] as const) {
      expect(() => aead[direction](key.subarray(1), nonce, data, data)).toThrow(RangeError);
      expect(() => aead[direction](key, nonce.subarray(1), data, data)).toThrow(RangeError);
      expect(() => aead[direction](key, new Uint8Array(16), data, data)).toThrow(RangeError);
    }
  });

  it('gives plain octet arrays and leaves its arguments as they were', () => {
    const arguments_ = [16, 12, 20, 33].map((length) => new Uint8Array(length).fill(length));
    const [key, nonce, aad, data] = arguments_ as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const sealed = aead.seal(key, nonce, aad, data);
    expect(sealed.constructor).toBe(Uint8Array);
    expect(aead.open(key, nonce, aad, sealed)?.constructor).toBe(Uint8Array);
    for (const octets of arguments_)
      expect(octets).toEqual(new Uint8Array(octets.length).fill(octets.length));
  });
});
