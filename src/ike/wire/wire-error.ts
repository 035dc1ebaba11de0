/** The one error that decoding octets from outside can end with. */

/** Stable codes; counters and tests go by these, people read the message. */
export const WIRE_ERROR_REASONS = [
  /** The datagram has fewer octets than its header says, or none for a header. */
  'message-too-short',
  /** A field reaches past the end of what contains it. */
  'truncated',
  /** A length field is smaller than the header that holds it. */
  'length-too-small',
  /** Octets are left over where a structure should have ended. */
  'trailing-octets',
  /** A proposal or transform says that something else follows than its kind or nothing. */
  'unexpected-substructure',
  /** The transform count of a proposal is not the number of its transforms. */
  'transform-count',
  'limit-payloads',
  'limit-proposals',
  'limit-transforms',
  'limit-attributes',
  'limit-spis',
  /** The layout of the payload depends on a DOI that is not known. */
  'unsupported-doi',
  /** Labelled domains (RFC 2407 §4.6.1) would follow. */
  'unsupported-situation',
  /** The payloads of the message are encrypted. */
  'encrypted',
] as const;
export type WireErrorReason = (typeof WIRE_ERROR_REASONS)[number];

/** Octets that are no ISAKMP message. The sender's fault, never ours. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly reason: WireErrorReason;
  /** Where, counted from the start of the octets given to the decoder. */
  readonly offset: number;

  constructor(reason: WireErrorReason, offset: number, text: string) {
    super(`${text} (at octet ${offset})`);
    this.reason = reason;
    this.offset = offset;
  }
}
