/**
 * Notification payload (RFC 2408 §3.14); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                             DOI                               |
 * +---------------+---------------+-------------------------------+
 * |  protocol ID  |   SPI size    |      notify message type      |
 * +---------------+---------------+-------------------------------+
 * |               SPI, then the notification data                 .
 * +---------------------------------------------------------------+
 * ```
 */
import type { NotificationPayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Reads the body. @throws WireError `truncated`. */
export function decodeNotification(body: Reader): NotificationPayload {
  const doi = body.readUint32('DOI');
  const protocolId = body.readUint8('protocol ID');
  const spiLength = body.readUint8('SPI size');
  const notifyType = body.readUint16('notify message type');
  const spi = body.readOctets(spiLength, 'SPI');
  return { kind: 'notification', doi, protocolId, spi, notifyType, data: body.readRest() };
}

/** Octets of the body. */
export function notificationLength(payload: NotificationPayload): number {
  return 8 + payload.spi.length + payload.data.length;
}

/** Writes the body. @throws RangeError for a number that does not fit its field, so for an SPI of more than 255 octets. */
export function encodeNotification(payload: NotificationPayload, writer: Writer): void {
  writer.writeUint32(payload.doi);
  writer.writeUint8(payload.protocolId);
  writer.writeUint8(payload.spi.length);
  writer.writeUint16(payload.notifyType);
  writer.writeOctets(payload.spi);
  writer.writeOctets(payload.data);
}
