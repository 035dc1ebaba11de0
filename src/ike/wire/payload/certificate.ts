/**
 * Certificate payload (RFC 2408 §3.9); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+-----------------------------------------------+
 * |   encoding    |             certificate data                  .
 * +---------------+-----------------------------------------------+
 * ```
 */
import type { CertificatePayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Reads the body. @throws WireError `truncated` when there is no encoding. */
export function decodeCertificate(body: Reader): CertificatePayload {
  return { kind: 'certificate', encoding: body.readUint8('certificate encoding'), data: body.readRest() };
}

/** Octets of the body. */
export function certificateLength(payload: CertificatePayload): number {
  return 1 + payload.data.length;
}

/** Writes the body. @throws RangeError for an encoding that does not fit its field. */
export function encodeCertificate(payload: CertificatePayload, writer: Writer): void {
  writer.writeUint8(payload.encoding);
  writer.writeOctets(payload.data);
}
