/** Who knows whose public key beforehand, and what each decrypts with, for authentication by public key encryption. */
import { usesPublicKeyEncryption } from '../ike/authentication.ts';
import type { KnownEnd, KnownEnds } from '../ike/authentication-credentials.ts';
import { isSameIdentity, type Identity } from '../ike/identity.ts';
import type { PublicKey } from '../ike/suite.ts';
import type { EncryptionKeys, OwnEncryptionKey } from '../ike/v1/isakmp-sa.ts';
import { toHex } from '../ike/wire/octets.ts';
import type { CertificateMemory } from '../pki/certificate-memory.ts';
import { ownEncryptionKey } from '../pki/encryption-key.ts';
import type { Population } from '../scenario/expand.ts';
import type { GroupCertificates } from './certificates.ts';

/** What is known of a peer: its certificates in order, each with its key. */
interface KnownPeer {
  readonly identity: Identity;
  readonly certificates: readonly { readonly certificate: Uint8Array; readonly publicKey: PublicKey }[];
}

/** Of one worker. Certificates are read when somebody first asks for them. */
export class EncryptionBook {
  readonly #groups: ReadonlyMap<string, GroupCertificates>;
  readonly #population: Population;
  readonly #memory: CertificateMemory;
  readonly #known = new Map<number, KnownPeer>();
  /** Ids of the initiators that connect to a group, by identity. */
  readonly #callers = new Map<string, ReadonlyMap<string, number>>();

  constructor(
    groups: ReadonlyMap<string, GroupCertificates>,
    population: Population,
    memory: CertificateMemory,
  ) {
    this.#groups = groups;
    this.#population = population;
    this.#memory = memory;
  }

  /** Undefined for a peer that never does public key encryption, or has no RSA key for it. */
  keysOf(groupName: string, peerId: number): EncryptionKeys | undefined {
    const { acceptedAuthentications } = this.#population.policyOf(peerId);
    if (!acceptedAuthentications.some(usesPublicKeyEncryption)) return undefined;
    const group = this.#groups.get(groupName);
    const certificates = group?.own?.get(peerId) ?? (group?.shared === undefined ? [] : [group.shared]);
    const own: OwnEncryptionKey[] = [];
    for (const { chain, privateKey } of certificates) {
      const [certificate] = chain;
      const key = certificate && ownEncryptionKey(certificate, privateKey, this.#memory);
      if (key !== undefined) own.push(key);
    }
    const [first, ...others] = own;
    return first && { own: [first, ...others], known: this.#knownTo(groupName, peerId) };
  }

  #knownTo(groupName: string, peerId: number): KnownEnds {
    return {
      responderAt: (address) => this.#responderAt(peerId, address),
      keyOfInitiator: (identity, address) => this.#keyOfInitiator(groupName, identity, address),
    };
  }

  /** The callers of a responder take its keys in turn, as they go round its group. */
  #responderAt(peerId: number, address: string): KnownEnd | undefined {
    const responder = this.#responderOf(peerId, address);
    const known = responder === undefined ? undefined : this.#peer(responder);
    if (known === undefined) return undefined;
    const { identity, certificates } = known;
    const round = Math.floor(this.#population.indexInGroup(peerId) / this.#responderCount(peerId));
    const chosen = certificates[round % certificates.length];
    if (chosen === undefined) return undefined;
    const { certificate, publicKey } = chosen;
    return { identity, publicKey, ...(certificates.length > 1 && { certificate }) };
  }

  /** A system that stands at another address than the scenario's is the first of its group, as `serve` serves it. */
  #responderOf(peerId: number, address: string): number | undefined {
    const responder = this.#population.responderOf(peerId);
    if (responder === undefined || this.#population.idOfAddress(address) === responder) return responder;
    return this.#population.rangeOf(this.#population.groupOf(responder).name)?.first;
  }

  #responderCount(peerId: number): number {
    const responder = this.#population.responderOf(peerId);
    return responder === undefined ? 1 : this.#population.groupOf(responder).count;
  }

  #keyOfInitiator(groupName: string, identity: Identity, address: string): PublicKey | undefined {
    const caller = this.#callerAt(groupName, identity, address) ?? this.#callerWith(groupName, identity);
    return caller === undefined ? undefined : this.#peer(caller)?.certificates[0]?.publicKey;
  }

  /** Peers may share an identity, but not an address. */
  #callerAt(groupName: string, identity: Identity, address: string): number | undefined {
    const caller = this.#population.idOfAddress(address);
    if (caller === undefined || !this.#calls(caller, groupName)) return undefined;
    const known = this.#peer(caller);
    return known !== undefined && isSameIdentity(known.identity, identity) ? caller : undefined;
  }

  #callerWith(groupName: string, identity: Identity): number | undefined {
    let callers = this.#callers.get(groupName);
    if (callers === undefined) this.#callers.set(groupName, (callers = this.#callersOf(groupName)));
    return callers.get(identityText(identity));
  }

  #callersOf(groupName: string): ReadonlyMap<string, number> {
    const callers = new Map<string, number>();
    for (const { first, count } of this.#population.initiators()) {
      if (count === 0 || !this.#calls(first, groupName)) continue;
      for (let id = first; id < first + count; id++) {
        const text = identityText(this.#population.policyOf(id).identity);
        if (!callers.has(text)) callers.set(text, id);
      }
    }
    return callers;
  }

  #calls(peerId: number, groupName: string): boolean {
    const responder = this.#population.responderOf(peerId);
    return responder !== undefined && this.#population.groupOf(responder).name === groupName;
  }

  #peer(peerId: number): KnownPeer | undefined {
    let known = this.#known.get(peerId);
    if (known !== undefined) return known;
    const group = this.#groups.get(this.#population.groupOf(peerId).name);
    const certificates = (group?.known?.get(peerId) ?? []).flatMap((certificate) => {
      const { publicKey } = this.#memory.read(certificate);
      return publicKey?.algorithm === 'rsa' ? [{ certificate, publicKey }] : [];
    });
    if (certificates.length === 0) return undefined;
    known = { identity: this.#population.policyOf(peerId).identity, certificates };
    this.#known.set(peerId, known);
    return known;
  }
}

function identityText({ idType, data }: Identity): string {
  return `${idType} ${toHex(data)}`;
}
