/** Certificates on their way from the main thread to the peers of a worker. */
import { importPrivateKey } from '../crypto/key-import.ts';
import { createPublicKeyOperations } from '../crypto/public-key.ts';
import type { TrustCheck } from '../ike/authentication-credentials.ts';
import type { PublicKeyOperations } from '../ike/suite.ts';
import type { CertificateSetting } from '../ike/v1/isakmp-sa.ts';
import type { PublishedLists } from '../network/list-shelf.ts';
import { CertificateMemory } from '../pki/certificate-memory.ts';
import { createTrustCheck, type Trust } from '../pki/trust-check.ts';
import type { Population } from '../scenario/expand.ts';
import { EncryptionBook } from './encryption-book.ts';

/** What a peer shows, and the key that it signs with: DER, the key as PKCS#8. */
export interface OwnCertificate {
  readonly chain: readonly Uint8Array[];
  readonly privateKey: Uint8Array;
}

/** Of one group: plain data. */
export interface GroupCertificates {
  readonly trust: Trust;
  /** By peer id; the first of several is what signatures are made with. */
  readonly own?: ReadonlyMap<number, readonly OwnCertificate[]>;
  /** For every peer that has none of its own. */
  readonly shared?: OwnCertificate;
  /** Certificates in DER by peer id, of a group that others encrypt for: every worker knows them. */
  readonly known?: ReadonlyMap<number, readonly Uint8Array[]>;
  /** What servers have of authorities, of a group of servers that are asked for revocation lists. */
  readonly lists?: PublishedLists;
}

/** The groups with only those certificates that some peers need. */
export function selectCertificates(
  groups: ReadonlyMap<string, GroupCertificates>,
  isWanted: (peerId: number) => boolean,
): ReadonlyMap<string, GroupCertificates> {
  const selected = new Map<string, GroupCertificates>();
  for (const [name, group] of groups) {
    const own = new Map([...(group.own ?? [])].filter(([peerId]) => isWanted(peerId)));
    selected.set(name, { ...group, own });
  }
  return selected;
}

/** Makes the settings of peers; what they have in common, checks of chains above all, is shared. */
export class CertificateBook {
  readonly #groups: ReadonlyMap<string, GroupCertificates>;
  readonly #operations: PublicKeyOperations;
  readonly #memory = new CertificateMemory();
  readonly #trust = new Map<string, TrustCheck>();
  readonly #encryption: EncryptionBook | undefined;

  /** `population` says who knows whom, where there is public key encryption. */
  constructor(
    groups: ReadonlyMap<string, GroupCertificates>,
    population?: Population,
    operations: PublicKeyOperations = createPublicKeyOperations(),
  ) {
    this.#groups = groups;
    this.#operations = operations;
    this.#encryption = population && new EncryptionBook(groups, population, this.#memory);
  }

  /** Whether the peers of a group have to do with certificates. */
  has(groupName: string): boolean {
    return this.#groups.has(groupName);
  }

  /** What the servers of a group have; undefined for other groups. */
  listsOf(groupName: string): PublishedLists | undefined {
    return this.#groups.get(groupName)?.lists;
  }

  /** Undefined for a peer of a group without certificates. */
  settingOf(groupName: string, peerId: number): CertificateSetting | undefined {
    const group = this.#groups.get(groupName);
    if (group === undefined) return undefined;
    const own = group.own?.get(peerId)?.[0] ?? group.shared;
    const encryption = this.#encryption?.keysOf(groupName, peerId);
    return {
      trust: this.#trustOf(groupName, group.trust),
      operations: this.#operations,
      ...(own !== undefined && {
        credentials: { chain: own.chain, privateKey: importPrivateKey(own.privateKey) },
      }),
      ...(encryption !== undefined && { encryption }),
    };
  }

  #trustOf(groupName: string, trust: Trust): TrustCheck {
    let check = this.#trust.get(groupName);
    if (check === undefined) this.#trust.set(groupName, (check = createTrustCheck(trust, this.#memory)));
    return check;
  }
}
