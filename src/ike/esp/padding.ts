/**
 * The plaintext of an ESP packet: payload and trailer (RFC 4303 §2.3 to §2.6).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                      payload data (variable)                  ~
 * ~               +-----------------------------------------------+
 * |               |       padding: 1, 2, 3, ... (0-255 octets)    |
 * +-------------------------------+---------------+---------------+
 * |                               |  pad length   |  next header  |
 * +-------------------------------+---------------+---------------+
 * ```
 */

/** Octets of pad length and next header. */
export const TRAILER_LENGTH = 2;

export interface EspContent {
  readonly payload: Uint8Array;
  readonly nextHeader: number;
}

/**
 * Payload and trailer in fresh memory, padded to a multiple of `alignment`.
 * @throws RangeError when the next header is no octet.
 */
export function padContent({ payload, nextHeader }: EspContent, alignment: number): Uint8Array {
  if ((nextHeader & 0xff) !== nextHeader) throw new RangeError(`next header ${nextHeader} is no octet`);
  const unpadded = payload.length + TRAILER_LENGTH;
  const plaintext = new Uint8Array(Math.ceil(unpadded / alignment) * alignment);
  plaintext.set(payload);
  const padLength = plaintext.length - unpadded;
  for (let i = 1; i <= padLength; i++) plaintext[payload.length + i - 1] = i;
  plaintext[plaintext.length - 2] = padLength;
  plaintext[plaintext.length - 1] = nextHeader;
  return plaintext;
}

/** The content, a view of the plaintext; undefined when the padding is longer than it or not 1, 2, 3, ... */
export function unpadContent(plaintext: Uint8Array): EspContent | undefined {
  const end = plaintext.length - TRAILER_LENGTH;
  const padLength = plaintext[end];
  const nextHeader = plaintext[end + 1];
  if (padLength === undefined || nextHeader === undefined || padLength > end) return undefined;
  const payloadLength = end - padLength;
  for (let i = 0; i < padLength; i++) if (plaintext[payloadLength + i] !== i + 1) return undefined;
  return { payload: plaintext.subarray(0, payloadLength), nextHeader };
}
