/**
 * RSAES-PKCS1-v1_5 decryption (RFC 8017 §7.2.2) that does not tell whether the padding was right:
 *
 * ```text
 * +----+----+-----------------------------+----+---------------------+
 * | 00 | 02 | 8 or more octets but not 00 | 00 |       message       |
 * +----+----+-----------------------------+----+---------------------+
 * ```
 *
 * Whoever can tell right padding from wrong decrypts and signs with the key (Bleichenbacher, CRYPTO
 * 1998; for IKEv1 Felsch et al., USENIX Security 2018). So a wrong block yields a replacement for the
 * message, and the exchange fails where a wrong message makes it fail: at HASH.
 *
 * The replacement is a function of the ciphertext and a secret of the key's owner, as in OpenSSL's
 * implicit rejection. A fresh one each time would betray itself: what follows from a right message
 * is the same whenever the same ciphertext comes again, so what follows from a wrong one must be too.
 *
 * What is promised: one private key operation for every ciphertext, no error, and no branch or index
 * in this code that depends on the decrypted block. What cannot be promised: that `decryptRaw` takes
 * the same time for every ciphertext; that the engine does not turn masks into branches, or copy
 * and collect memory differently; and the message's length decides the size of the result and how long
 * hashing it takes. Lengths of replacements are spread over all that a message can have for that reason.
 */
import { KeyExchangeError } from '../suite.ts';
import type { HashFunction, PrivateKey, PublicKeyOperations } from '../suite.ts';
import { choose, maskIfWithin, maskIfZero } from './masked-choice.ts';
import { EncryptedBodyError } from './encrypted-body-error.ts';

/** Octets of a block that are not message: 00 02, eight octets of padding, 00. */
export const PKCS1_OVERHEAD = 11;
const SEPARATOR_EARLIEST = 10;

/** Our own RSA key, and what makes replacements for what it cannot decrypt. */
export interface DecryptionKey {
  readonly privateKey: PrivateKey;
  /** Octets of the modulus. */
  readonly length: number;
  /** 32 or more random octets, drawn once for the key and never shown: who knows them can tell replacements. */
  readonly rejectionSecret: Uint8Array;
}

export interface DecryptionSetting {
  readonly operations: PublicKeyOperations;
  readonly key: DecryptionKey;
  /** The negotiated hash; it stretches replacements. */
  readonly hash: HashFunction;
  /** Throws an EncryptedBodyError for what is wrong instead of replacing it: for demonstrations of attacks. */
  readonly oracle?: boolean;
}

/** Octets that a message can have. */
export interface LengthBounds {
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * The message in a ciphertext, or a replacement for it when the ciphertext is none of the key's, the
 * padding is wrong, or the length is outside the bounds (then the next check would tell). The caller
 * must treat both alike, and decrypt all it has to decrypt before it judges any of it.
 * @throws EncryptedBodyError in oracle mode only.
 * @throws RangeError when the key has no room for a message of the minimum: the caller's mistake.
 */
export function decryptPkcs1(
  setting: DecryptionSetting,
  ciphertext: Uint8Array,
  bounds: LengthBounds,
): Uint8Array {
  const room = setting.key.length - PKCS1_OVERHEAD;
  const possible = { minimum: bounds.minimum, maximum: Math.min(bounds.maximum, room) };
  if (possible.maximum < possible.minimum) {
    throw new RangeError(`an RSA block of ${setting.key.length} octets has room for ${room} of message`);
  }
  const block = decryptBlock(setting, ciphertext);
  if (setting.oracle === true) return unpadTellingly(block, possible);
  return unpad(block ?? decryptStandIn(setting), block === undefined ? 0 : -1, possible, {
    ciphertext,
    hash: setting.hash,
    secret: setting.key.rejectionSecret,
  });
}

/** The whole block; undefined for what is no ciphertext of the key, which everybody can see from outside. */
function decryptBlock(
  { operations, key }: DecryptionSetting,
  ciphertext: Uint8Array,
): Uint8Array | undefined {
  if (ciphertext.length !== key.length) return undefined;
  try {
    return operations.decryptRaw(key.privateKey, ciphertext);
  } catch (error) {
    if (error instanceof KeyExchangeError) return undefined;
    throw error;
  }
}

/** Spends the operation that a ciphertext would have cost. */
function decryptStandIn({ operations, key }: DecryptionSetting): Uint8Array {
  const standIn = new Uint8Array(key.length);
  standIn[key.length - 1] = 2;
  return operations.decryptRaw(key.privateKey, standIn);
}

interface Rejection {
  readonly ciphertext: Uint8Array;
  readonly hash: HashFunction;
  readonly secret: Uint8Array;
}

/** Takes the message out of the block if the block is right and `mask` says yes; else a replacement. */
function unpad(block: Uint8Array, mask: number, bounds: LengthBounds, rejection: Rejection): Uint8Array {
  let isPadding = -1;
  let separator = 0;
  for (let i = 2; i < block.length; i++) {
    const isSeparator = isPadding & maskIfZero(block[i] as number);
    separator |= i & isSeparator;
    isPadding &= ~isSeparator;
  }
  // Padding without end or of fewer than eight octets shows in a message that is longer than any can be.
  const messageLength = block.length - 1 - separator;
  const isRight =
    mask &
    maskIfZero(block[0] as number) &
    maskIfZero((block[1] as number) ^ 0x02) &
    maskIfWithin(messageLength, bounds.minimum, bounds.maximum);
  const replacement = stretchRejection(rejection, block.length + 2);
  const drawn = ((replacement[block.length] as number) << 8) | (replacement[block.length + 1] as number);
  const replacementLength = bounds.minimum + (drawn % (bounds.maximum - bounds.minimum + 1));
  const chosen = new Uint8Array(block.length);
  for (let i = 0; i < chosen.length; i++) {
    chosen[i] = choose(isRight, block[i] as number, replacement[i] as number);
  }
  // Both end where the block ends, so that only this length depends on which it is.
  return chosen.slice(block.length - choose(isRight, messageLength, replacementLength));
}

/** K1 | K2 | ... with K1 = HMAC(secret, ciphertext) and Kn+1 = HMAC(secret, Kn), at least `length` octets. */
function stretchRejection({ ciphertext, hash, secret }: Rejection, length: number): Uint8Array {
  const stretched = new Uint8Array(Math.ceil(length / hash.digestLength) * hash.digestLength);
  let block = hash.hmac(secret, ciphertext);
  for (let offset = 0; offset < stretched.length; offset += hash.digestLength) {
    stretched.set(block, offset);
    block = hash.hmac(secret, block);
  }
  return stretched;
}

/** The message by the plain way, which stops at the first fault and names it. */
function unpadTellingly(block: Uint8Array | undefined, { minimum, maximum }: LengthBounds): Uint8Array {
  if (block === undefined) throw new EncryptedBodyError('no-ciphertext', 'no ciphertext of the RSA key');
  if (block[0] !== 0x00 || block[1] !== 0x02) {
    throw new EncryptedBodyError('block-type', 'the RSA block does not begin with 00 02');
  }
  const separator = block.indexOf(0x00, 2);
  if (separator < SEPARATOR_EARLIEST) {
    throw new EncryptedBodyError('separator', 'the RSA padding is shorter than eight octets or has no end');
  }
  const message = block.slice(separator + 1);
  if (message.length < minimum || message.length > maximum) {
    throw new EncryptedBodyError(
      'body-length',
      `a body of ${message.length} octets is outside ${minimum} to ${maximum}`,
    );
  }
  return message;
}
