/** What authentication by certificate needs of the world, as interfaces: the core never parses a certificate. */
import type { Identity } from './identity.ts';
import type { PrivateKey, PublicKey } from './suite.ts';

/** What a peer shows and signs with. */
export interface CertificateCredentials {
  /** DER, the peer's own certificate first, then intermediates; the root need not be there. */
  readonly chain: readonly Uint8Array[];
  readonly privateKey: PrivateKey;
}

/** Why a chain is not believed. */
export type CertificateProblem =
  | 'untrusted'
  | 'expired'
  | 'not-yet-valid'
  | 'revoked'
  | 'identity-mismatch'
  | 'malformed';

export type TrustVerdict =
  | {
      readonly publicKey: PublicKey;
      /** Absent where nobody but its holder stands behind the certificate. */
      readonly revocable?: Revocable;
    }
  | { readonly problem: CertificateProblem; readonly text: string };

/** A certificate that whoever issued it may have revoked. */
export interface Revocable {
  /** Who issued it, as revocation lists name authorities. */
  readonly authorityId: string;
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  /** DER, the certificate itself first: who signs a list may be among them. */
  readonly chain: readonly Uint8Array[];
}

/** A certificate revocation list (RFC 5280 §5) as a check needs it: plain data that goes to other threads. */
export interface RevocationList {
  /** Who revoked: a name and key, as one text. */
  readonly authorityId: string;
  /** Lower-case hex without leading zeros. */
  readonly serials: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number | undefined;
}

/** What a peer believes. */
export interface TrustCheck {
  /** Judges a chain (DER, end entity first) that is shown for an identity at a time in milliseconds since 1970. Never throws. */
  check(chain: readonly Uint8Array[], identity: Identity, nowMs: number): TrustVerdict;
  /** Those that it was given beforehand. What they name is never believed, however old they are. */
  readonly givenLists: readonly RevocationList[];
  /**
   * Reads a revocation list in DER that an authority, trusted or of a chain that was believed, signed.
   * Undefined for anything else. Never throws.
   */
  readList(octets: Uint8Array, chain: readonly Uint8Array[]): RevocationList | undefined;
  /** DER names of the authorities, for certificate requests (RFC 2408 §3.10). */
  readonly authorityNames: readonly Uint8Array[];
}

/** An end whose public key is known before it says anything, as encryption for it takes (RFC 2409 §5.2). */
export interface KnownEnd {
  readonly identity: Identity;
  readonly publicKey: PublicKey;
  /** DER of the certificate that holds the key; present where the end has several, so that HASH(1) names it. */
  readonly certificate?: Uint8Array;
}

/** The ends whose public keys are known. */
export interface KnownEnds {
  /** Whom an initiator finds at an address; undefined for a stranger. */
  responderAt(address: string): KnownEnd | undefined;
  /** Key of the initiator that gives this identity, from this address as far as the network can be believed. */
  keyOfInitiator(identity: Identity, address: string): PublicKey | undefined;
}
