/** What both X25519 backends check of a peer's value (RFC 7748 §6.1, RFC 8031 §2). */
import { KeyExchangeError } from '../ike/suite.ts';
import type { GroupNumber } from '../ike/suite.ts';

export const X25519_GROUP: GroupNumber = 31;
/** Octets of a public value, a shared secret and a seed, which is the private value before clamping. */
export const X25519_LENGTH = 32;

/** @throws KeyExchangeError when the peer's value has not 32 octets. */
export function checkX25519Length(value: Uint8Array): void {
  if (value.length !== X25519_LENGTH) {
    throw new KeyExchangeError(
      `group ${X25519_GROUP}: public value has ${value.length} octets, not ${X25519_LENGTH}`,
    );
  }
}

/** The error for a value of low order, which makes the shared secret all zero whatever the own key. */
export function lowOrder(cause: unknown): KeyExchangeError {
  return new KeyExchangeError(`group ${X25519_GROUP}: public value is of low order`, { cause });
}
