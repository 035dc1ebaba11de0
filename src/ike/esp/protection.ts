/**
 * How the algorithms of an SA protect a packet, with its keys inside. Two ways: cipher and HMAC one
 * after the other (RFC 4303 §3.3.2.1), or AES-GCM (RFC 4106).
 */
import type { EspTransform } from '../transform.ts';
import {
  GCM_SALT_LENGTH,
  encryptionKeyLength,
  integrityCheckLength,
  integrityKeyLength,
} from '../transform.ts';
import type { Aead, CbcCipher, CryptoSuite, HashFunction, RandomOctets } from '../suite.ts';
import type { EspKeys } from '../v1/child-sa.ts';
import { concatOctets, equalOctets, uint32Octets } from '../wire/octets.ts';
import type { SequenceNumber } from './sequence-number.ts';

/** Octets of SPI and sequence number, which come first and are sent in the clear. */
export const ESP_HEADER_LENGTH = 8;

export interface EspProtection {
  readonly ivLength: number;
  readonly icvLength: number;
  /** The length of a plaintext is a multiple of this: the cipher's block, and at least 4 (RFC 4303 §2.4). */
  readonly alignment: number;
  /** Fills a packet, of which only the header is written, with IV, ciphertext and ICV. */
  seal(packet: Uint8Array, plaintext: Uint8Array, sequence: SequenceNumber, random: RandomOctets): void;
  /** The plaintext in fresh memory, when the ICV is right. The packet has whole blocks between IV and ICV. */
  open(packet: Uint8Array, sequence: SequenceNumber): Uint8Array | undefined;
}

const WORD_LENGTH = 4;
const GCM_IV_LENGTH = 8;

/**
 * @param esn Whether the ICV covers the high half of the sequence number too.
 * @throws RangeError when a key has not the length of its algorithm, or when nothing would be
 *   authenticated: encryption without integrity is broken (RFC 8221 §4).
 */
export function createEspProtection(
  suite: CryptoSuite,
  transform: EspTransform,
  { encryptionKey, integrityKey }: Pick<EspKeys, 'encryptionKey' | 'integrityKey'>,
  esn: boolean,
): EspProtection {
  checkLength('encryption', encryptionKey, encryptionKeyLength(transform));
  checkLength('integrity', integrityKey, integrityKeyLength(transform));
  const { encryption, integrity } = transform;
  if (encryption === 'aes-gcm16') return protectByAead(suite.aead(encryption), encryptionKey, esn);
  if (integrity === undefined) throw new RangeError(`${encryption} of ESP needs an integrity algorithm`);
  return protectByHmac({
    cipher: encryption === 'null' ? undefined : suite.cipher(encryption),
    encryptionKey,
    hash: suite.hash(integrity),
    integrityKey,
    icvLength: integrityCheckLength(transform),
    esn,
  });
}

function checkLength(purpose: string, key: Uint8Array, length: number): void {
  if (key.length !== length) {
    throw new RangeError(`the ${purpose} key of ESP has ${key.length} octets, not ${length}`);
  }
}

interface HmacProtection {
  /** Absent: the payload is sent in the clear (RFC 2410). */
  readonly cipher: CbcCipher | undefined;
  readonly encryptionKey: Uint8Array;
  readonly hash: HashFunction;
  readonly integrityKey: Uint8Array;
  readonly icvLength: number;
  readonly esn: boolean;
}

/** The HMAC covers the packet up to the ICV and then, unsent, the high half (RFC 4303 §2.2.1). */
function protectByHmac(setup: HmacProtection): EspProtection {
  const { cipher, encryptionKey, hash, integrityKey, icvLength, esn } = setup;
  const ivLength = cipher?.blockLength ?? 0;
  const start = ESP_HEADER_LENGTH + ivLength;
  const icvOf = (covered: Uint8Array) => hash.hmac(integrityKey, covered).subarray(0, icvLength);
  return {
    ivLength,
    icvLength,
    alignment: cipher?.blockLength ?? WORD_LENGTH,
    seal(packet, plaintext, { high }, random) {
      const end = packet.length - icvLength;
      if (cipher === undefined) packet.set(plaintext, start);
      else {
        const iv = random(ivLength);
        packet.set(iv, ESP_HEADER_LENGTH);
        packet.set(cipher.encrypt(encryptionKey, iv, plaintext), start);
      }
      // The place of the ICV, longer than a half, serves as memory for what is covered but not sent.
      if (esn) packet.set(uint32Octets(high), end);
      packet.set(icvOf(packet.subarray(0, esn ? end + WORD_LENGTH : end)), end);
    },
    open(packet, { high }) {
      const end = packet.length - icvLength;
      const sent = packet.subarray(0, end);
      const covered = esn ? concatOctets(sent, uint32Octets(high)) : sent;
      if (!equalOctets(icvOf(covered), packet.subarray(end))) return undefined;
      if (cipher === undefined) return packet.slice(start, end);
      return cipher.decrypt(
        encryptionKey,
        packet.subarray(ESP_HEADER_LENGTH, start),
        packet.subarray(start, end),
      );
    },
  };
}

/**
 * AES-GCM. The nonce is salt | IV; the IV is the whole sequence number, which no SA uses twice
 * (RFC 4106 §3.1). Associated data: SPI | sequence number, all 64 bits of it when extended (§5).
 */
function protectByAead(aead: Aead, keyAndSalt: Uint8Array, esn: boolean): EspProtection {
  const key = keyAndSalt.slice(0, -GCM_SALT_LENGTH);
  const salt = keyAndSalt.slice(-GCM_SALT_LENGTH);
  const start = ESP_HEADER_LENGTH + GCM_IV_LENGTH;
  const associatedData = (packet: Uint8Array, high: number) =>
    esn
      ? concatOctets(packet.subarray(0, 4), uint32Octets(high), packet.subarray(4, ESP_HEADER_LENGTH))
      : packet.subarray(0, ESP_HEADER_LENGTH);
  return {
    ivLength: GCM_IV_LENGTH,
    icvLength: aead.tagLength,
    alignment: WORD_LENGTH,
    seal(packet, plaintext, { high, low }) {
      const iv = concatOctets(uint32Octets(high), uint32Octets(low));
      packet.set(iv, ESP_HEADER_LENGTH);
      packet.set(aead.seal(key, concatOctets(salt, iv), associatedData(packet, high), plaintext), start);
    },
    open(packet, { high }) {
      const nonce = concatOctets(salt, packet.subarray(ESP_HEADER_LENGTH, start));
      return aead.open(key, nonce, associatedData(packet, high), packet.subarray(start));
    },
  };
}
