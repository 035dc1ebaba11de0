/**
 * A certificate authority for tests: a root, intermediates if wanted, certificates and keys of peers,
 * and revocation lists. Prepare phase only.
 *
 * With a folder, everything is made once: a key belongs to the authority's name and its purpose there,
 * a certificate to all that it says. So two authorities of one name and validity in one folder are one
 * authority, and a validity that moves with the clock makes all certificates anew.
 */
import type { Identity } from '../ike/identity.ts';
import { toHex } from '../ike/wire/octets.ts';
import type { IssuedCertificate } from './certificate-store.ts';
import { contentHash, createDiskCache, type DiskCache } from './disk-cache.ts';
import { publicKeyInfoOf, type KeyKind } from './key-kind.ts';
import { createKeySource, type KeySource } from './key-source.ts';
import { peerNames } from './peer-names.ts';
import {
  commonName,
  signCertificate,
  signRevocationList,
  type CertificateContent,
  type RevocationContent,
  type Signer,
} from './x509-library.ts';

/** Certificates that are in the making at a time: enough to keep the thread pool busy. */
const PARALLEL_MAXIMUM = 16;

/** In milliseconds since 1970, whole seconds; both moments belong to it. */
export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface AuthorityOptions {
  /** Common name of the root; names of intermediates begin with it. */
  readonly name: string;
  readonly kind: KeyKind;
  readonly validity: Validity;
  /** How many intermediates stand between the root and peers. Default 0. */
  readonly intermediates?: number;
  /** Where keys and certificates are kept from run to run. */
  readonly folder?: string;
  /**
   * Peers take their keys in turn from so many, instead of one each: for big fleets, whose keys
   * would take minutes. An identity still has a certificate of its own.
   */
  readonly sharedKeys?: number;
  /** Goes into every peer's certificate as CRL distribution point. */
  readonly revocationUrl?: string;
}

export interface PeerRequest {
  readonly identity: Identity;
  /** Tells the keys of a peer with several apart. Default 0. */
  readonly keyNumber?: number;
  /** Default: as the authority. */
  readonly kind?: KeyKind;
  /** Default: as the authority. */
  readonly validity?: Validity;
}

export interface CertificateAuthority {
  /** The root's certificate, DER. */
  readonly anchor: Uint8Array;
  /** DER, that which issues to peers first, the root left out. */
  readonly intermediates: readonly Uint8Array[];
  /** @throws CertificateError for an identity that no certificate holds, or a folder that cannot be written. */
  issue(request: PeerRequest): Promise<IssuedCertificate>;
  /** As `issue` for each request, many at a time; answers in the order of the requests. */
  issueAll(requests: readonly PeerRequest[]): Promise<IssuedCertificate[]>;
  /** A list of what the authority that issues to peers revoked, DER. Where `isKept`, it is the same from run to run. */
  revoke(content: RevocationContent, isKept?: boolean): Promise<Uint8Array>;
}

interface Workshop {
  readonly options: AuthorityOptions;
  readonly keys: KeySource;
  readonly cache: DiskCache;
}

/** Makes an authority, or takes it from the folder. @throws CertificateError when the folder cannot be written. */
export async function createCertificateAuthority(options: AuthorityOptions): Promise<CertificateAuthority> {
  const cache = createDiskCache(options.folder);
  const workshop: Workshop = { options, cache, keys: createKeySource(cache) };
  const depth = options.intermediates ?? 0;
  let issuer: Signer | undefined;
  const certificates: Uint8Array[] = [];
  for (let level = 0; level <= depth; level++) {
    const made = await makeAuthority(workshop, level, depth - level, issuer);
    certificates.unshift(made.certificate);
    issuer = made.signer;
  }
  const anchor = certificates.pop();
  if (issuer === undefined || anchor === undefined) throw new RangeError(`${depth} intermediates`);
  return finishAuthority(workshop, issuer, anchor, certificates);
}

