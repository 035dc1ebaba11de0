/**
 * Certificate request payload (RFC 2408 §3.10); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+-----------------------------------------------+
 * |   encoding    |   certificate authority, a DN in DER, or none .
 * +---------------+-----------------------------------------------+
 * ```
 */
import type { CertificateRequestPayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Reads the body. @throws WireError `truncated` when there is no encoding. */
export function decodeCertificateRequest(body: Reader): CertificateRequestPayload {
  return {
    kind: 'certificate-request',
    encoding: body.readUint8('certificate encoding'),
    authority: body.readRest(),
  };
}

/** Octets of the body. */
export function certificateRequestLength(payload: CertificateRequestPayload): number {
  return 1 + payload.authority.length;
}

/** Writes the body. @throws RangeError for an encoding that does not fit its field. */
export function encodeCertificateRequest(payload: CertificateRequestPayload, writer: Writer): void {
  writer.writeUint8(payload.encoding);
  writer.writeOctets(payload.authority);
}
