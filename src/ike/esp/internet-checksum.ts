/** The checksum of IP, ICMP, UDP and TCP (RFC 1071). */

/**
 * Sum of 16-bit words in network order, an odd last octet padded with zero, added to `initial`. Not
 * folded; exact for everything that fits an IP packet.
 */
export function sumWords(octets: Uint8Array, initial = 0): number {
  let sum = initial;
  for (let i = 0; i < octets.length; i += 2) {
    sum += ((octets[i] as number) << 8) | (octets[i + 1] ?? 0);
  }
  return sum;
}

/** The checksum of a sum: carries folded in, then inverted. 0 when the words contain their own right checksum. */
export function foldChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x1_0000);
  return ~folded & 0xffff;
}
