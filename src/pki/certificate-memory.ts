/**
 * Certificates read and signatures of authorities checked, remembered by fingerprint: a load test
 * sees the same ones again and again. What depends on time, on what lists
 * say or on the peer's identity is never remembered.
 */
import { X509Certificate, createHash } from 'node:crypto';
import { KeyImportError, importPublicKey } from '../crypto/key-import.ts';
import { BoundedMap } from '../ike/bounded-map.ts';
import type { RevocationList } from '../ike/authentication-credentials.ts';
import type { PublicKey } from '../ike/suite.ts';
import { readCertificateFields, type CertificateFields } from './certificate-fields.ts';
import { DerError } from './der.ts';

/** Certificates, and pairs of certificate and issuer, that are remembered at a time. */
const REMEMBERED_MAXIMUM = 4096;

/** Revocation lists, which may be long. */
const LISTS_MAXIMUM = 64;

/** Characters of a name in texts for people. */
const NAME_MAXIMUM = 200;

/** Octets that hold no certificate. */
export class MalformedCertificate extends Error {
  override readonly name = 'MalformedCertificate';
}

/** Whether an authority made a certificate: yes; not this one; or it says so and the signature is wrong. */
export type Issuance = 'issued' | 'other-issuer' | 'bad-signature';

export interface ReadCertificate {
  /** SHA-256 of the whole. */
  readonly fingerprint: string;
  readonly fields: CertificateFields;
  /** Name and key together, which is what makes an authority (see `authorityId`). */
  readonly authorityId: string;
  /** The subject in one line, for people. */
  readonly name: string;
  readonly x509: X509Certificate;
  /** Undefined for keys of a kind that is not supported. */
  readonly publicKey: PublicKey | undefined;
}

/** What revocation lists and authorities are matched by: SHA-256 of subject and SubjectPublicKeyInfo, in DER. */
export function authorityId({ subject, publicKeyInfo }: CertificateFields): string {
  return createHash('sha256').update(subject).update(publicKeyInfo).digest('base64');
}

export class CertificateMemory {
  readonly #certificates = new BoundedMap<string, ReadCertificate>(REMEMBERED_MAXIMUM);
  readonly #issuances = new BoundedMap<string, Issuance>(REMEMBERED_MAXIMUM);
  readonly #lists = new BoundedMap<string, RevocationList>(LISTS_MAXIMUM);

  /** Reads a certificate in DER; the octets may be overwritten afterwards. @throws MalformedCertificate */
  read(der: Uint8Array): ReadCertificate {
    const fingerprint = createHash('sha256').update(der).digest('base64');
    return this.#certificates.remember(fingerprint, () => readCertificate(der, fingerprint));
  }

  /** What `read` makes of a revocation list in DER, once; what it throws is not remembered. */
  list(der: Uint8Array, read: () => RevocationList): RevocationList {
    return this.#lists.remember(createHash('sha256').update(der).digest('base64'), read);
  }

  /** Whether `issuer` made `certificate`, by names, key identifiers, key usage and signature. */
  issuance(certificate: ReadCertificate, issuer: ReadCertificate): Issuance {
    const pair = `${certificate.fingerprint} ${issuer.fingerprint}`;
    return this.#issuances.remember(pair, () => checkIssuance(certificate.x509, issuer.x509));
  }
}

function readCertificate(der: Uint8Array, fingerprint: string): ReadCertificate {
  const copy = der.slice();
  try {
    const fields = readCertificateFields(copy);
    const x509 = new X509Certificate(copy);
    const name = x509.subject?.replaceAll('\n', ', ').slice(0, NAME_MAXIMUM) ?? '';
    return {
      fingerprint,
      fields,
      authorityId: authorityId(fields),
      name,
      x509,
      publicKey: publicKeyOf(x509),
    };
  } catch (error) {
    const text = error instanceof DerError ? error.message : 'OpenSSL cannot read it';
    throw new MalformedCertificate(text, { cause: error });
  }
}

function publicKeyOf(x509: X509Certificate): PublicKey | undefined {
  try {
    return importPublicKey(x509);
  } catch (error) {
    if (error instanceof KeyImportError) return undefined;
    throw error;
  }
}

function checkIssuance(certificate: X509Certificate, issuer: X509Certificate): Issuance {
  if (!certificate.checkIssued(issuer)) return 'other-issuer';
  try {
    return certificate.verify(issuer.publicKey) ? 'issued' : 'bad-signature';
  } catch {
    return 'bad-signature';
  }
}
