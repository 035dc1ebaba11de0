import { describe, expect, it } from 'vitest';
import { openPacket } from '../../../src/ike/esp/packet.ts';
import { createEspSa } from '../../../src/ike/esp/sa.ts';
import { integrityCheckLength } from '../../../src/ike/transform.ts';
import type { EspTransform } from '../../../src/ike/transform.ts';
import { concatOctets, fromHex, toHex, uint32Octets } from '../../../src/ike/wire/octets.ts';
import { seal, suite } from './sa-pair.ts';

/** Without ICV, as the RFC has them. */
const RFC_3602 = [
  {
    title: 'case 5: transport mode ping',
    key: '90d382b410eeba7ad938c46cec1a82bf',
    nextHeader: 1,
    payload:
      '08000ebda70a00008e9c083db95b070008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637',
    packet:
      '0000432100000001e96e8c08ab465763fd098d45dd3ff893f663c25d325c18c6a9453e194e120849a4870b66cc6b9965330013b4898dc856a4699e523a55db080b59ec3a8e4b7e52775b07d1db34ed9c538ab50c551b874aa269add047ad2d5913ac19b7cfbad4a6',
  },
  {
    title: 'case 8: tunnel mode ping',
    key: '0123456789abcdef0123456789abcdef',
    nextHeader: 4,
    payload:
      '45000044090c00004001f990c0a87b03c0a87bc80800d63caa0a0200c69c083da3de0300ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    packet:
      '000087650000000585d47224b5f3dd5d2101d4ea8dffab2215b92683819596a8047232cc00f7048fe45318e11f8a0f62ede3c3fc61203bb50f980a08c9843fd3a1b06d5c07ff9639b7eb7dfb3512e5de435e7207ed971ef3d2726d9b5ef6affc6d17a0decbb13892',
  },
];

describe('RFC 3602 §4', () => {
  it.each(RFC_3602)('$title', ({ key, nextHeader, payload, packet }) => {
    const octets = fromHex(packet);
    const integrityKey = new Uint8Array(20).fill(5);
    const transform: EspTransform = { encryption: 'aes-cbc', keyBits: 128, integrity: 'sha1' };
    const sa = createEspSa(suite, {
      keys: { spi: octets.slice(0, 4), encryptionKey: fromHex(key), integrityKey },
      transform,
      replayWindow: 32,
      esn: false,
      sequence: { high: 0, low: (octets[7] ?? 0) - 1 },
    });
    const sealed = seal(sa, fromHex(payload), nextHeader, () => octets.slice(8, 24));
    const icv = suite.hash('sha1').hmac(integrityKey, octets).subarray(0, 12);
    expect(toHex(sealed)).toBe(packet + toHex(icv));
    expect(openPacket(sa, concatOctets(octets, icv))).toEqual({ payload: fromHex(payload), nextHeader });
  });
});

/** Keys end with the salt. The plaintexts of the draft have the padding 1, 2, ... and the next header 1. */
const GCM_DRAFT = [
  {
    title: 'AES-128, extended sequence number',
    key: '4c80cdefbb5d10da906ac73c3613a6342e443b68',
    spi: '00004321',
    sequence: { high: 0x8765_4321, low: 0 },
    esn: true,
    iv: '4956ed7e3b244cfe',
    payload:
      '45000048699a000080114db7c0a80102c0a801010a9bf15638d301000001000000000000045f736970045f756470037369700963796265726369747902646b0000210001',
    sealed:
      'fecf537e729d5b07dc30df528dd22b768d1b98736696a6fd348509fa13ceac34cfa2436f14a3f3cf65925bf1f4a13c5d15b21e1884f5ff6247aeabb786b93bce61bc17d768fd9732459018148f6cbe722fd04796562dfdb4',
  },
  {
    title: 'AES-192',
    key: 'feffe9928665731c6d6a8f9467308308feffe9928665731ccafebabe',
    spi: '0000a5f8',
    sequence: { high: 0, low: 10 },
    esn: false,
    iv: 'facedbaddecaf888',
    payload: '45000028a4ad4000400678800a01038f0a010612802306b8cb712602dd6bb03e501016d07568',
    sealed:
      'a5b1f8066029aea40e598b8122de02420938b3ab33f828e687b8858b5bfbdbd0315b27452144cc7795457b9652037f5318027b5b4cd7a636',
  },
  {
    title: 'AES-256',
    key: 'abbccddef00112233445566778899aababbccddef00112233445566778899aab11223344',
    spi: '4a2cbfe3',
    sequence: { high: 0, low: 2 },
    esn: false,
    iv: '0102030405060708',
    payload:
      '4500003069a6400080062690c0a801029389155e0a9e008b2dc57ee0000000007002400020bf0000020405b401010402',
    sealed:
      'ff425c9b724599df7a3bcd510194e00d6a78107f1b0b1cbf06efae9d65a5d763748a637985771d347f0545659f14e99def842d8eb335f4eecfdbf831824b4c4915956c96',
  },
];

describe('draft-mcgrew-gcm-test-01 §4', () => {
  it.each(GCM_DRAFT)('$title', ({ key, spi, sequence, esn, iv, payload, sealed }) => {
    const encryptionKey = fromHex(key);
    const receiver = createEspSa(suite, {
      keys: { spi: fromHex(spi), encryptionKey, integrityKey: new Uint8Array(0) },
      transform: { encryption: 'aes-gcm16', keyBits: 8 * (encryptionKey.length - 4) },
      replayWindow: 64,
      esn,
      // The number before: the extended one of the draft follows a change of the high half.
      sequence: sequence.low === 0 ? { high: sequence.high - 1, low: 0xffff_ffff } : { high: 0, low: 1 },
    });
    const packet = concatOctets(fromHex(spi), uint32Octets(sequence.low), fromHex(iv), fromHex(sealed));
    expect(openPacket(receiver, packet)).toEqual({ payload: fromHex(payload), nextHeader: 1 });
    expect(receiver.replayWindow?.top).toEqual(sequence);
  });
});

describe('integrityCheckLength', () => {
  it.each([
    ['HMAC-MD5-96, RFC 2403', { integrity: 'md5' }, 12],
    ['HMAC-SHA1-96, RFC 2404', { integrity: 'sha1' }, 12],
    ['HMAC-SHA-256-128, RFC 4868', { integrity: 'sha256' }, 16],
    ['HMAC-SHA-384-192, RFC 4868', { integrity: 'sha384' }, 24],
    ['HMAC-SHA-512-256, RFC 4868', { integrity: 'sha512' }, 32],
    ['AES-GCM-16, RFC 4106', { encryption: 'aes-gcm16' }, 16],
    ['no integrity', {}, 0],
  ] as const)('knows %s', (_, changes, length) => {
    expect(integrityCheckLength({ encryption: 'aes-cbc', keyBits: 128, ...changes })).toBe(length);
  });
});