function finishAuthority(
  workshop: Workshop,
  issuer: Signer,
  anchor: Uint8Array,
  intermediates: readonly Uint8Array[],
): CertificateAuthority {
  const purposeOf = createKeyPurposes(workshop.options);
  const issueFor = (request: PeerRequest, purpose: string) =>
    issuePeer(workshop, issuer, intermediates, request, purpose);
  return {
    anchor,
    intermediates,
    issue: (request) => issueFor(request, purposeOf(request)),
    issueAll(requests) {
      const tasks = requests.map((request) => {
        const purpose = purposeOf(request);
        return () => issueFor(request, purpose);
      });
      return inParallel(tasks);
    },
    async revoke(content, isKept = false) {
      const sign = () => signRevocationList(content, issuer);
      if (!isKept) return sign();
      const described = [toHex(issuer.name), toHex(issuer.publicKeyInfo), { ...content }];
      return workshop.cache.keep('X509 CRL', described, sign);
    },
  };
}

/** What a peer's key is for: the peer, or a place among the shared keys, in turn. */
function createKeyPurposes({ name, sharedKeys }: AuthorityOptions): (request: PeerRequest) => string {
  let turn = 0;
  return ({ identity: { idType, data }, keyNumber = 0 }) => {
    if (sharedKeys !== undefined) return `${name}/shared/${turn++ % sharedKeys}`;
    const purpose = `${name}/peer/${idType}/${toHex(data)}`;
    return keyNumber === 0 ? purpose : `${purpose}/${keyNumber}`;
  };
}

async function makeAuthority(workshop: Workshop, level: number, authorityDepth: number, issuer?: Signer) {
  const { options, keys } = workshop;
  const { kind, validity } = options;
  const text = level === 0 ? options.name : `${options.name} intermediate ${level}`;
  const privateKey = await keys.keyFor(kind, `${options.name}/authority/${level}`);
  const signer: Signer = {
    kind,
    privateKey,
    publicKeyInfo: publicKeyInfoOf(privateKey),
    name: commonName(text),
  };
  const certificate = await keepCertificate(workshop.cache, issuer ?? signer, {
    subject: signer.name,
    publicKeyInfo: signer.publicKeyInfo,
    ...validity,
    alternativeNames: undefined,
    revocationUrl: undefined,
    use: { authorityDepth },
  });
  return { signer, certificate };
}

async function issuePeer(
  { options, cache, keys }: Workshop,
  issuer: Signer,
  intermediates: readonly Uint8Array[],
  { identity, kind = options.kind, validity = options.validity }: PeerRequest,
  purpose: string,
): Promise<IssuedCertificate> {
  const names = peerNames(identity);
  const privateKey = await keys.keyFor(kind, purpose);
  const content = {
    ...names,
    publicKeyInfo: publicKeyInfoOf(privateKey),
    ...validity,
    revocationUrl: options.revocationUrl,
    use: { encrypts: kind.startsWith('rsa') },
  };
  const certificate = await keepCertificate(cache, issuer, content);
  return { chain: [certificate, ...intermediates], privateKey, serial: serialOf(issuer, content) };
}

type NamelessContent = Omit<CertificateContent, 'serial'>;

function keepCertificate(cache: DiskCache, issuer: Signer, content: NamelessContent): Promise<Uint8Array> {
  const serial = serialOf(issuer, content);
  return cache.keep('CERTIFICATE', [serial, ...describe(issuer, content)], () =>
    signCertificate({ ...content, serial }, issuer),
  );
}

/** The serial number is a hash of what the certificate says, so that the same certificate has the same one: 16 octets, positive. */
function serialOf(issuer: Signer, content: NamelessContent): string {
  return `4${contentHash('CERTIFICATE', describe(issuer, content)).slice(1, 32)}`;
}

function describe(issuer: Signer, content: NamelessContent): unknown[] {
  const { subject, publicKeyInfo, alternativeNames, ...plain } = content;
  const octets = [
    issuer.name,
    issuer.publicKeyInfo,
    subject,
    publicKeyInfo,
    alternativeNames ?? new Uint8Array(0),
  ];
  return [octets.map((each) => toHex(each)), plain];
}

async function inParallel<Result>(tasks: readonly (() => Promise<Result>)[]): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = tasks.entries();
  const work = async () => {
    for (const [index, task] of waiting) results[index] = await task();
  };
  await Promise.all(Array.from({ length: PARALLEL_MAXIMUM }, work));
  return results;
}
