/**
 * Whether a chain of certificates is to be believed (RFC 5280 §6, in the profile of RFC 4945). It is
 * synchronous and takes the time as an argument. Not checked: certificate policies, name constraints
 * (refused where critical), extended key usage, and the strength of signature algorithms.
 */
import type { Identity } from '../ike/identity.ts';
import type { PublicKey } from '../ike/suite.ts';
import { equalOctets } from '../ike/wire/octets.ts';
import { KeyUsageBit } from './certificate-fields.ts';
import { MalformedCertificate, type CertificateMemory, type ReadCertificate } from './certificate-memory.ts';
import { identityText, isIdentityOf } from './identity-match.ts';
import type { Revocable, RevocationList } from '../ike/authentication-credentials.ts';

/** Certificates that a peer may send, and certificates on a path. Both bound the work that a peer can ask for. */
const CHAIN_LENGTH_MAXIMUM = 8;
const PATH_LENGTH_MAXIMUM = 8;

export type ChainProblem =
  | 'malformed'
  | 'untrusted'
  | 'bad-signature'
  | 'path-too-long'
  | 'unsupported'
  | 'not-yet-valid'
  | 'expired'
  | 'revoked'
  | 'key-usage'
  | 'identity-mismatch';

export interface ChainQuestion {
  /** DER, the peer's own certificate first, the others in any order. */
  readonly chain: readonly Uint8Array[];
  /** DER: authorities, or certificates of peers that are trusted as they are. */
  readonly anchors: readonly Uint8Array[];
  readonly revocations: readonly RevocationList[];
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly identity: Identity;
}

export type ChainVerdict =
  | {
      readonly ok: true;
      readonly publicKey: PublicKey;
      /** Absent where the certificate itself is an anchor. */
      readonly revocable?: Revocable;
    }
  | { readonly ok: false; readonly cause: ChainProblem; readonly text: string };

/** Ends a check; never leaves this file. */
class Distrust extends Error {
  readonly problem: ChainProblem;

  constructor(problem: ChainProblem, text: string) {
    super(text);
    this.problem = problem;
  }
}

/**
 * Judges a chain, in this order: octets, path to an anchor, extensions, validity, revocation, key
 * usage, identity. Never throws for what a peer sent.
 * @throws MalformedCertificate when an anchor is none: ours, not the peer's.
 */
export function checkChain(question: ChainQuestion, memory: CertificateMemory): ChainVerdict {
  const anchors = question.anchors.map((der) => memory.read(der));
  try {
    const path = buildPath(readChain(question.chain, memory), anchors, memory);
    checkAuthorities(path);
    for (const certificate of path) checkItself(certificate, question.atMs);
    checkRevocations(path, question.revocations);
    const publicKey = checkPeer(path[0], question.identity);
    const issuer = path.at(1);
    if (issuer === undefined) return { ok: true, publicKey };
    const { authorityId } = issuer;
    return {
      ...{ ok: true, publicKey },
      revocable: { authorityId, serial: path[0].fields.serial, chain: question.chain },
    };
  } catch (error) {
    if (!(error instanceof Distrust)) throw error;
    return { ok: false, cause: error.problem, text: error.message };
  }
}

/** The peer's certificate first, the anchor last; both may be the same. */
type Path = readonly [ReadCertificate, ...ReadCertificate[]];

function readChain(chain: readonly Uint8Array[], memory: CertificateMemory): Path {
  if (chain.length > CHAIN_LENGTH_MAXIMUM) {
    throw new Distrust('path-too-long', `${chain.length} certificates, more than ${CHAIN_LENGTH_MAXIMUM}`);
  }
  const certificates = chain.map((der, index) => {
    try {
      return memory.read(der);
    } catch (error) {
      if (!(error instanceof MalformedCertificate)) throw error;
      throw new Distrust('malformed', `certificate ${index + 1} of ${chain.length}: ${error.message}`);
    }
  });
  const [own, ...others] = certificates;
  if (own === undefined) throw new Distrust('untrusted', 'the other end sent no certificate');
  return [own, ...others];
}

