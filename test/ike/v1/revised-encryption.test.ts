import { createCipheriv, createHmac } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createNativeSuite } from '../../../src/crypto/native.ts';
import { EncryptedBodyError } from '../../../src/ike/v1/encrypted-body-error.ts';
import { ENCRYPTION_PROFILES, ENCRYPTION_QUIRKS } from '../../../src/ike/v1/encryption-quirks.ts';
import type { EncryptionProfile } from '../../../src/ike/v1/encryption-quirks.ts';
import {
  decryptRevisedBodies,
  deriveRevisedKey,
  encryptRevisedBodies,
} from '../../../src/ike/v1/revised-encryption.ts';
import type { RevisedDecryption } from '../../../src/ike/v1/revised-encryption.ts';
import { decodePayload } from '../../../src/ike/wire/decode.ts';
import { opaquePayload } from '../../../src/ike/wire/encode.ts';
import type { Payload, UnknownPayload } from '../../../src/ike/wire/message.ts';
import { PayloadType } from '../../../src/ike/wire/numbers.ts';
import { concatOctets } from '../../../src/ike/wire/octets.ts';

const suite = createNativeSuite();
const HASHES = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;
const CIPHERS = [
  ['aes-cbc', 128],
  ['aes-cbc', 192],
  ['aes-cbc', 256],
  ['3des-cbc', 192],
] as const;
const PUBLIC_LENGTH = 128;
type Cipher = (typeof CIPHERS)[number];

function revisedOf([name, bits]: Cipher, profile: EncryptionProfile, key = new Uint8Array(bits / 8).fill(5)) {
  return {
    cipher: suite.cipher(name),
    key,
    quirks: ENCRYPTION_QUIRKS[profile],
    publicLength: PUBLIC_LENGTH,
  } satisfies RevisedDecryption;
}

/** Appendix B once more, with text for lack of better. */
function keyOnce(hash: string, nonce: Uint8Array, cookie: Uint8Array, length: number): Uint8Array {
  const prf = (key: Uint8Array, data: Uint8Array) => createHmac(hash, key).update(data).digest();
  const ne = prf(nonce, cookie);
  if (ne.length >= length) return Uint8Array.from(ne.subarray(0, length));
  const blocks = [prf(ne, Uint8Array.of(0))];
  while (Buffer.concat(blocks).length < length) blocks.push(prf(ne, blocks.at(-1) as Buffer));
  return Uint8Array.from(Buffer.concat(blocks).subarray(0, length));
}

/** The bodies of the RFC's mode as one run of CBC over all of them, padded with text from the RFC. */
function encryptOnce([name, bits]: Cipher, key: Uint8Array, bodies: readonly Uint8Array[]): Uint8Array {
  const block = name === '3des-cbc' ? 8 : 16;
  const algorithm = name === '3des-cbc' ? 'des-ede3-cbc' : `aes-${bits}-cbc`;
  const cipher = createCipheriv(algorithm, key, new Uint8Array(block)).setAutoPadding(false);
  const padded = bodies.map((body) => {
    const zeros = block - 1 - (body.length % block);
    return Buffer.concat([body, Buffer.alloc(zeros), Buffer.from([zeros])]);
  });
  return Uint8Array.from(Buffer.concat([cipher.update(Buffer.concat(padded)), cipher.final()]));
}

const payloadsArbitrary = fc
  .record({
    publicValue: fc.uint8Array({ minLength: PUBLIC_LENGTH, maxLength: PUBLIC_LENGTH }),
    identity: fc.uint8Array({ maxLength: 40 }),
    certificate: fc.option(fc.uint8Array({ maxLength: 200 }), { nil: undefined }),
  })
  .map(({ publicValue, identity, certificate }) => {
    const payloads: Payload[] = [
      { kind: 'key-exchange', data: publicValue },
      { kind: 'identification', idType: 11, protocolId: 0, port: 500, data: identity },
    ];
    if (certificate !== undefined) payloads.push({ kind: 'certificate', encoding: 4, data: certificate });
    return payloads.map(opaquePayload);
  });

describe('Ke', () => {
  const nonce = new Uint8Array(20).fill(1);
  const cookie = new Uint8Array(8).fill(2);
  it.each(HASHES.flatMap((hash) => CIPHERS.map(([name, bits]) => [hash, bits, name] as const)))(
    'of %s for %i bits of %s is the start of Ne or stretched from it',
    (hash, bits) => {
      const ke = deriveRevisedKey(suite.hash(hash), { nonce, cookie, cipherKeyLength: bits / 8 });
      expect(ke).toEqual(keyOnce(hash, nonce, cookie, bits / 8));
    },
  );
});

