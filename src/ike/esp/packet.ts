/**
 * ESP packets (RFC 4303 §2): from a payload to octets and back.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+ ---
 * |                 security parameters index (SPI)               |  ^ covered
 * +---------------------------------------------------------------+  | by the
 * |          sequence number, low half of an extended one         |  | ICV
 * +---------------------------------------------------------------+  | ---
 * |              IV (AES-CBC 16, 3DES-CBC 8, AES-GCM 8)           ~  |  ^
 * +---------------------------------------------------------------+  |  |
 * |                      payload data (variable)                  ~  |  | encrypted,
 * ~               +-----------------------------------------------+  |  | but for
 * |               |            padding (0-255 octets)             |  |  | the IV
 * +-------------------------------+---------------+---------------+  |  |
 * |                               |  pad length   |  next header  |  v  v
 * +-------------------------------+---------------+---------------+ ------
 * |          ICV (HMAC 12, 16, 24 or 32, AES-GCM 16)              ~
 * +---------------------------------------------------------------+
 * ```
 *
 * In tunnel mode the payload is a whole IP packet, in transport mode what follows the IP header.
 */
import type { RandomOctets } from '../suite.ts';
import { uint32At, uint32Octets } from '../wire/octets.ts';
import { NextHeader } from './next-header.ts';
import { padContent, unpadContent } from './padding.ts';
import type { EspContent } from './padding.ts';
import { ESP_HEADER_LENGTH } from './protection.ts';
import { isExpired } from './sa.ts';
import type { EspDropReason, EspRefusalReason, EspSaState } from './sa.ts';
import { SEQUENCE_NONE, inferSequence, nextSequence } from './sequence-number.ts';
import type { SequenceNumber } from './sequence-number.ts';

const SEQUENCE_OFFSET = 4;

/**
 * The next packet of an outbound SA.
 * @param random Called once for the IV of a CBC cipher, else never.
 * @returns undefined when the SA is used up or expired, which its counters tell apart.
 * @throws RangeError when the next header is no octet.
 */
export function sealPacket(
  sa: EspSaState,
  payload: Uint8Array,
  nextHeader: number,
  random: RandomOctets,
): Uint8Array | undefined {
  if (isExpired(sa)) return refuse(sa, 'expired');
  const sequence = nextSequence(sa.sent, sa.esn) ?? (sa.mayCycle ? SEQUENCE_NONE : undefined);
  if (sequence === undefined) return refuse(sa, 'exhausted');
  const { protection } = sa;
  const plaintext = padContent({ payload, nextHeader }, protection.alignment);
  const packet = new Uint8Array(
    ESP_HEADER_LENGTH + protection.ivLength + plaintext.length + protection.icvLength,
  );
  packet.set(uint32Octets(sa.spi));
  packet.set(uint32Octets(sequence.low), SEQUENCE_OFFSET);
  protection.seal(packet, plaintext, sequence, random);
  sa.sent = sequence;
  count(sa, payload, nextHeader);
  return packet;
}

function refuse(sa: EspSaState, reason: EspRefusalReason): undefined {
  sa.counters.refusals[reason] += 1;
  return undefined;
}

export interface DroppedPacket {
  readonly drop: EspDropReason;
}

/**
 * What a packet for an inbound SA carries, in memory of its own; or why it was dropped, which is
 * also counted. Accepts any octets and never throws. A payload with the next header 59 is a dummy
 * and means nothing; one of tunnel mode may be longer than the IP packet in it (RFC 4303 §2.7).
 */
export function openPacket(sa: EspSaState, octets: Uint8Array): EspContent | DroppedPacket {
  const reason = malformation(sa, octets) ?? (isExpired(sa) ? 'expired' : undefined);
  if (reason !== undefined) return drop(sa, reason);
  const low = uint32At(octets, SEQUENCE_OFFSET);
  const sequence = sequenceOf(sa, low);
  if (sequence === undefined) return drop(sa, 'too-old');
  const verdict = sa.replayWindow?.check(sequence) ?? 'new';
  if (verdict !== 'new') return drop(sa, verdict);
  const plaintext = sa.protection.open(octets, sequence);
  if (plaintext === undefined) return drop(sa, 'wrong-icv');
  sa.replayWindow?.record(sequence);
  const content = unpadContent(plaintext);
  if (content === undefined) return drop(sa, 'wrong-padding');
  count(sa, content.payload, content.nextHeader);
  return content;
}

/** The SPI by which a receiver finds the SA; undefined when there are not enough octets for one. */
export function spiOf(octets: Uint8Array): number | undefined {
  return octets.length < SEQUENCE_OFFSET ? undefined : uint32At(octets, 0);
}

function malformation({ spi, protection }: EspSaState, octets: Uint8Array): EspDropReason | undefined {
  const { ivLength, icvLength, alignment } = protection;
  const encrypted = octets.length - ESP_HEADER_LENGTH - ivLength - icvLength;
  if (encrypted < alignment) return 'too-short';
  if (uint32At(octets, 0) !== spi) return 'wrong-spi';
  return encrypted % alignment === 0 ? undefined : 'misaligned';
}

/** Undefined when an extended number would lie outside of 64 bits. */
function sequenceOf({ esn, replayWindow }: EspSaState, low: number): SequenceNumber | undefined {
  if (!esn || replayWindow === undefined) return { high: 0, low };
  return inferSequence(low, replayWindow.top, replayWindow.size);
}

function drop(sa: EspSaState, reason: EspDropReason): DroppedPacket {
  sa.counters.drops[reason] += 1;
  return { drop: reason };
}

function count({ counters }: EspSaState, payload: Uint8Array, nextHeader: number): void {
  counters.packets += 1;
  counters.octets += payload.length;
  if (nextHeader === NextHeader.none) counters.dummyPackets += 1;
}
