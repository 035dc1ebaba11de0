/**
 * How an end proves who it is (RFC 2409 §5): the HASH that only a pre-shared key or nonces that it
 * could decrypt make, or a signature of that hash with a certificate, which goes in CERT payloads
 * (RFC 2408 §3.9, §3.10).
 */
import type { CertificateProblem, Revocable } from '../authentication-credentials.ts';
import { signatureAlgorithm, signsHash, usesPublicKeyEncryption } from '../authentication.ts';
import type { Identity } from '../identity.ts';
import type { PublicKey } from '../suite.ts';
import type { CertificateRequestPayload, Payload } from '../wire/message.ts';
import { CertificateEncoding, NotifyType } from '../wire/numbers.ts';
import { equalOctets } from '../wire/octets.ts';
import { computeHashI, computeHashR } from './authentication.ts';
import { requirePayload } from './incoming.ts';
import { handshakeOf, type CertificateSetting, type IsakmpSa, type Phase1Setting } from './isakmp-sa.ts';
import { Refusal, type RefusalCause } from './refusal.ts';

/** What follows the ID payload: HASH, or CERT payloads and SIG. */
export function proofPayloads(sa: IsakmpSa, setting: Phase1Setting): Payload[] {
  const hash = sa.isInitiator ? computeHashI(sa) : computeHashR(sa);
  if (!signsHash(sa.authentication, sa.isInitiator)) return [{ kind: 'hash', data: hash }];
  const { credentials, operations } = certificatesOf(setting);
  if (credentials === undefined) throw new Error('who signs needs a certificate');
  return [
    ...credentials.chain.map((data): Payload => ({
      kind: 'certificate',
      encoding: CertificateEncoding.x509Signature,
      data,
    })),
    { kind: 'signature', data: operations.sign(credentials.privateKey, hash) },
  ];
}

/**
 * Checks the proof of the other end, whose identity was taken before. The handshake says afterwards whose
 * revocation may still be asked about: nobody who cannot sign makes this end ask.
 * @throws Refusal that names what is wrong: hash, signature, or certificate.
 */
export function checkProof(sa: IsakmpSa, payloads: readonly Payload[], setting: Phase1Setting): void {
  const expected = sa.isInitiator ? computeHashR(sa) : computeHashI(sa);
  if (!signsHash(sa.authentication, !sa.isInitiator))
    return checkHash(sa, requirePayload(payloads, 'hash').data, expected);
  const { data: signature } = requirePayload(payloads, 'signature');
  const { publicKey, revocable } = trustedKey(sa, payloads, setting);
  if (publicKey.algorithm !== signatureAlgorithm(sa.authentication)) {
    throw new Refusal(
      'authentication-failed',
      `a key for ${publicKey.algorithm} does not serve ${sa.authentication}`,
      NotifyType.authenticationFailed,
    );
  }
  if (!certificatesOf(setting).operations.verify(publicKey, expected, signature)) {
    throw new Refusal('authentication-failed', 'the signature is wrong', NotifyType.invalidSignature);
  }
  handshakeOf(sa).revocable = revocable;
}

/** Makes sure that there is a proof to check, before anything is taken from the message. @throws Discard */
export function requireProof(sa: IsakmpSa, payloads: readonly Payload[]): void {
  requirePayload(payloads, signsHash(sa.authentication, !sa.isInitiator) ? 'signature' : 'hash');
}

function checkHash(sa: IsakmpSa, received: Uint8Array, expected: Uint8Array): void {
  if (equalOctets(received, expected)) return;
  const why = usesPublicKeyEncryption(sa.authentication)
    ? 'one of the ends does not know the other, or has another key'
    : 'most likely the pre-shared keys differ';
  throw new Refusal(
    'authentication-failed',
    `the hash of the other end is wrong: ${why}`,
    NotifyType.authenticationFailed,
  );
}

const PROBLEMS: Readonly<Record<CertificateProblem, readonly [RefusalCause, number]>> = {
  untrusted: ['certificate-untrusted', NotifyType.invalidCertAuthority],
  expired: ['certificate-expired', NotifyType.invalidCertificate],
  'not-yet-valid': ['certificate-expired', NotifyType.invalidCertificate],
  revoked: ['certificate-revoked', NotifyType.invalidCertificate],
  'identity-mismatch': ['certificate-identity', NotifyType.invalidIdInformation],
  malformed: ['certificate-untrusted', NotifyType.invalidCertEncoding],
};

interface Believed {
  readonly publicKey: PublicKey;
  readonly revocable?: Revocable;
}

function trustedKey(sa: IsakmpSa, payloads: readonly Payload[], setting: Phase1Setting): Believed {
  const chain: Uint8Array[] = [];
  for (const payload of payloads) {
    if (payload.kind !== 'certificate' || payload.encoding !== CertificateEncoding.x509Signature) continue;
    chain.push(payload.data);
  }
  if (sa.remoteIdentity === undefined) throw new Error('the identity is taken before its proof is checked');
  const judged = believe(chain, sa.remoteIdentity, setting);
  if (judged instanceof Refusal) throw judged;
  return judged;
}

/** The key of a chain that is believed to be of that identity, or why it is not. */
export function judgeChain(
  chain: readonly Uint8Array[],
  identity: Identity,
  setting: Phase1Setting,
): PublicKey | Refusal {
  const judged = believe(chain, identity, setting);
  return judged instanceof Refusal ? judged : judged.publicKey;
}

function believe(
  chain: readonly Uint8Array[],
  identity: Identity,
  setting: Phase1Setting,
): Believed | Refusal {
  const verdict = certificatesOf(setting).trust.check(chain, identity, setting.wallClockMs());
  if ('publicKey' in verdict) return verdict;
  const [cause, notify] = PROBLEMS[verdict.problem];
  return new Refusal(cause, verdict.text, notify);
}

/** Asks one who signs for certificates of the authorities that we trust. */
export function certificateRequests(sa: IsakmpSa, setting: Phase1Setting): CertificateRequestPayload[] {
  if (!signsHash(sa.authentication, !sa.isInitiator)) return [];
  return certificatesOf(setting).trust.authorityNames.map((authority) => ({
    kind: 'certificate-request',
    encoding: CertificateEncoding.x509Signature,
    authority,
  }));
}

function certificatesOf(setting: Phase1Setting): CertificateSetting {
  if (setting.certificates === undefined) throw new Error('a policy with signatures needs certificates');
  return setting.certificates;
}
