/**
 * The fixed header (RFC 2408 §3.1).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                       initiator cookie                        |
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                       responder cookie                        |
 * |                                                               |
 * +---------------+-------+-------+---------------+---------------+
 * | next payload  | major | minor | exchange type |     flags     |
 * +---------------+-------+-------+---------------+---------------+
 * |                          message ID                           |
 * +---------------------------------------------------------------+
 * |            length of the message, header included             |
 * +---------------------------------------------------------------+
 * ```
 */
import type { Header } from './message.ts';
import { COOKIE_LENGTH, HEADER_LENGTH, HeaderOffset, VERSION_1_0 } from './numbers.ts';
import { uint32At } from './octets.ts';
import { Reader } from './reader.ts';
import { WireError } from './wire-error.ts';
import { Writer } from './writer.ts';

/**
 * Reads the header of a message without its non-ESP marker. Version, exchange type and flags are
 * not judged.
 *
 * A datagram with more octets than `length` is let through, and what follows belongs to nobody:
 * RFC 2408 §5.1 asks for rejection, yet some clients append zero octets that gateways ignore.
 * @throws WireError `message-too-short` for less than a header or less than `length` octets,
 *   `length-too-small` when `length` is below that of the header.
 */
export function decodeHeader(octets: Uint8Array): Header {
  if (octets.length < HEADER_LENGTH) {
    throw new WireError('message-too-short', 0, `an ISAKMP header takes 28 octets, got ${octets.length}`);
  }
  const reader = new Reader(octets);
  const header: Header = {
    initiatorCookie: reader.readOctets(COOKIE_LENGTH, 'initiator cookie'),
    responderCookie: reader.readOctets(COOKIE_LENGTH, 'responder cookie'),
    nextPayload: reader.readUint8('next payload'),
    version: reader.readUint8('version'),
    exchangeType: reader.readUint8('exchange type'),
    flags: reader.readUint8('flags'),
    messageId: reader.readUint32('message ID'),
    length: reader.readUint32('length'),
  };
  if (header.length < HEADER_LENGTH) {
    throw new WireError(
      'length-too-small',
      24,
      `message length ${header.length} is less than the header's 28`,
    );
  }
  if (header.length > octets.length) {
    throw new WireError(
      'message-too-short',
      24,
      `message length is ${header.length}, the datagram has ${octets.length} octets`,
    );
  }
  return header;
}

/** Whether there is a header, and its length field speaks of exactly these octets. */
export function hasLengthOfHeader(octets: Uint8Array): boolean {
  return octets.length >= HEADER_LENGTH && uint32At(octets, HeaderOffset.length) === octets.length;
}

/**
 * Whether octets are exactly one IKEv1 message by their header: version 1.0, and the length that they have. ESP packets
 * are so by chance once in 2^40.
 */
export function isWholeMessage(octets: Uint8Array): boolean {
  return hasLengthOfHeader(octets) && octets[HeaderOffset.version] === VERSION_1_0;
}

/**
 * The 28 octets of a header.
 * @throws RangeError for a cookie that has not 8 octets or a number that does not fit its field.
 */
export function encodeHeader(header: Header): Uint8Array {
  const writer = new Writer(HEADER_LENGTH);
  writeHeader(writer, header, header.nextPayload, header.length);
  return writer.octets;
}

/** Writes a header whose last computed fields are given apart. Throws as `encodeHeader`. */
export function writeHeader(
  writer: Writer,
  fields: Omit<Header, 'nextPayload' | 'length'>,
  nextPayload: number,
  length: number,
): void {
  if (fields.initiatorCookie.length !== COOKIE_LENGTH || fields.responderCookie.length !== COOKIE_LENGTH) {
    throw new RangeError('a cookie has 8 octets');
  }
  writer.writeOctets(fields.initiatorCookie);
  writer.writeOctets(fields.responderCookie);
  writer.writeUint8(nextPayload);
  writer.writeUint8(fields.version);
  writer.writeUint8(fields.exchangeType);
  writer.writeUint8(fields.flags);
  writer.writeUint32(fields.messageId);
  writer.writeUint32(length);
}
