/**
 * The revised mode of authentication by public key encryption (RFC 2409 §5.3): only the nonce is
 * encrypted by RSA, the payloads after it by a cipher whose key is made of the nonce. In main mode
 *
 *     3  I -> R  HDR, [HASH(1),] <Ni_b>PubKey_r, <KE_b>Ke_i, <IDii_b>Ke_i [, <Cert-I_b>Ke_i]
 *     4  I <- R  HDR, <Nr_b>PubKey_i, <KE_b>Ke_r, <IDir_b>Ke_r
 *     5  I -> R  HDR*, HASH_I
 *     6  I <- R  HDR*, HASH_R
 *
 * KE, ID and certificates are encrypted so, HASH_R of aggressive mode is not. Each body is padded by itself
 * (generic headers stay in clear; the count does not count itself, so there is always one octet):
 *
 * ```text
 * +------------------------------+-------------------------+-------+
 * |             body             |   0 or more octets 00   | count |
 * +------------------------------+-------------------------+-------+
 * ```
 */
import type { CbcCipher, HashFunction } from '../suite.ts';
import type { UnknownPayload } from '../wire/message.ts';
import { PayloadType } from '../wire/numbers.ts';
import { concatOctets } from '../wire/octets.ts';
import { EncryptedBodyError } from './encrypted-body-error.ts';
import type { EncryptionQuirks } from './encryption-quirks.ts';
import { deriveCipherKey } from './keymat.ts';
import { choose, maskIfLess, maskIfWithin, maskIfZero } from './masked-choice.ts';
import type { LengthBounds } from './pkcs1.ts';
import { IDENTITY_BODY_MINIMUM } from './public-key-encryption.ts';

export interface RevisedKeyInput {
  /** Ni_b and CKY-I for Ke_i, Nr_b and CKY-R for Ke_r; the nonce in clear. */
  readonly nonce: Uint8Array;
  readonly cookie: Uint8Array;
  /** Octets of the cipher's key. */
  readonly cipherKeyLength: number;
}

/**
 * Ke_i or Ke_r: the first octets of Ne = prf(nonce, cookie), or when that is too short of K1 | K2 | ...
 * with K1 = prf(Ne, 0), K2 = prf(Ne, K1). To be forgotten after use.
 */
export function deriveRevisedKey(hash: HashFunction, input: RevisedKeyInput): Uint8Array {
  return deriveCipherKey(hash, hash.hmac(input.nonce, input.cookie), input.cipherKeyLength);
}

/** The cipher between one end's nonce and the end of its message. */
export interface RevisedCipher {
  readonly cipher: CbcCipher;
  /** Ke_i or Ke_r. */
  readonly key: Uint8Array;
  readonly quirks: EncryptionQuirks;
}

/**
 * Encrypts the payloads that follow the nonce, in their order; bodies in clear come as `raw`, see
 * `opaquePayload`. The IV of the first is zero.
 * @throws RangeError for an ID body that is shorter than the octets which stay in clear.
 */
export function encryptRevisedBodies(
  revised: RevisedCipher,
  payloads: readonly UnknownPayload[],
): UnknownPayload[] {
  const { cipher, key, quirks } = revised;
  const zero: Uint8Array = new Uint8Array(cipher.blockLength);
  let iv = zero;
  return payloads.map((payload) => {
    const clearLength = clearLengthOf(payload.type, quirks);
    if (payload.raw.length < clearLength) throw new RangeError('an ID body has four octets at least');
    const padded = padBody(payload.raw.subarray(clearLength), cipher.blockLength, quirks);
    const ciphertext = cipher.encrypt(key, iv, padded);
    iv = nextIv(ciphertext, zero, quirks, iv);
    return { ...payload, raw: concatOctets(payload.raw.subarray(0, clearLength), ciphertext) };
  });
}

export interface RevisedDecryption extends RevisedCipher {
  /** Octets of a public value of the group. */
  readonly publicLength: number;
  /** Throws an EncryptedBodyError for what is wrong: for demonstrations of attacks. */
  readonly oracle?: boolean;
}

/**
 * Decrypts the payloads that followed the nonce, in their order. What a wrong key or a changed
 * message makes of a body is not told: with bad padding or an impossible length it is what the cipher
 * gave, cut or filled with zeros to a possible length. So KE always has the group's length, an ID its
 * four first octets, and HASH will be wrong. A branch-free reading of the padding is promised, as far
 * as in `pkcs1.ts`; the lengths of ciphertexts are no secret.
 *
 * To refuse an unknown identity or an unusable public value of such a body otherwise than a wrong
 * HASH would be an oracle again: there the caller has to answer alike.
 * @throws EncryptedBodyError in oracle mode only.
 */
