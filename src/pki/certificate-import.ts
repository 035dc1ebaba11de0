/** Certificates and keys that others made, from the texts of their PEM files. Prepare phase only. */
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { importPrivateKey } from '../crypto/key-import.ts';
import { plainOctets } from '../crypto/native/plain-octets.ts';
import { CertificateError } from './certificate-error.ts';
import { CertificateMemory } from './certificate-memory.ts';
import type { CertificateStore } from './certificate-store.ts';
import { readPem } from './pem.ts';
import { loadRevocationList } from './revocation-reading.ts';
import type { Trust } from './trust-check.ts';

/** Texts of PEM files of one who shows nothing; each may have several blocks. */
export interface TrustFiles {
  readonly anchors: string;
  readonly revocations?: string;
}

/** Texts of PEM files. */
export interface PemFiles extends TrustFiles {
  /** The own certificate first, then intermediates. */
  readonly chain: string;
  /** PKCS#8, PKCS#1 or SEC 1, without a password. */
  readonly privateKey: string;
}

/**
 * Reads what a peer holds, and checks that it belongs together.
 * @throws CertificateError with the file's role when something cannot be read, is missing or does not fit.
 */
export function importCertificateStore(files: PemFiles): CertificateStore {
  const memory = new CertificateMemory();
  const chain = readCertificates('chain', files.chain, memory);
  const privateKey = readPrivateKey(files.privateKey, chain);
  return { chain, privateKey, ...readTrust(files, chain, memory) };
}

/**
 * Reads what a peer believes that has no certificate of its own.
 * @throws CertificateError as `importCertificateStore` does.
 */
export function importTrust(files: TrustFiles): Trust {
  return readTrust(files, [], new CertificateMemory());
}

function readTrust(files: TrustFiles, chain: readonly Uint8Array[], memory: CertificateMemory): Trust {
  const anchors = readCertificates('anchors', files.anchors, memory);
  const lists = blocksOf('revocations', files.revocations ?? '', 'X509 CRL');
  const revocations = lists.map((der) => loadRevocationList(der, [...anchors, ...chain], memory));
  return { anchors, revocations };
}

function blocksOf(role: string, text: string, label: string): Uint8Array[] {
  try {
    return readPem(text)
      .filter((block) => block.label === label)
      .map(({ der }) => der);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new CertificateError(
      `${role}: ${error.message}`,
      error.hint === undefined ? {} : { hint: error.hint },
    );
  }
}

function readCertificates(role: string, text: string, memory: CertificateMemory): Uint8Array[] {
  const certificates = blocksOf(role, text, 'CERTIFICATE');
  if (certificates.length === 0) throw new CertificateError(`${role}: there is no certificate`);
  for (const [index, der] of certificates.entries()) {
    try {
      memory.read(der);
    } catch (error) {
      throw new CertificateError(`${role}: certificate ${index + 1} cannot be read`, { cause: error });
    }
  }
  return certificates;
}

function readPrivateKey(text: string, [own]: readonly Uint8Array[]): Uint8Array {
  try {
    const key = createPrivateKey(text);
    importPrivateKey(key);
    if (own === undefined || new X509Certificate(own).checkPrivateKey(key)) {
      return plainOctets(key.export({ type: 'pkcs8', format: 'der' }));
    }
  } catch (error) {
    throw new CertificateError('privateKey: the key cannot be read', {
      hint: 'RSA of 1024 to 8192 bits or EC on P-256, P-384, P-521; without a password',
      cause: error,
    });
  }
  throw new CertificateError('privateKey: the key does not belong to the first certificate of the chain');
}
