/**
 * The certificate that an initiator may show in the revised mode of public key encryption (RFC 2409 §5.3),
 * encrypted like KE and ID, so that the responder need not know its key beforehand:
 *
 *     <Cert-I_b>Ke_i
 *
 * It is made known to nobody but the responder. Intermediates follow in CERT payloads of their own.
 */
import type { Identity } from '../identity.ts';
import type { PublicKey } from '../suite.ts';
import { decodePayload } from '../wire/decode.ts';
import { opaquePayload } from '../wire/encode.ts';
import type { Payload, UnknownPayload } from '../wire/message.ts';
import { CertificateEncoding, NotifyType, PayloadType } from '../wire/numbers.ts';
import { WireError } from '../wire/wire-error.ts';
import type { CertificateSetting, IsakmpSa, Phase1Setting } from './isakmp-sa.ts';
import { judgeChain } from './proof.ts';
import { Refusal } from './refusal.ts';

/** CERT payloads in clear, of a key that is for encryption; none where the policy, the method or the role has none. */
export function shownCertificates(sa: IsakmpSa, setting: Phase1Setting): UnknownPayload[] {
  if (!sa.isInitiator || sa.authentication !== 'revised-public-key-encryption') return [];
  if (setting.policy.encryption?.showsCertificate !== true) return [];
  return chainOf(setting.certificates).map((data) =>
    opaquePayload({ kind: 'certificate', encoding: CertificateEncoding.x509KeyExchange, data }),
  );
}

function chainOf(certificates: CertificateSetting | undefined): readonly Uint8Array[] {
  const { credentials, encryption } = certificates ?? {};
  return credentials?.chain ?? encryption?.own.slice(0, 1).map(({ certificate }) => certificate) ?? [];
}

/** CERT payloads of a message, still encrypted; only those of an initiator mean something. */
export function certificatesIn(sa: IsakmpSa, payloads: readonly Payload[]): UnknownPayload[] {
  if (sa.isInitiator) return [];
  return payloads.filter(({ kind }) => kind === 'certificate').map(opaquePayload);
}

/** The RSA key of the decrypted bodies of CERT payloads, or why they are not believed. Any octets are fine. */
export function keyOfShown(
  bodies: readonly Uint8Array[],
  identity: Identity,
  setting: Phase1Setting,
): PublicKey | Refusal {
  const judged = judgeChain(bodies.flatMap(x509Of), identity, setting);
  if (judged instanceof Refusal || judged.algorithm === 'rsa') return judged;
  const text = `a key for ${judged.algorithm} does not encrypt`;
  return new Refusal('certificate-untrusted', text, NotifyType.invalidCertificate);
}

const X509_ENCODINGS: readonly number[] = [
  CertificateEncoding.x509KeyExchange,
  CertificateEncoding.x509Signature,
];

function x509Of(body: Uint8Array): Uint8Array[] {
  try {
    const payload = decodePayload(PayloadType.certificate, body);
    if (payload.kind !== 'certificate' || !X509_ENCODINGS.includes(payload.encoding)) return [];
    return [payload.data];
  } catch (error) {
    if (error instanceof WireError) return [];
    throw error;
  }
}
