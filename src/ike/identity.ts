/** Who a peer says it is (RFC 2407 §4.6.2). */
import type { IdentificationPayload } from './wire/message.ts';
import { equalOctets } from './wire/octets.ts';

export interface Identity {
  /** Identification type number (RFC 2407 §4.6.2.1). */
  readonly idType: number;
  readonly data: Uint8Array;
}

/** The ID payload of phase 1; protocol and port are 0, "any" (RFC 2407 §4.6.2). */
export function identificationPayload(identity: Identity): IdentificationPayload {
  return { kind: 'identification', idType: identity.idType, protocolId: 0, port: 0, data: identity.data };
}

export function isSameIdentity(a: Identity, b: Identity): boolean {
  return a.idType === b.idType && equalOctets(a.data, b.data);
}
