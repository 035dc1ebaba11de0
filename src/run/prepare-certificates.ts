/** Makes or reads the certificates of a run before it starts; what is made is kept for later runs. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { keyAlgorithm, signsHash, usesPublicKeyEncryption } from '../ike/authentication.ts';
import { CertificateError } from '../pki/certificate-error.ts';
import type { CertificateAuthority, Validity } from '../pki/certificate-authority.ts';
import { NS_PER_MS, type Ns } from '../peer/timer.ts';
import type { Population } from '../scenario/expand.ts';
import type { GroupCertificate, PeerGroup, Scenario } from '../scenario/scenario.ts';
import type { GroupCertificates, OwnCertificate } from '../worker/certificates.ts';
import { publishLists, type PublishSetup } from './publish-lists.ts';

/** Beside the folders of runs: keys are slow to make, and a hidden name keeps them out of lists. */
export const CERTIFICATE_FOLDER = '.certificates';

export interface PrepareOptions {
  /** Of the scenario; paths of PEM files go from its folder. */
  readonly file: string;
  /** Where keys and certificates are kept; absent: they are made anew. */
  readonly folder?: string;
  /** Peers that need one of their own, besides those that others encrypt for; absent: all. */
  readonly peers?: readonly number[];
}

/** Whole years, so that certificates of an earlier run of the same year are the same. */
const YEARS_BEFORE = 1;
const YEARS_AFTER = 5;
const MS_PER_S = 1000;

/**
 * What the groups of a scenario show and believe, by name; without groups that need nothing.
 * @throws CertificateError when a file cannot be read or does not fit, or the folder cannot be written.
 */
export async function prepareCertificates(
  scenario: Scenario,
  population: Population,
  options: PrepareOptions,
): Promise<ReadonlyMap<string, GroupCertificates>> {
  const groups = scenario.groups.filter(({ certificate }) => certificate !== undefined);
  if (groups.length === 0) return new Map();
  const beginningMs = scenario.clock === 'virtual' ? scenario.epochMs : Date.now();
  const authorities = await makeAuthorities(scenario, beginningMs, options.folder);
  const anchors = [...authorities.values()].map(({ anchor }) => anchor);
  const prepared = new Map<string, GroupCertificates>();
  for (const group of groups) {
    const certificate = group.certificate as GroupCertificate;
    const isKnown = isEncryptedFor(group, scenario);
    const all = peersOf(group, population);
    if (certificate.type === 'files') {
      const files = await readFiles(certificate, anchors, options.file);
      const [shown] = files.shared?.chain ?? [];
      const known = new Map(all.map((id) => [id, shown === undefined ? [] : [shown]]));
      prepared.set(group.name, { ...files, ...(isKnown && { known }) });
      continue;
    }
    const authority = authorities.get(certificate.authority);
    if (authority === undefined) throw new TypeError(`authority ${certificate.authority} was not checked`);
    const wanted = isKnown ? all : all.filter((id) => options.peers?.includes(id) ?? true);
    const peers = needsOwn(group, scenario) ? wanted : [];
    const validity = validityOf(beginningMs, certificate.expiresNs);
    const own = await issue(authority, certificate, population, { peers, validity });
    prepared.set(group.name, {
      trust: { anchors, revocations: [] },
      own,
      ...(isKnown && { known: shownOf(own) }),
    });
  }
  return withLists(prepared, scenario, { authorities, beginningMs, population });
}

/** Adds what servers of revocation lists have: those of all authorities. */
async function withLists(
  prepared: Map<string, GroupCertificates>,
  scenario: Scenario,
  issuers: Omit<PublishSetup, 'prepared'>,
): Promise<Map<string, GroupCertificates>> {
  const servers = new Set(scenario.groups.flatMap(({ revocation }) => revocation?.server?.group ?? []));
  if (servers.size === 0) return prepared;
  const lists = await publishLists(scenario, { ...issuers, prepared });
  for (const name of servers) prepared.set(name, { trust: { anchors: [], revocations: [] }, lists });
  return prepared;
}

/** Certificates of each peer, as many as it has keys. */
async function issue(
  authority: CertificateAuthority,
  { key, keys }: Extract<GroupCertificate, { type: 'issued' }>,
  population: Population,
  { peers, validity }: { readonly peers: readonly number[]; readonly validity: Validity },
): Promise<Map<number, OwnCertificate[]>> {
  const requests = peers.flatMap((id) => {
    const { identity } = population.policyOf(id);
    return Array.from({ length: keys }, (_, keyNumber) => ({
      ...{ identity, kind: key, keyNumber, validity },
    }));
  });
  const issued = await authority.issueAll(requests);
  return new Map(peers.map((id, i) => [id, issued.slice(i * keys, (i + 1) * keys)]));
}

