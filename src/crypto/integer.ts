/** Big integers from and to octets in network order. */

const HEX: readonly string[] = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

/** The unsigned integer that the octets spell in network order. */
export function octetsToInteger(octets: Uint8Array): bigint {
  let hex = '0x0';
  for (let index = 0; index < octets.length; index++) hex += HEX[octets[index] ?? 0];
  return BigInt(hex);
}

/** The integer in network order, filled up with zeros to `length` octets. The caller knows that it fits. */
export function integerToOctets(value: bigint, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  const view = new DataView(octets.buffer);
  let rest = value;
  let end = length;
  for (; end >= 8; end -= 8) {
    view.setBigUint64(end - 8, BigInt.asUintN(64, rest));
    rest >>= 64n;
  }
  for (; end > 0; end--) {
    octets[end - 1] = Number(BigInt.asUintN(8, rest));
    rest >>= 8n;
  }
  return octets;
}
