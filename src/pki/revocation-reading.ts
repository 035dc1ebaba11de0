/** From a revocation list in DER to the plain set that a check looks into. */
import type { RevocationList } from '../ike/authentication-credentials.ts';
import { equalOctets } from '../ike/wire/octets.ts';
import { CertificateError } from './certificate-error.ts';
import { KeyUsageBit } from './certificate-fields.ts';
import type { CertificateMemory } from './certificate-memory.ts';
import { readListFields, type ListFields } from './list-fields.ts';
import { isListSignedBy } from './list-signature.ts';

/**
 * Reads a list that one of the authorities (certificates in DER) signed.
 * @throws CertificateError when it is no list, is a list of a kind that is not supported, or nobody of them signed it.
 */
export function loadRevocationList(
  der: Uint8Array,
  authorities: readonly Uint8Array[],
  memory: CertificateMemory,
): RevocationList {
  const list = parse(der);
  if (list.hasCriticalExtension) {
    throw new CertificateError('the revocation list has a critical extension, which is not supported', {
      hint: 'delta lists and lists for a part of an authority are not supported: take a complete one',
    });
  }
  for (const { fields, authorityId, x509 } of authorities.map((authority) => memory.read(authority))) {
    const { keyUsage, subject } = fields;
    if (!equalOctets(subject, list.issuer)) continue;
    if (keyUsage !== undefined && (keyUsage & KeyUsageBit.crlSign) === 0) continue;
    if (!isListSignedBy(list, x509.publicKey)) continue;
    const { serials, thisUpdateMs, nextUpdateMs } = list;
    return { authorityId, serials, thisUpdateMs, nextUpdateMs };
  }
  throw new CertificateError('no given authority signed the revocation list', {
    hint: 'give the certificate of the authority that made it, an intermediate one too',
  });
}

function parse(der: Uint8Array): ListFields {
  try {
    return readListFields(der);
  } catch (error) {
    throw new CertificateError('these octets hold no revocation list', { cause: error });
  }
}
