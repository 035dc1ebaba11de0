/**
 * What a peer holds: own chain and key, and what it believes. Plain data, so that it goes to worker
 * threads as it is; what many peers have in common is copied once for each message.
 */
import { importPrivateKey } from '../crypto/key-import.ts';
import type { CertificateCredentials } from '../ike/authentication-credentials.ts';
import type { RevocationList } from '../ike/authentication-credentials.ts';
import type { Trust } from './trust-check.ts';

/** A certificate with what is needed to show and use it. */
export interface IssuedCertificate {
  /** DER, the peer's own first, the root left out. */
  readonly chain: readonly Uint8Array[];
  /** PKCS#8, DER. */
  readonly privateKey: Uint8Array;
  /** Lower-case hex; what a revocation list names. */
  readonly serial: string;
}

export interface CertificateStore extends Trust {
  /** DER, the peer's own first. */
  readonly chain: readonly Uint8Array[];
  /** PKCS#8, DER. */
  readonly privateKey: Uint8Array;
  /** DER. */
  readonly anchors: readonly Uint8Array[];
  readonly revocations: readonly RevocationList[];
}

/** What the peer shows and signs with, for the protocol. @throws KeyImportError for a key that is not supported. */
export function credentialsOf({ chain, privateKey }: CertificateStore): CertificateCredentials {
  return { chain, privateKey: importPrivateKey(privateKey) };
}
