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
