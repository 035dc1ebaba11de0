/** Authorities and questions for tests of certificates. */
import type { Identity } from '../../src/ike/identity.ts';
import { IdentificationType } from '../../src/ike/wire/numbers.ts';
import {
  createCertificateAuthority,
  type AuthorityOptions,
  type CertificateAuthority,
} from '../../src/pki/certificate-authority.ts';
import { CertificateMemory } from '../../src/pki/certificate-memory.ts';
import { checkChain, type ChainQuestion, type ChainVerdict } from '../../src/pki/chain-check.ts';
import { generatePrivateKey, publicKeyInfoOf } from '../../src/pki/key-kind.ts';
import {
  commonName,
  signCertificate,
  type CertificateContent,
  type Signer,
} from '../../src/pki/x509-library.ts';

export const VALIDITY = { notBeforeMs: Date.UTC(2026, 0, 1), notAfterMs: Date.UTC(2046, 0, 1) };
export const DURING = Date.UTC(2030, 0, 1);

const octets = (text: string) => new TextEncoder().encode(text);
export const fqdn = (text: string): Identity => ({ idType: IdentificationType.fqdn, data: octets(text) });
export const userFqdn = (text: string): Identity => ({
  idType: IdentificationType.userFqdn,
  data: octets(text),
});

export const PEER = fqdn('peer.example');

/** An authority with keys on P-256, which are made quickly. */
export function makeAuthority(options: Partial<AuthorityOptions> = {}): Promise<CertificateAuthority> {
  return createCertificateAuthority({ name: 'Test CA', kind: 'ecdsa-256', validity: VALIDITY, ...options });
}

/** Asks with a fresh memory, or the given one. */
export function judge(
  question: Partial<ChainQuestion> & Pick<ChainQuestion, 'chain' | 'anchors'>,
  memory = new CertificateMemory(),
): ChainVerdict {
  return checkChain({ revocations: [], atMs: DURING, identity: PEER, ...question }, memory);
}

/** `ok`, or the cause of the refusal. */
export function outcome(verdict: ChainVerdict): string {
  return verdict.ok ? 'ok' : verdict.cause;
}

/** A key that signs, with its name. */
export async function makeSigner(name: string): Promise<Signer> {
  const privateKey = await generatePrivateKey('ecdsa-256');
  return {
    kind: 'ecdsa-256',
    privateKey,
    publicKeyInfo: publicKeyInfoOf(privateKey),
    name: commonName(name),
  };
}

/** A certificate for a signer's name and key; an authority's unless told otherwise. */
export function certify(
  subject: Signer,
  issuer: Signer,
  content: Partial<CertificateContent> = {},
): Promise<Uint8Array> {
  return signCertificate(
    {
      serial: '01',
      subject: subject.name,
      publicKeyInfo: subject.publicKeyInfo,
      ...VALIDITY,
      alternativeNames: undefined,
      revocationUrl: undefined,
      use: { authorityDepth: 9 },
      ...content,
    },
    issuer,
  );
}
