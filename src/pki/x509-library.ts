/**
 * The one place that knows @peculiar/x509: makes certificates and revocation lists.
 * Prepare phase only. The library needs the `reflect-metadata` import before its own.
 */
// oxlint-disable-next-line import/no-unassigned-import -- it is imported for what it does
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PublicKey,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
  cryptoProvider,
} from '@peculiar/x509';
import { webcrypto } from 'node:crypto';
import { signingAlgorithm, type KeyKind } from './key-kind.ts';

cryptoProvider.set(webcrypto);

const SUBJECT_ALT_NAME = '2.5.29.17';
/** TLS server and client, ikeIntermediate and ipsecIKE (RFC 4945 §5.1.3.12): what clients of several makers look for. */
const PEER_KEY_USES = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.8.2.2', '1.3.6.1.5.5.7.3.17'];

/** A key that signs, and the name that goes with it. */
export interface Signer {
  readonly kind: KeyKind;
  /** PKCS#8, DER. */
  readonly privateKey: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Uint8Array;
  /** DER. */
  readonly name: Uint8Array;
}

export interface CertificateContent {
  /** Hex. */
  readonly serial: string;
  /** DER. */
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** GeneralNames in DER; undefined for none. */
  readonly alternativeNames: Uint8Array | undefined;
  readonly revocationUrl: string | undefined;
  /** An authority that allows so many others below it, or a peer whose key may sign and, if so, encrypt. */
  readonly use: { readonly authorityDepth: number } | { readonly encrypts: boolean };
}

/** A name in DER with a common name only. */
export function commonName(text: string): Uint8Array {
  return new Uint8Array(new Name([{ CN: [{ utf8String: text }] }]).toArrayBuffer());
}

/** Makes a certificate; DER. */
export async function signCertificate(content: CertificateContent, signer: Signer): Promise<Uint8Array> {
  const { subject, publicKeyInfo, notBeforeMs, notAfterMs, alternativeNames, revocationUrl } = content;
  const extensions: Extension[] = [
    ...useExtensions(content.use),
    await SubjectKeyIdentifierExtension.create(new PublicKey(publicKeyInfo)),
    await AuthorityKeyIdentifierExtension.create(new PublicKey(signer.publicKeyInfo)),
  ];
  if (alternativeNames !== undefined)
    extensions.push(new Extension(SUBJECT_ALT_NAME, false, alternativeNames));
  if (revocationUrl !== undefined) extensions.push(new CRLDistributionPointsExtension([revocationUrl]));
  const certificate = await X509CertificateGenerator.create({
    serialNumber: content.serial,
    subject: new Name(subject),
    issuer: new Name(signer.name),
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notAfterMs),
    publicKey: publicKeyInfo,
    signingKey: await signingKey(signer),
    signingAlgorithm: signingAlgorithm(signer.kind),
    extensions,
  });
  return new Uint8Array(certificate.rawData);
}

export interface RevocationContent {
  /** Hex. */
  readonly serials: readonly string[];
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
}

/** Makes a revocation list; DER. */
export async function signRevocationList(content: RevocationContent, signer: Signer): Promise<Uint8Array> {
  const list = await X509CrlGenerator.create({
    issuer: new Name(signer.name),
    thisUpdate: new Date(content.thisUpdateMs),
    nextUpdate: new Date(content.nextUpdateMs),
    entries: content.serials.map((serialNumber) => ({
      serialNumber,
      revocationDate: new Date(content.thisUpdateMs),
    })),
    extensions: [await AuthorityKeyIdentifierExtension.create(new PublicKey(signer.publicKeyInfo))],
    signingKey: await signingKey(signer),
    signingAlgorithm: signingAlgorithm(signer.kind),
  });
  return new Uint8Array(list.rawData);
}

function useExtensions(use: CertificateContent['use']): Extension[] {
  if ('authorityDepth' in use) {
    return [
      new BasicConstraintsExtension(true, use.authorityDepth, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ];
  }
  return [
    new BasicConstraintsExtension(false, undefined, true),
    use.encrypts
      ? new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true)
      : new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(PEER_KEY_USES),
  ];
}

async function signingKey({ kind, privateKey }: Signer): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', privateKey, signingAlgorithm(kind), false, ['sign']);
}
