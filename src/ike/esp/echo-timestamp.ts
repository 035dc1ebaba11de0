/**
 * When an echo request was sent, in the first 8 octets of its data, so that the reply alone tells
 * the round trip time.
 *
 * ```text
 * time in ns (8, network order) | 08 09 0a 0b ... as ping(8) fills it
 * ```
 */
import { uint32At, uint32Octets } from '../wire/octets.ts';

export const ECHO_TIMESTAMP_LENGTH = 8;

const HALF = 0x1_0000_0000;

/**
 * Data of an echo request.
 * @param timeNs A whole number, at least 0.
 * @throws RangeError for a length below 8 or a time that is no whole number of ns.
 */
export function encodeEchoData(timeNs: number, length: number): Uint8Array {
  if (length < ECHO_TIMESTAMP_LENGTH) throw new RangeError(`${length} octets have no room for a timestamp`);
  if (!Number.isSafeInteger(timeNs) || timeNs < 0) throw new RangeError(`${timeNs} is no time in ns`);
  const data = Uint8Array.from({ length }, (_, i) => i);
  data.set(uint32Octets(Math.floor(timeNs / HALF)));
  data.set(uint32Octets(timeNs % HALF), 4);
  return data;
}

/** The time in ns; undefined when the data are too short or the time is beyond 2^53, so not one of ours. */
export function decodeEchoTime(data: Uint8Array): number | undefined {
  if (data.length < ECHO_TIMESTAMP_LENGTH) return undefined;
  const timeNs = uint32At(data, 0) * HALF + uint32At(data, 4);
  return Number.isSafeInteger(timeNs) ? timeNs : undefined;
}
