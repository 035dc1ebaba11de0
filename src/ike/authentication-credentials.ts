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
  | { readonly publicKey: PublicKey }
  | { readonly problem: CertificateProblem; readonly text: string };

/** What a peer believes. */
export interface TrustCheck {
  /** Judges a chain (DER, end entity first) that is shown for an identity at a time in milliseconds since 1970. Never throws. */
  check(chain: readonly Uint8Array[], identity: Identity, nowMs: number): TrustVerdict;
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
