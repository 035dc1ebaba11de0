import { expect, it } from 'vitest';
import { createNativeSuite } from '../../src/crypto/native.ts';
import { createNobleSuite } from '../../src/crypto/noble.ts';
import type { CipherName } from '../../src/ike/suite.ts';
import { EncryptedBodyError } from '../../src/ike/v1/encrypted-body-error.ts';
import { ENCRYPTION_QUIRKS } from '../../src/ike/v1/encryption-quirks.ts';
import { decryptRevisedBodies, encryptRevisedBodies, padBody } from '../../src/ike/v1/revised-encryption.ts';
import type { RevisedDecryption } from '../../src/ike/v1/revised-encryption.ts';
import { encodePayloads } from '../../src/ike/wire/encode.ts';
import type { UnknownPayload } from '../../src/ike/wire/message.ts';
import { PayloadType } from '../../src/ike/wire/numbers.ts';
import { concatOctets, fromHex, toHex } from '../../src/ike/wire/octets.ts';
import { describeVectors, readVectorText } from '../harness/vectors.ts';

type Tests = Readonly<Record<string, Readonly<Record<string, readonly { context: string; hex: string }[]>>>>;

const UNIT = 'SymmetricallyEncryptedISAKMPPayloadTest';
const SUITES = [createNativeSuite(), createNobleSuite()];

function hexes(unit: string, test: string, part: string): Uint8Array[] {
  const { tests } = JSON.parse(readVectorText('rub-nds-ikev1/hex-by-test.json')) as { tests: Tests };
  const statements = tests[unit]?.[test]?.filter(({ context }) => context.includes(part)) ?? [];
  if (statements.length === 0) throw new Error(`there is no ${part} in ${unit}.${test}`);
  return statements.map(({ hex }) => fromHex(hex));
}

function onlyHex(unit: string, test: string, part: string): Uint8Array {
  const [octets = new Uint8Array(0)] = hexes(unit, test, part);
  return octets;
}

/** Where their tests have a first IV that is not zero, its part in the first block goes there by hand. */
function xor(octets: Uint8Array, iv: Uint8Array): Uint8Array {
  return octets.map((octet, index) => octet ^ (iv[index] ?? 0));
}

/** Theirs is DES; three times the same key make 3DES of it. */
function revisedOf(suite: (typeof SUITES)[number], name: CipherName): RevisedDecryption {
  const key = new Uint8Array(name === '3des-cbc' ? 24 : 16).fill(0xff);
  return { cipher: suite.cipher(name), key, quirks: ENCRYPTION_QUIRKS.rfc, publicLength: 8 };
}

describeVectors('padding of the revised mode, as IPsec-StateMachineExtractor expects it', () => {
  it.each([
    ['testAddRFC2409PaddingB64', 8],
    ['testAddRFC2409PaddingB128', 16],
  ] as const)('%s', (test, blockLength) => {
    const bodies = hexes(UNIT, test, 'inwspace');
    expect(bodies).toHaveLength(5);
    const padded = bodies.map((body) => toHex(padBody(body, blockLength, ENCRYPTION_QUIRKS.rfc)));
    expect(padded).toEqual(hexes(UNIT, test, 'expected').map(toHex));
  });

  it.each([
    ['testRemoveRFC2409PaddingB64', '3des-cbc', 5],
    ['testRemoveRFC2409PaddingB128', 'aes-cbc', 6],
  ] as const)('%s', (test, name, count) => {
    const padded = hexes(UNIT, test, 'inwspace');
    // The last of B128 is nothing but padding, and no answer is written for it.
    const bodies = [...hexes(UNIT, test, 'expected'), new Uint8Array(0)].slice(0, count);
    expect(padded).toHaveLength(count);
    for (const suite of SUITES) {
      const revised = { ...revisedOf(suite, name), oracle: true };
      const { cipher, key } = revised;
      const opened = padded.map((plaintext) => {
        const raw = cipher.encrypt(key, new Uint8Array(cipher.blockLength), plaintext);
        return decryptRevisedBodies(revised, [{ kind: 'unknown', type: PayloadType.hash, raw }])[0]?.raw;
      });
      expect(opened).toEqual(bodies);
    }
  });

  it('testRemoveRFC2409PaddingWrongPadding 1 to 3, for every profile', () => {
    const [short] = hexes(UNIT, 'testRemoveRFC2409PaddingWrongPadding1', 'inwspace');
    const [count] = hexes(UNIT, 'testRemoveRFC2409PaddingWrongPadding2', 'inwspace');
    const [zeros] = hexes(UNIT, 'testRemoveRFC2409PaddingWrongPadding3', 'inwspace');
    for (const suite of SUITES) {
      for (const quirks of Object.values(ENCRYPTION_QUIRKS)) {
        const revised = { ...revisedOf(suite, '3des-cbc'), quirks, oracle: true };
        const open = (raw: Uint8Array) =>
          decryptRevisedBodies(revised, [{ kind: 'unknown', type: PayloadType.hash, raw }]);
        const seal = (plaintext: Uint8Array | undefined = new Uint8Array(0)) =>
          revised.cipher.encrypt(revised.key, new Uint8Array(8), plaintext);
        expect(() => open(short ?? new Uint8Array(0))).toThrow(EncryptedBodyError);
        expect(() => open(seal(count))).toThrow('padding');
        expect(() => open(seal(zeros))).toThrow('padding');
      }
    }
  });
});

describeVectors('payloads of the revised mode, as IPsec-StateMachineExtractor expects them', () => {
  const static_ = (part: string) => onlyHex(UNIT, 'static', part);

  it('a HASH payload', () => {
    const iv = static_('TEST_IV');
    const data = static_('TEST_HASH = ');
    const payload = { kind: 'unknown', type: PayloadType.hash, raw: xor(data, iv) } as const;
    for (const suite of SUITES) {
      const revised = revisedOf(suite, '3des-cbc');
      const encrypted = encryptRevisedBodies(revised, [payload]);
      expect(toHex(encrypted[0]?.raw ?? iv)).toBe(toHex(static_('TEST_HASH_ENC')));
      expect(toHex(encodePayloads(encrypted))).toBe(toHex(static_('TEST_HASH_PAYLOAD_ENC')));
      expect(decryptRevisedBodies({ ...revised, oracle: true }, encrypted)).toEqual([payload]);
    }
  });

  it('an ID payload whose first octets Huawei leaves in clear', () => {
    const expected = onlyHex(
      'SymmetricallyEncryptedIdentificationPayloadHuaweiStyleTest',
      'static',
      'TEST_ID',
    );
    const clear = expected.subarray(4, 8);
    const data = xor(static_('TEST_HASH = '), static_('TEST_IV'));
    const payload: UnknownPayload = {
      kind: 'unknown',
      type: PayloadType.identification,
      raw: concatOctets(clear, data),
    };
    for (const suite of SUITES) {
      // They encrypt with the padding of the RFC, and take that of Huawei, too.
      const quirks = { ...ENCRYPTION_QUIRKS.huawei, countsLengthOctet: false };
      const revised = { ...revisedOf(suite, '3des-cbc'), quirks };
      const encrypted = encryptRevisedBodies(revised, [payload]);
      expect(toHex(encodePayloads(encrypted))).toBe(toHex(expected));
      expect(decryptRevisedBodies({ ...revised, oracle: true }, encrypted)).toEqual([payload]);
    }
  });
});
