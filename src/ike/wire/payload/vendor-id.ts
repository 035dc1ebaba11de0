/**
 * Vendor ID payload (RFC 2408 §3.16); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |             vendor ID, mostly a hash and a version            .
 * +---------------------------------------------------------------+
 * ```
 */
import type { VendorIdPayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Reads the body; any number of octets will do. */
export function decodeVendorId(body: Reader): VendorIdPayload {
  return { kind: 'vendor-id', data: body.readRest() };
}

/** Octets of the body. */
export function vendorIdLength(payload: VendorIdPayload): number {
  return payload.data.length;
}

/** Writes the body. */
export function encodeVendorId(payload: VendorIdPayload, writer: Writer): void {
  writer.writeOctets(payload.data);
}
