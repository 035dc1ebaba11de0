/**
 * Identification payload of the IPsec DOI (RFC 2407 §4.6.2); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |    ID type    |  protocol ID  |             port              |
 * +---------------+---------------+-------------------------------+
 * |                   identification data                         .
 * +---------------------------------------------------------------+
 * ```
 */
import type { IdentificationPayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Reads the body; whether the data suits the ID type is not judged. @throws WireError `truncated`. */
export function decodeIdentification(body: Reader): IdentificationPayload {
  return {
    kind: 'identification',
    idType: body.readUint8('ID type'),
    protocolId: body.readUint8('protocol ID'),
    port: body.readUint16('port'),
    data: body.readRest(),
  };
}

/** Octets of the body. */
export function identificationLength(payload: IdentificationPayload): number {
  return 4 + payload.data.length;
}

/** Writes the body. @throws RangeError for a number that does not fit its field. */
export function encodeIdentification(payload: IdentificationPayload, writer: Writer): void {
  writer.writeUint8(payload.idType);
  writer.writeUint8(payload.protocolId);
  writer.writeUint16(payload.port);
  writer.writeOctets(payload.data);
}
