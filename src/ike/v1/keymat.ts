/** Keys of phase 1 and phase 2 (RFC 2409 §5, §5.5 and Appendix B). The prf is the HMAC of the negotiated hash. */
import { OctetSlab } from '../octet-slab.ts';
import type { HashFunction } from '../suite.ts';
import { passingOctets, uint32Octets } from '../wire/octets.ts';
import type { SkeyidKeys } from './isakmp-sa.ts';

const ZERO_OCTET = new Uint8Array(1);
const slab = new OctetSlab();

/** SKEYID for pre-shared keys: prf(pre-shared-key, Ni_b | Nr_b). */
export function deriveSkeyidPreSharedKey(
  hash: HashFunction,
  preSharedKey: Uint8Array,
  nonceI: Uint8Array,
  nonceR: Uint8Array,
): Uint8Array {
  return hash.hmac(preSharedKey, passingOctets(nonceI, nonceR));
}

/** SKEYID for signatures: prf(Ni_b | Nr_b, g^xy). `shared` is g^xy, as long as the group's prime. */
export function deriveSkeyidSignature(
  hash: HashFunction,
  shared: Uint8Array,
  nonceI: Uint8Array,
  nonceR: Uint8Array,
): Uint8Array {
  return hash.hmac(passingOctets(nonceI, nonceR), shared);
}

/**
 * SKEYID for public key encryption, revised or not: prf(hash(Ni_b | Nr_b), CKY-I | CKY-R). The
 * nonces are the bodies of the nonce payloads as they were before encryption.
 */
export function deriveSkeyidPublicKeyEncryption(
  hash: HashFunction,
  nonceI: Uint8Array,
  nonceR: Uint8Array,
  initiatorCookie: Uint8Array,
  responderCookie: Uint8Array,
): Uint8Array {
  return hash.hmac(
    hash.digest(passingOctets(nonceI, nonceR)),
    passingOctets(initiatorCookie, responderCookie),
  );
}

export interface SkeyidInput {
  readonly skeyid: Uint8Array;
  /** g^xy. */
  readonly shared: Uint8Array;
  readonly initiatorCookie: Uint8Array;
  readonly responderCookie: Uint8Array;
  /** Octets of the cipher's key. */
  readonly cipherKeyLength: number;
}

/**
 * SKEYID_d = prf(SKEYID, g^xy | CKY-I | CKY-R | 0), SKEYID_a with SKEYID_d in front and 1 at the
 * end, SKEYID_e with SKEYID_a in front and 2 at the end; and the cipher key made of SKEYID_e.
 */
export function deriveSkeyidKeys(hash: HashFunction, input: SkeyidInput): SkeyidKeys {
  const { skeyid, shared, initiatorCookie, responderCookie } = input;
  const length = hash.digestLength + shared.length + initiatorCookie.length + responderCookie.length + 1;
  const seed = slab.take(length);
  seed.set(shared, hash.digestLength);
  seed.set(initiatorCookie, hash.digestLength + shared.length);
  seed.set(responderCookie, hash.digestLength + shared.length + initiatorCookie.length);
  const skeyidD = hash.hmac(skeyid, seed.subarray(hash.digestLength));
  seed.set(skeyidD, 0);
  seed[length - 1] = 1;
  const skeyidA = hash.hmac(skeyid, seed);
  seed.set(skeyidA, 0);
  seed[length - 1] = 2;
  const skeyidE = hash.hmac(skeyid, seed);
  const cipherKey = deriveCipherKey(hash, skeyidE, input.cipherKeyLength);
  return { skeyid, skeyidD, skeyidA, skeyidE, cipherKey };
}

/**
 * Key of the phase 1 cipher: the first octets of SKEYID_e, or when that is too short of
 * K1 | K2 | ... with K1 = prf(SKEYID_e, 0), K2 = prf(SKEYID_e, K1) (Appendix B).
 */
export function deriveCipherKey(hash: HashFunction, skeyidE: Uint8Array, length: number): Uint8Array {
  // A copy: a view would keep more memory alive than it shows.
  if (skeyidE.length >= length) return skeyidE.slice(0, length);
  return stretch(hash, skeyidE, { first: ZERO_OCTET, next: slab.take(hash.digestLength) }, length);
}

export interface KeymatInput {
  readonly skeyidD: Uint8Array;
  /** g(qm)^xy with PFS. */
  readonly shared?: Uint8Array | undefined;
  readonly protocolId: number;
  readonly spi: Uint8Array;
  readonly nonceI: Uint8Array;
  readonly nonceR: Uint8Array;
}

/**
 * KEYMAT = K1 | K2 | ... with K1 = prf(SKEYID_d, [g(qm)^xy |] protocol | SPI | Ni_b | Nr_b) and
 * K2 = prf(SKEYID_d, K1 | [g(qm)^xy |] protocol | ...) (RFC 2409 §5.5), `length` octets of it.
 */
export function deriveKeymat(hash: HashFunction, input: KeymatInput, length: number): Uint8Array {
  const { shared, spi, nonceI, nonceR } = input;
  const start = hash.digestLength;
  const sharedLength = shared?.length ?? 0;
  const seed = slab.take(start + sharedLength + 1 + spi.length + nonceI.length + nonceR.length);
  if (shared !== undefined) seed.set(shared, start);
  let offset = start + sharedLength;
  seed[offset++] = input.protocolId;
  seed.set(spi, offset);
  seed.set(nonceI, offset + spi.length);
  seed.set(nonceR, offset + spi.length + nonceI.length);
  return stretch(hash, input.skeyidD, { first: seed.subarray(start), next: seed }, length);
}

/** What is hashed: at first, and later with the block before at its beginning. */
interface StretchInput {
  readonly first: Uint8Array;
  /** Has room for a block at its beginning. */
  readonly next: Uint8Array;
}

function stretch(hash: HashFunction, key: Uint8Array, input: StretchInput, length: number): Uint8Array {
  const keys = new Uint8Array(length);
  let block = hash.hmac(key, input.first);
  for (let offset = 0; ;) {
    const rest = length - offset;
    if (rest <= block.length) {
      keys.set(rest === block.length ? block : block.slice(0, rest), offset);
      return keys;
    }
    keys.set(block, offset);
    offset += block.length;
    input.next.set(block, 0);
    block = hash.hmac(key, input.next);
  }
}

/** First IV of phase 1: hash(g^xi | g^xr), cut to the cipher's block (Appendix B). */
export function derivePhase1Iv(
  hash: HashFunction,
  publicI: Uint8Array,
  publicR: Uint8Array,
  blockLength: number,
): Uint8Array {
  return hash.digest(passingOctets(publicI, publicR)).slice(0, blockLength);
}

/** First IV of an exchange after phase 1: hash(last phase 1 block | message id), cut to the block (Appendix B). */
export function derivePhase2Iv(
  hash: HashFunction,
  lastPhase1Block: Uint8Array,
  messageId: number,
  blockLength: number,
): Uint8Array {
  return hash.digest(passingOctets(lastPhase1Block, uint32Octets(messageId))).slice(0, blockLength);
}
