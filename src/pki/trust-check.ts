/** What a peer believes, for the protocol: the trust check of `src/ike` over chains of certificates. */
import type { CertificateProblem, RevocationList, TrustCheck } from '../ike/authentication-credentials.ts';
import { checkChain, type ChainProblem } from './chain-check.ts';
import { CertificateMemory } from './certificate-memory.ts';
import { loadRevocationList } from './revocation-reading.ts';

export interface Trust {
  /** DER. */
  readonly anchors: readonly Uint8Array[];
  readonly revocations: readonly RevocationList[];
}

/** The protocol tells fewer causes apart: it has a notification for each. The text keeps what got lost. */
const PROBLEM_IN_PROTOCOL: Readonly<Record<ChainProblem, CertificateProblem>> = {
  malformed: 'malformed',
  untrusted: 'untrusted',
  'bad-signature': 'untrusted',
  'path-too-long': 'untrusted',
  unsupported: 'untrusted',
  'key-usage': 'untrusted',
  'not-yet-valid': 'not-yet-valid',
  expired: 'expired',
  revoked: 'revoked',
  'identity-mismatch': 'identity-mismatch',
};

/**
 * A trust check. Peers of one thread should share one memory.
 * @throws MalformedCertificate when an anchor is none.
 */
export function createTrustCheck(
  { anchors, revocations }: Trust,
  memory: CertificateMemory = new CertificateMemory(),
): TrustCheck {
  const authorityNames = anchors.map((der) => memory.read(der).fields.subject);
  return {
    check(chain, identity, nowMs) {
      const verdict = checkChain({ chain, anchors, revocations, atMs: nowMs, identity }, memory);
      if (verdict.ok) {
        const { publicKey, revocable } = verdict;
        return revocable === undefined ? { publicKey } : { publicKey, revocable };
      }
      return { problem: PROBLEM_IN_PROTOCOL[verdict.cause], text: verdict.text };
    },
    givenLists: revocations,
    readList(octets, chain) {
      try {
        return memory.list(octets, () => loadRevocationList(octets, [...anchors, ...chain], memory));
      } catch {
        return undefined;
      }
    },
    authorityNames,
  };
}