describe('payloads after the nonce', () => {
  for (const cipher of CIPHERS) {
    for (const profile of ENCRYPTION_PROFILES) {
      test.prop([payloadsArbitrary, fc.uint8Array({ minLength: cipher[1] / 8, maxLength: cipher[1] / 8 })], {
        numRuns: 20,
      })(`come back with ${cipher.join(' ')} as ${profile} has it, constant or telling`, (payloads, key) => {
        const revised = revisedOf(cipher, profile, key);
        const encrypted = encryptRevisedBodies(revised, payloads);
        expect(encrypted.map(({ type }) => type)).toEqual(payloads.map(({ type }) => type));
        expect(decryptRevisedBodies(revised, encrypted)).toEqual(payloads);
        expect(decryptRevisedBodies({ ...revised, oracle: true }, encrypted)).toEqual(payloads);
      });
    }

    test.prop([payloadsArbitrary], { numRuns: 20 })(
      `are with ${cipher.join(' ')} what another implementation makes in one run of CBC`,
      (payloads) => {
        const revised = revisedOf(cipher, 'rfc');
        const bodies = payloads.map(({ raw }) => raw);
        const whole = encryptOnce(cipher, revised.key, bodies);
        expect(concatOctets(...encryptRevisedBodies(revised, payloads).map(({ raw }) => raw))).toEqual(whole);
        let offset = 0;
        const theirs = payloads.map((payload): UnknownPayload => {
          const length = payload.raw.length + revised.cipher.blockLength;
          const end = offset + length - (length % revised.cipher.blockLength);
          const raw = whole.slice(offset, end);
          offset = end;
          return { ...payload, raw };
        });
        expect(decryptRevisedBodies(revised, theirs)).toEqual(payloads);
      },
    );
  }

  it('decode to what they were', () => {
    const identification: Payload = {
      kind: 'identification',
      idType: 1,
      protocolId: 0,
      port: 0,
      data: Uint8Array.of(192, 0, 2, 1),
    };
    const revised = revisedOf(CIPHERS[0], 'rfc');
    const [opened] = decryptRevisedBodies(
      revised,
      encryptRevisedBodies(revised, [opaquePayload(identification)]),
    );
    expect(decodePayload(opened?.type ?? 0, opened?.raw ?? new Uint8Array(0))).toMatchObject(identification);
  });
});

const body = (type: number, ...octets: number[]): UnknownPayload => ({
  kind: 'unknown',
  type,
  raw: Uint8Array.from(octets),
});

describe('quirks', () => {
  const identity = body(PayloadType.identification, 1, 0, 0, 0, 192, 0, 2, 1);
  const twice = [identity, identity];

  it('of Huawei: the start of an ID in clear, every IV zero, the count counts itself', () => {
    const revised = revisedOf(CIPHERS[0], 'huawei');
    const [first, second] = encryptRevisedBodies(revised, twice);
    expect(first?.raw.subarray(0, 4)).toEqual(Uint8Array.of(1, 0, 0, 0));
    expect(first?.raw).toHaveLength(20);
    expect(second?.raw).toEqual(first?.raw);
    const padded = revised.cipher.decrypt(
      revised.key,
      new Uint8Array(16),
      first?.raw.slice(4) ?? identity.raw,
    );
    expect(padded).toEqual(Uint8Array.of(192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12));
  });

  it('of nobody: all encrypted, IVs chained, the count does not count itself', () => {
    for (const profile of ['rfc', 'cisco'] as const) {
      const revised = revisedOf(CIPHERS[0], profile);
      const [first, second] = encryptRevisedBodies(revised, twice);
      expect(second?.raw).not.toEqual(first?.raw);
      const padded = revised.cipher.decrypt(revised.key, new Uint8Array(16), first?.raw ?? identity.raw);
      expect(padded).toEqual(Uint8Array.of(1, 0, 0, 0, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 7));
    }
  });

  it('an ID too short to leave four octets in clear cannot be encrypted', () => {
    const revised = revisedOf(CIPHERS[0], 'huawei');
    expect(() => encryptRevisedBodies(revised, [body(PayloadType.identification, 1, 0, 0)])).toThrow(
      RangeError,
    );
  });
});

