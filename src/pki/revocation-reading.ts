/** From a revocation list in DER to the plain set that a check looks into. Prepare phase only. */
import { equalOctets } from '../ike/wire/octets.ts';
import { CertificateError } from './certificate-error.ts';
import { serialText } from './certificate-fields.ts';
import type { CertificateMemory } from './certificate-memory.ts';
import type { RevocationList } from './revocation-list.ts';
import { readRevocationList, type ReadRevocationList } from './x509-library.ts';

/**
 * Reads a list that one of the authorities (certificates in DER) signed.
 * @throws CertificateError when it is no list, is a list of a kind that is not supported, or nobody of them signed it.
 */
export async function loadRevocationList(
  der: Uint8Array,
  authorities: readonly Uint8Array[],
  memory: CertificateMemory,
): Promise<RevocationList> {
  const list = parse(der);
  if (list.hasCriticalExtension) {
    throw new CertificateError('the revocation list has a critical extension, which is not supported', {
      hint: 'delta lists and lists for a part of an authority are not supported: take a complete one',
    });
  }
  for (const { fields, authorityId } of authorities.map((authority) => memory.read(authority))) {
    if (!equalOctets(fields.subject, list.issuer)) continue;
    if (!(await isSignedBy(list, fields.publicKeyInfo))) continue;
    return {
      authorityId,
      serials: new Set(list.serials.map((serial) => serialText(Buffer.from(serial, 'hex')))),
      thisUpdateMs: list.thisUpdateMs,
      nextUpdateMs: list.nextUpdateMs,
    };
  }
  throw new CertificateError('no given authority signed the revocation list', {
    hint: 'give the certificate of the authority that made it, an intermediate one too',
  });
}

function parse(der: Uint8Array): ReadRevocationList {
  try {
    return readRevocationList(der);
  } catch (error) {
    throw new CertificateError('these octets hold no revocation list', { cause: error });
  }
}

async function isSignedBy(list: ReadRevocationList, publicKeyInfo: Uint8Array): Promise<boolean> {
  try {
    return await list.isSignedBy(publicKeyInfo);
  } catch {
    return false;
  }
}
