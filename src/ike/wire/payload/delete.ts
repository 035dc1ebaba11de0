/**
 * Delete payload (RFC 2408 §3.15); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                             DOI                               |
 * +---------------+---------------+-------------------------------+
 * |  protocol ID  |   SPI size    |        number of SPIs         |
 * +---------------+---------------+-------------------------------+
 * |                            SPIs                               .
 * +---------------------------------------------------------------+
 * ```
 */
import { MAXIMUM_SPIS } from '../limits.ts';
import type { DeletePayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import { WireError } from '../wire-error.ts';
import type { Writer } from '../writer.ts';

/** Reads the body. @throws WireError `truncated`, `limit-spis`, or `trailing-octets` after the last SPI. */
export function decodeDelete(body: Reader): DeletePayload {
  const doi = body.readUint32('DOI');
  const protocolId = body.readUint8('protocol ID');
  const spiLength = body.readUint8('SPI size');
  const countOffset = body.offset;
  const count = body.readUint16('number of SPIs');
  if (count > MAXIMUM_SPIS) {
    throw new WireError('limit-spis', countOffset, `${count} SPIs, the limit is ${MAXIMUM_SPIS}`);
  }
  const spis: Uint8Array[] = [];
  for (let i = 0; i < count; i++) spis.push(body.readOctets(spiLength, 'SPI'));
  body.requireEnd('last SPI');
  return { kind: 'delete', doi, protocolId, spis, spiLength };
}

/** Octets of the body. */
export function deleteLength(payload: DeletePayload): number {
  return 8 + payload.spis.length * payload.spiLength;
}

/** Writes the body. @throws RangeError for an SPI of another length than `spiLength`, or a number that does not fit its field. */
export function encodeDelete(payload: DeletePayload, writer: Writer): void {
  writer.writeUint32(payload.doi);
  writer.writeUint8(payload.protocolId);
  writer.writeUint8(payload.spiLength);
  writer.writeUint16(payload.spis.length);
  for (const spi of payload.spis) {
    if (spi.length !== payload.spiLength) {
      throw new RangeError(`an SPI has ${spi.length} octets where spiLength is ${payload.spiLength}`);
    }
    writer.writeOctets(spi);
  }
}
