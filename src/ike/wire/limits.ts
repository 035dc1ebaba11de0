/**
 * How much of one message is decoded. Real messages stay far below; the limits keep the number
 * of objects that a hostile datagram can make us create small.
 */

/** Payloads of one message; vendor IDs and certificate requests make about 30 in real ones. */
export const MAXIMUM_PAYLOADS = 64;
/** Proposals of one SA payload. */
export const MAXIMUM_PROPOSALS = 64;
/** Transforms of one SA payload, over all its proposals; one proposal cannot count past 255. */
export const MAXIMUM_TRANSFORMS = 512;
/** Attributes of one transform. */
export const MAXIMUM_TRANSFORM_ATTRIBUTES = 32;
/** Attributes of one mode-config payload; a gateway sends one for each split network. */
export const MAXIMUM_CONFIGURATION_ATTRIBUTES = 256;
/** SPIs of one delete payload. */
export const MAXIMUM_SPIS = 256;