/** What everybody may see of the peers' certificates. */
function shownOf(own: ReadonlyMap<number, readonly OwnCertificate[]>): Map<number, Uint8Array[]> {
  return new Map([...own].map(([id, each]) => [id, each.flatMap(({ chain }) => chain.slice(0, 1))]));
}

/**
 * Public key encryption takes the certificates of the other end beforehand, in both directions, but for
 * initiators that show theirs.
 */
function isEncryptedFor({ name, sendCertificate }: PeerGroup, { groups, connections }: Scenario): boolean {
  const encrypting = new Set(
    groups.filter(({ authentication }) => usesPublicKeyEncryption(authentication)).map((group) => group.name),
  );
  return connections.some(
    ({ from, to }) => encrypting.has(from) && (to === name || (from === name && !sendCertificate)),
  );
}

/** The users of a hybrid method have no certificate; everybody else who takes part in signatures has one. */
function needsOwn(group: PeerGroup, scenario: Scenario): boolean {
  const isInitiator = scenario.connections.some(({ from }) => from === group.name);
  if (!isInitiator) return true;
  const { authentication } = group;
  if (usesPublicKeyEncryption(authentication)) return true;
  return keyAlgorithm(authentication) !== undefined && signsHash(authentication, true);
}

function peersOf(group: PeerGroup, population: Population): number[] {
  const range = population.rangeOf(group.name);
  return range === undefined ? [] : Array.from({ length: range.count }, (_, i) => range.first + i);
}

async function makeAuthorities(
  scenario: Scenario,
  beginningMs: number,
  folder: string | undefined,
): Promise<ReadonlyMap<string, CertificateAuthority>> {
  const authorities = new Map<string, CertificateAuthority>();
  if (scenario.authorities.length === 0) return authorities;
  // Loading the X.509 library is a third of the start of the program, and most scenarios need none.
  const { createCertificateAuthority } = await import('../pki/certificate-authority.ts');
  for (const { name, key, intermediates, sharedKeys, expiresNs } of scenario.authorities) {
    const authority = await createCertificateAuthority({
      name,
      kind: key,
      validity: validityOf(beginningMs, expiresNs),
      intermediates,
      ...(sharedKeys !== undefined && { sharedKeys }),
      ...(folder !== undefined && { folder }),
    });
    authorities.set(name, authority);
  }
  return authorities;
}

/** Both moments of a validity belong to it, and have no fractions of a second. */
function validityOf(beginningMs: number, expiresNs: Ns | undefined): Validity {
  const year = new Date(beginningMs).getUTCFullYear();
  const notBeforeMs = Date.UTC(year - YEARS_BEFORE, 0, 1);
  if (expiresNs === undefined) return { notBeforeMs, notAfterMs: Date.UTC(year + YEARS_AFTER, 0, 1) };
  const expiryMs = beginningMs + expiresNs / NS_PER_MS;
  return { notBeforeMs, notAfterMs: expiryMs - (expiryMs % MS_PER_S) };
}

async function readFiles(
  certificate: Extract<GroupCertificate, { type: 'files' }>,
  anchors: readonly Uint8Array[],
  scenarioFile: string,
): Promise<GroupCertificates> {
  const read = (path: string): Promise<string> => readText(resolve(dirname(scenarioFile), path));
  const { own } = certificate;
  const trusted = {
    anchors: await read(certificate.trust),
    ...(certificate.revocations !== undefined && { revocations: await read(certificate.revocations) }),
  };
  const { importCertificateStore, importTrust } = await import('../pki/certificate-import.ts');
  if (own === undefined) {
    const trust = importTrust(trusted);
    return { trust: { ...trust, anchors: [...trust.anchors, ...anchors] } };
  }
  const store = importCertificateStore({
    chain: await read(own.chain),
    privateKey: await read(own.privateKey),
    ...trusted,
  });
  const { chain, privateKey, revocations } = store;
  return {
    trust: { anchors: [...store.anchors, ...anchors], revocations },
    shared: { chain, privateKey },
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new CertificateError(`${path} cannot be read: ${reason}`, {
      hint: 'paths in a scenario go from the folder that it lies in',
    });
  }
}
