/** The key of a certificate as public key encryption of IKEv1 takes it (RFC 2409 §5.2). */
import { createHash } from 'node:crypto';
import { importPrivateKey } from '../crypto/key-import.ts';
import { plainOctets } from '../crypto/native/plain-octets.ts';
import type { OwnEncryptionKey } from '../ike/v1/isakmp-sa.ts';
import type { CertificateMemory } from './certificate-memory.ts';

/** Keeps the secret apart from everything else that somebody may hash a private key for. */
const REJECTION_PURPOSE = 'IKEv1 implicit rejection';

/**
 * Our own key; undefined for one that is not RSA. What replaces bodies that do not decrypt depends on
 * the private key and nothing else, as in OpenSSL, so that it is the same in every thread and run.
 * @throws MalformedCertificate, KeyImportError
 */
export function ownEncryptionKey(
  certificate: Uint8Array,
  privateKey: Uint8Array,
  memory: CertificateMemory,
): OwnEncryptionKey | undefined {
  const { publicKey } = memory.read(certificate);
  if (publicKey?.algorithm !== 'rsa') return undefined;
  return {
    certificate,
    publicKey,
    length: publicKey.length,
    privateKey: importPrivateKey(privateKey),
    rejectionSecret: plainOctets(createHash('sha256').update(REJECTION_PURPOSE).update(privateKey).digest()),
  };
}
