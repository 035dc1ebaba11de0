/** The secret number of an ECDSA signature, derived from key and hash, so that signing needs no random octets (RFC 6979 §3.2). */
import { createHmac } from 'node:crypto';
import { leftmostBits } from './ecdsa-curve.ts';
import type { EcdsaCurve } from './ecdsa-curve.ts';
import { integerToOctets } from './integer.ts';

/** Numbers k, best first; the first one serves unless it makes r or s zero. `secret` has the length of a coordinate. */
export function* deterministicNonces(
  curve: EcdsaCurve,
  secret: Uint8Array,
  hash: Uint8Array,
): Generator<bigint, never> {
  const { order, coordinateLength } = curve.parameters;
  const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array => {
    const mac = createHmac(curve.hash, key);
    for (const part of parts) mac.update(part);
    return mac.digest();
  };
  const seed = Buffer.concat([secret, integerToOctets(leftmostBits(curve, hash) % order, coordinateLength)]);
  const digestLength = hmac(seed).length;
  let value: Uint8Array = new Uint8Array(digestLength).fill(0x01);
  let key: Uint8Array = new Uint8Array(digestLength);
  for (const separator of [0x00, 0x01]) {
    key = hmac(key, value, Uint8Array.of(separator), seed);
    value = hmac(key, value);
  }
  for (;;) {
    const blocks: Uint8Array[] = [];
    for (let length = 0; length < coordinateLength; length += digestLength) {
      value = hmac(key, value);
      blocks.push(value);
    }
    const nonce = leftmostBits(curve, Buffer.concat(blocks));
    if (nonce > 0n && nonce < order) yield nonce;
    key = hmac(key, value, Uint8Array.of(0x00));
    value = hmac(key, value);
  }
}