export function decryptRevisedBodies(
  revised: RevisedDecryption,
  payloads: readonly UnknownPayload[],
): UnknownPayload[] {
  const { cipher, key, quirks, publicLength } = revised;
  const zero: Uint8Array = new Uint8Array(cipher.blockLength);
  let iv = zero;
  return payloads.map((payload) => {
    const clearLength = clearLengthOf(payload.type, quirks);
    const clear = payload.raw.subarray(0, clearLength);
    const encrypted = payload.raw.subarray(clearLength);
    const whole = encrypted.length - (encrypted.length % cipher.blockLength);
    if (revised.oracle === true && (whole === 0 || whole < encrypted.length)) {
      throw new EncryptedBodyError(
        'cipher-blocks',
        `${encrypted.length} octets are no whole number of blocks`,
      );
    }
    const ciphertext = encrypted.subarray(0, whole);
    const padded = cipher.decrypt(key, iv, ciphertext);
    iv = nextIv(ciphertext, zero, quirks, iv);
    const all = boundsOf(payload.type, publicLength);
    const bounds = { minimum: Math.max(all.minimum - clear.length, 0), maximum: all.maximum };
    const body =
      revised.oracle === true ? stripTellingly(padded, revised, bounds) : strip(padded, revised, bounds);
    return { ...payload, raw: concatOctets(clear, body) };
  });
}

function clearLengthOf(type: number, quirks: EncryptionQuirks): number {
  return type === PayloadType.identification ? quirks.clearIdentityOctets : 0;
}

function nextIv(
  ciphertext: Uint8Array,
  zero: Uint8Array,
  { chainsIv }: EncryptionQuirks,
  previous: Uint8Array,
): Uint8Array {
  if (!chainsIv) return zero;
  return ciphertext.length === 0 ? previous : ciphertext.subarray(ciphertext.length - zero.length);
}

/** Lengths of bodies in clear; the certificate's one octet is its encoding (RFC 2408 §3.9). */
function boundsOf(type: number, publicLength: number): LengthBounds {
  const maximum = 0xffff;
  if (type === PayloadType.keyExchange) return { minimum: publicLength, maximum: publicLength };
  if (type === PayloadType.identification) return { minimum: IDENTITY_BODY_MINIMUM, maximum };
  return { minimum: type === PayloadType.certificate ? 1 : 0, maximum };
}

/** The body, zeros to the end of the block, and their count in the last octet, in fresh memory. */
export function padBody(
  body: Uint8Array,
  blockLength: number,
  { countsLengthOctet }: EncryptionQuirks,
): Uint8Array {
  const paddingLength = blockLength - (body.length % blockLength);
  const padded = new Uint8Array(body.length + paddingLength);
  padded.set(body);
  padded[padded.length - 1] = countsLengthOctet ? paddingLength : paddingLength - 1;
  return padded;
}

/** Octets of padding that the count tells of, and whether it can be believed, as a mask. */
function readPadding(
  padded: Uint8Array,
  { cipher: { blockLength }, quirks }: RevisedCipher,
): { length: number; isRight: number } {
  if (padded.length === 0) return { length: 0, isRight: 0 };
  const count = padded[padded.length - 1] as number;
  const length = quirks.countsLengthOctet ? count : count + 1;
  let strange = 0;
  for (let back = 2; back <= blockLength; back++) {
    const isPadding = ~maskIfLess(length, back);
    strange |= (padded[padded.length - back] as number) & isPadding;
  }
  return { length, isRight: maskIfWithin(length, 1, blockLength) & maskIfZero(strange) };
}

function strip(padded: Uint8Array, revised: RevisedCipher, { minimum, maximum }: LengthBounds): Uint8Array {
  const padding = readPadding(padded, revised);
  const bodyLength = choose(padding.isRight, padded.length - padding.length, 0);
  const isRight = padding.isRight & maskIfWithin(bodyLength, minimum, maximum);
  const possibleLength = Math.max(minimum, Math.min(padded.length, maximum));
  const whole = new Uint8Array(Math.max(possibleLength, padded.length));
  whole.set(padded);
  return whole.slice(0, choose(isRight, bodyLength, possibleLength));
}

function stripTellingly(
  padded: Uint8Array,
  revised: RevisedCipher,
  { minimum, maximum }: LengthBounds,
): Uint8Array {
  const padding = readPadding(padded, revised);
  if (padding.isRight === 0) {
    throw new EncryptedBodyError(
      'cipher-padding',
      'the padding of a payload body is not zeros and their count',
    );
  }
  const body = padded.slice(0, padded.length - padding.length);
  if (body.length < minimum || body.length > maximum) {
    throw new EncryptedBodyError(
      'body-length',
      `a body of ${body.length} octets is shorter or longer than it can be`,
    );
  }
  return body;
}