/** Looks for a way from the peer's certificate to an anchor; each certificate is tried as a link once, however many look alike. */
function buildPath(
  [own, ...others]: Path,
  anchors: readonly ReadCertificate[],
  memory: CertificateMemory,
): Path {
  const trusted = new Set(anchors.map(({ fingerprint }) => fingerprint));
  const unused = new Set(others);
  let forged: ReadCertificate | undefined;
  let isTooLong = false;

  const extend = (path: Path): Path | undefined => {
    const last = path.at(-1) ?? own;
    if (trusted.has(last.fingerprint)) return path;
    if (path.length >= PATH_LENGTH_MAXIMUM) {
      isTooLong = true;
      return undefined;
    }
    for (const issuer of [...anchors, ...unused]) {
      if (!trusted.has(issuer.fingerprint) && !unused.has(issuer)) continue;
      const issuance = memory.issuance(last, issuer);
      if (issuance === 'bad-signature') forged ??= last;
      if (issuance !== 'issued') continue;
      unused.delete(issuer);
      const longer = extend([...path, issuer]);
      if (longer !== undefined) return longer;
    }
    return undefined;
  };

  const path = extend([own]);
  if (path !== undefined) return path;
  if (isTooLong)
    throw new Distrust('path-too-long', `more than ${PATH_LENGTH_MAXIMUM} certificates from ${own.name}`);
  if (forged !== undefined) throw new Distrust('bad-signature', `the signature in ${forged.name} is wrong`);
  throw new Distrust('untrusted', `no trusted authority stands behind ${own.name}`);
}

/**
 * Issuers must be authorities, with no more authorities below them than they allow; those that
 * issued to themselves do not count (RFC 5280 §6.1.4 (k) to (m)).
 */
function checkAuthorities([, ...issuers]: Path): void {
  let below = 0;
  for (const { fields, name } of issuers) {
    if (!fields.isAuthority) throw new Distrust('untrusted', `${name} is no authority`);
    if (fields.pathLength !== undefined && below > fields.pathLength) {
      throw new Distrust(
        'path-too-long',
        `${name} allows ${fields.pathLength} authorities below it, not ${below}`,
      );
    }
    if (!equalOctets(fields.subject, fields.issuer)) below++;
  }
}

function checkItself({ fields, name }: ReadCertificate, atMs: number): void {
  const [unheeded] = fields.unheededExtensions;
  if (unheeded !== undefined) {
    throw new Distrust(
      'unsupported',
      `${name} has the critical extension ${unheeded}, which is not supported`,
    );
  }
  if (atMs < fields.notBeforeMs) {
    throw new Distrust('not-yet-valid', `${name} is valid from ${timeText(fields.notBeforeMs)}`);
  }
  if (atMs > fields.notAfterMs) {
    throw new Distrust('expired', `${name} was valid until ${timeText(fields.notAfterMs)}`);
  }
}

/** A list counts even after its next update was due: what was revoked stays so. */
function checkRevocations(path: Path, revocations: readonly RevocationList[]): void {
  for (const [index, certificate] of path.entries()) {
    const issuer = path[index + 1];
    if (issuer === undefined) return;
    for (const list of revocations) {
      if (list.authorityId !== issuer.authorityId || !list.serials.has(certificate.fields.serial)) continue;
      throw new Distrust('revoked', `${certificate.name} was revoked by ${issuer.name}`);
    }
  }
}

function checkPeer({ fields, name, publicKey }: ReadCertificate, identity: Identity): PublicKey {
  const signs = KeyUsageBit.digitalSignature | KeyUsageBit.nonRepudiation;
  if (fields.keyUsage !== undefined && (fields.keyUsage & signs) === 0) {
    throw new Distrust('key-usage', `the key of ${name} is not for signatures (RFC 4945 §5.1.3.2)`);
  }
  if (!isIdentityOf(fields, identity)) {
    throw new Distrust('identity-mismatch', `${name} does not belong to ${identityText(identity)}`);
  }
  if (publicKey === undefined) {
    throw new Distrust('unsupported', `the key of ${name} is of a kind that is not supported`);
  }
  return publicKey;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
