/** Encryption of messages after the key exchange: padding, header, IV chaining (RFC 2409 Appendix B). */
import { decodePayloads } from '../wire/decode.ts';
import { encodeMessageWithBody, encodePayloads, firstPayloadType } from '../wire/encode.ts';
import type { Header, Payload } from '../wire/message.ts';
import {
  GENERIC_HEADER_LENGTH,
  HEADER_LENGTH,
  HeaderFlag,
  PayloadType,
  VERSION_1_0,
} from '../wire/numbers.ts';
import { WireError } from '../wire/wire-error.ts';
import { OctetSlab } from '../octet-slab.ts';
import { cipherOf, keysOf, type IsakmpSa } from './isakmp-sa.ts';
import { chainAfterHashes } from './misbehaviour.ts';
import { Discard } from './refusal.ts';

const slab = new OctetSlab();

export interface SealInput {
  readonly exchangeType: number;
  readonly messageId: number;
  readonly iv: Uint8Array;
  /** Flags of the header besides encryption. Absent: none. */
  readonly flags?: number;
}

export interface Sealed {
  readonly octets: Uint8Array;
  /** The last block of ciphertext: the IV of the next message of the exchange. */
  readonly nextIv: Uint8Array;
}

/** Encrypts payloads into a whole message. Padding is zeros without a length octet, as others do. */
export function sealPayloads(sa: IsakmpSa, input: SealInput, payloads: readonly Payload[]): Sealed {
  const chain = encodePayloads(payloads, cipherOf(sa).blockLength);
  return seal(sa, input, firstPayloadType(payloads), chain);
}

/** Encrypts a HASH payload followed by an encoded chain, which the hash was computed over. */
export function sealHashed(
  sa: IsakmpSa,
  input: SealInput,
  hash: Uint8Array,
  restFirstType: number,
  rest: Uint8Array,
): Sealed {
  const { blockLength } = cipherOf(sa);
  const hashes = sa.misbehaviour?.prove(hash);
  if (hashes !== undefined) {
    const { firstType, octets } = chainAfterHashes(hashes, { firstType: restFirstType, octets: rest });
    return seal(sa, input, firstType, padded(octets, blockLength));
  }
  const length = GENERIC_HEADER_LENGTH + hash.length + rest.length;
  const chain = slab.take(Math.ceil(length / blockLength) * blockLength);
  chain[0] = restFirstType;
  chain[2] = (GENERIC_HEADER_LENGTH + hash.length) >>> 8;
  chain[3] = GENERIC_HEADER_LENGTH + hash.length;
  chain.set(hash, GENERIC_HEADER_LENGTH);
  chain.set(rest, GENERIC_HEADER_LENGTH + hash.length);
  return seal(sa, input, PayloadType.hash, chain);
}

function padded(chain: Uint8Array, blockLength: number): Uint8Array {
  const whole = new Uint8Array(Math.max(1, Math.ceil(chain.length / blockLength)) * blockLength);
  whole.set(chain);
  return whole;
}

function seal(sa: IsakmpSa, input: SealInput, firstType: number, paddedChain: Uint8Array): Sealed {
  const cipher = cipherOf(sa);
  const ciphertext = cipher.encrypt(keysOf(sa).cipherKey, input.iv, paddedChain);
  const octets = encodeMessageWithBody(
    {
      initiatorCookie: sa.initiatorCookie,
      responderCookie: sa.responderCookie,
      version: VERSION_1_0,
      exchangeType: input.exchangeType,
      flags: HeaderFlag.encryption | (input.flags ?? 0),
      messageId: input.messageId,
    },
    firstType,
    ciphertext,
  );
  return { octets, nextIv: ciphertext.slice(ciphertext.length - cipher.blockLength) };
}

export interface Opened {
  readonly payloads: readonly Payload[];
  /** Decrypted octets from the first payload header to the end of the last payload, without padding. */
  readonly chain: Uint8Array;
  readonly nextIv: Uint8Array;
}

/**
 * Decrypts and decodes a message. A wrong key shows as a chain that cannot be decoded.
 * @throws Discard `not-encrypted` or `decryption-failed`; `ignored` at an end that does not want to hear it.
 */
export function openMessage(sa: IsakmpSa, header: Header, octets: Uint8Array, iv: Uint8Array): Opened {
  if ((header.flags & HeaderFlag.encryption) === 0) throw new Discard('not-encrypted', 'message is in clear');
  const cipher = cipherOf(sa);
  const body = octets.subarray(HEADER_LENGTH, header.length);
  if (body.length === 0 || body.length % cipher.blockLength !== 0) {
    throw new Discard('decryption-failed', `${body.length} octets are no whole number of cipher blocks`);
  }
  const plaintext = cipher.decrypt(keysOf(sa).cipherKey, iv, body);
  try {
    const { payloads, consumed } = decodePayloads(header.nextPayload, plaintext);
    const nextIv = body.slice(body.length - cipher.blockLength);
    sa.misbehaviour?.hear(header.exchangeType, header.messageId, payloads);
    return { payloads, chain: plaintext.subarray(0, consumed), nextIv };
  } catch (error) {
    if (error instanceof WireError) throw new Discard('decryption-failed', error.message);
    throw error;
  }
}