describe('what does not decrypt', () => {
  const revised = revisedOf(CIPHERS[0], 'rfc');
  const seal = (...octets: number[]) => {
    const plaintext = Uint8Array.from(
      { length: 16 },
      (_, index) => octets[index - 16 + octets.length] ?? 0xee,
    );
    return revised.cipher.encrypt(revised.key, new Uint8Array(16), plaintext);
  };
  const faultOf = (payload: UnknownPayload): string => {
    try {
      decryptRevisedBodies({ ...revised, oracle: true }, [payload]);
    } catch (error) {
      if (error instanceof EncryptedBodyError) return error.fault;
      throw error;
    }
    return 'none';
  };

  it.each([
    ['a count beyond the block', seal(16)],
    ['a count beyond the block and zeros', seal(...new Uint8Array(15), 16)],
    ['a padding of a whole block that begins with another octet', seal(1, ...new Uint8Array(14), 15)],
    ['the largest count', seal(255)],
    ['a padding that is not zero', seal(1, 1)],
    ['a padding whose first octet is not zero', seal(1, 0, 2)],
  ])('%s is told in oracle mode, else the octets are left as they are', (_, ciphertext) => {
    const payload = { kind: 'unknown', type: PayloadType.identification, raw: ciphertext } as const;
    expect(faultOf(payload)).toBe('cipher-padding');
    const plaintext = revised.cipher.decrypt(revised.key, new Uint8Array(16), ciphertext);
    expect(decryptRevisedBodies(revised, [payload])).toEqual([{ ...payload, raw: plaintext }]);
  });

  it('a count of nothing is wrong where it counts itself', () => {
    const huawei = { ...revised, quirks: ENCRYPTION_QUIRKS.huawei, oracle: true };
    const payload = { kind: 'unknown', type: PayloadType.vendorId, raw: seal(0) } as const;
    expect(() => decryptRevisedBodies(huawei, [payload])).toThrow(EncryptedBodyError);
    expect(decryptRevisedBodies({ ...huawei, oracle: false }, [payload])[0]?.raw).toHaveLength(16);
    expect(decryptRevisedBodies(revised, [payload])[0]?.raw).toHaveLength(15);
  });

  it.each([0, 1, 15, 17, 31])('%i octets are no blocks', (length) => {
    const payload = {
      kind: 'unknown',
      type: PayloadType.identification,
      raw: new Uint8Array(length),
    } as const;
    expect(faultOf(payload)).toBe('cipher-blocks');
    const [opened] = decryptRevisedBodies(revised, [payload]);
    expect(opened?.raw).toHaveLength(length < 16 ? 4 : 16);
  });

  it('a public value of another length than the group has is told, else cut or filled', () => {
    for (const length of [0, PUBLIC_LENGTH - 1, PUBLIC_LENGTH + 1, 400]) {
      const payload = body(PayloadType.keyExchange, ...new Uint8Array(length).fill(7));
      const [encrypted = payload] = encryptRevisedBodies(revised, [payload]);
      expect(faultOf(encrypted)).toBe('body-length');
      expect(decryptRevisedBodies(revised, [encrypted])[0]?.raw).toHaveLength(PUBLIC_LENGTH);
    }
  });

  it('a body may be empty where nothing is known of it', () => {
    const payload = body(PayloadType.vendorId);
    const encrypted = encryptRevisedBodies(revised, [payload]);
    expect(encrypted[0]?.raw).toHaveLength(16);
    expect(decryptRevisedBodies({ ...revised, oracle: true }, encrypted)).toEqual([payload]);
  });

  test.prop([payloadsArbitrary, fc.uint8Array({ minLength: 16, maxLength: 16 })], { numRuns: 50 })(
    'a wrong key makes octets of possible lengths, and never an error',
    (payloads, wrong) => {
      for (const profile of ENCRYPTION_PROFILES) {
        const encrypted = encryptRevisedBodies(revisedOf(CIPHERS[0], profile), payloads);
        const opened = decryptRevisedBodies(revisedOf(CIPHERS[0], profile, wrong), encrypted);
        expect(opened[0]?.raw).toHaveLength(PUBLIC_LENGTH);
        expect(opened[1]?.raw.length).toBeGreaterThanOrEqual(4);
        expect(() => opened.map(({ type, raw }) => decodePayload(type, raw))).not.toThrow();
      }
    },
  );

  it('any changed octet of a message changes a body', () => {
    const payloads = [
      body(PayloadType.keyExchange, ...new Uint8Array(PUBLIC_LENGTH).fill(3)),
      body(PayloadType.identification, 1, 0, 0, 0, 192, 0, 2, 1),
    ];
    const encrypted = encryptRevisedBodies(revised, payloads);
    for (const index of encrypted.keys()) {
      for (let offset = 0; offset < (encrypted[index]?.raw.length ?? 0); offset++) {
        const tampered = encrypted.map((payload) => ({ ...payload, raw: payload.raw.slice() }));
        const raw = tampered[index]?.raw ?? new Uint8Array(1);
        raw[offset] = (raw[offset] as number) ^ 1;
        expect(decryptRevisedBodies(revised, tampered)).not.toEqual(payloads);
      }
    }
  });
});
