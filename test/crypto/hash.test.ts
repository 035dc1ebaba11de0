import { describe, expect, it } from 'vitest';
import type { HashName } from '../../src/ike/suite.ts';
import { fromHex, fromText, toHex } from './hex.ts';
import { SUITES } from './suites.ts';

/** Key, data, and the HMAC by hash. */
type HmacCase = readonly [string, Uint8Array, Uint8Array, Partial<Record<HashName, string>>];

const HI_THERE = fromText('Hi There');
const WANT = fromText('what do ya want for nothing?');
const LARGE_KEY = fromText('Test Using Larger Than Block-Size Key - Hash Key First');

const HMAC_CASES: readonly HmacCase[] = [
  [
    'RFC 2202 §2 case 1',
    new Uint8Array(16).fill(0x0b),
    HI_THERE,
    { md5: '9294727a3638bb1c13f48ef8158bfc9d' },
  ],
  [
    'RFC 2202 §3 and RFC 4231 §4.2, case 1',
    new Uint8Array(20).fill(0x0b),
    HI_THERE,
    {
      sha1: 'b617318655057264e28bc0b6fb378c8ef146be00',
      sha256: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
      sha384:
        'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
      sha512:
        '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
    },
  ],
  [
    'RFC 2202 and RFC 4231 §4.3, case 2: a short key',
    fromText('Jefe'),
    WANT,
    {
      md5: '750c783e6ab0b503eaa86e310a5db738',
      sha1: 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
      sha256: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
      sha384:
        'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
      sha512:
        '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    },
  ],
  [
    'RFC 2202 case 6: a key longer than a block',
    new Uint8Array(80).fill(0xaa),
    LARGE_KEY,
    { md5: '6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd', sha1: 'aa4ae5e15272d00e95705637ce8a3b55ed402112' },
  ],
  [
    'RFC 4231 §4.7, case 6: a key longer than a block',
    new Uint8Array(131).fill(0xaa),
    LARGE_KEY,
    {
      sha256: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
      sha384:
        '4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952',
      sha512:
        '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
    },
  ],
];

/** Digests of "abc": RFC 1321 §A.5, FIPS 180-4 examples. */
const ABC: Readonly<Record<HashName, string>> = {
  md5: '900150983cd24fb0d6963f7d28e17f72',
  sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
  sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  sha384: 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
  sha512:
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
};

describe.each(SUITES)('hashes of the suite %s', (_, suite) => {
  it.each(Object.entries(ABC) as [HashName, string][])(
    'digest "abc" with %s as published',
    (name, answer) => {
      const hash = suite.hash(name);
      expect(toHex(hash.digest(fromText('abc')))).toBe(answer);
      expect(hash.digestLength).toBe(answer.length / 2);
      expect(hash.name).toBe(name);
    },
  );

  it.each(HMAC_CASES)('give the HMACs of %s', (_title, key, data, answers) => {
    for (const [name, answer] of Object.entries(answers) as [HashName, string][]) {
      expect(toHex(suite.hash(name).hmac(key, data)), name).toBe(answer);
    }
  });

  it('give the same HMAC after one over much more data, or with a longer key', () => {
    for (const name of ['sha1', 'sha256', 'sha512'] as const) {
      const hash = suite.hash(name);
      const answer = toHex(hash.hmac(WANT, HI_THERE));
      hash.hmac(HI_THERE, new Uint8Array(5000).fill(0x5a));
      expect(toHex(hash.hmac(WANT, HI_THERE)), name).toBe(answer);
      hash.hmac(new Uint8Array(200).fill(0x5a), HI_THERE);
      expect(toHex(hash.hmac(WANT, HI_THERE)), name).toBe(answer);
    }
  });

  it('read a view in the middle of other memory', () => {
    const memory = fromHex('ff ff ff 61 62 63 ff ff');
    expect(toHex(suite.hash('sha1').digest(memory.subarray(3, 6)))).toBe(ABC.sha1);
  });

  it('give plain octet arrays, whose slice is a copy', () => {
    const hash = suite.hash('sha256');
    expect(hash.digest(HI_THERE).constructor).toBe(Uint8Array);
    expect(hash.hmac(WANT, HI_THERE).constructor).toBe(Uint8Array);
  });
});
