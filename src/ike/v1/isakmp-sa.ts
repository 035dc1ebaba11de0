/**
 * The state of one phase 1 SA: plain, typed, mutable, owned by one peer. What only the
 * handshake needs sits in `handshake` and is let go of when the SA is established.
 */
import type { Endpoint } from '../endpoint.ts';
import type { Identity } from '../identity.ts';
import { UNLIMITED, type Lifetime } from '../lifetime.ts';
import { authenticationHash, type Authentication } from '../authentication.ts';
import type {
  CertificateCredentials,
  KnownEnds,
  Revocable,
  TrustCheck,
} from '../authentication-credentials.ts';
import type {
  CbcCipher,
  CryptoSuite,
  HashFunction,
  KeyPair,
  PublicKey,
  PublicKeyOperations,
  RandomOctets,
} from '../suite.ts';
import type { IkeTransform } from '../transform.ts';
import { COOKIE_LENGTH } from '../wire/numbers.ts';
import type { EncryptionQuirks } from './encryption-quirks.ts';
import type { Misbehaviour } from './misbehaviour.ts';
import type { DecryptionKey } from './pkcs1.ts';
import type { RefusalCause } from './refusal.ts';

export type Phase1Mode = 'main' | 'aggressive';

/** What an established SA works with. */
export interface WorkingKeys {
  readonly skeyidD: Uint8Array;
  readonly skeyidA: Uint8Array;
  /** Ka: SKEYID_e cut or stretched to the cipher's key length (RFC 2409 Appendix B). */
  readonly cipherKey: Uint8Array;
}

export interface SkeyidKeys extends WorkingKeys {
  readonly skeyid: Uint8Array;
  readonly skeyidE: Uint8Array;
}

/** What phase 1 has to remember until both ends are authenticated. */
export interface Phase1Handshake {
  /** Body of the initiator's SA payload, SAi_b. */
  saBodyI: Uint8Array;
  /** What the responder answers with: the chosen transform as it came. */
  saAnswer: Uint8Array | undefined;
  ownKeyPair: KeyPair | undefined;
  publicI: Uint8Array;
  publicR: Uint8Array;
  nonceI: Uint8Array;
  nonceR: Uint8Array;
  /** Bodies of the ID payloads, IDii_b and IDir_b. */
  idBodyI: Uint8Array;
  idBodyR: Uint8Array;
  skeyid: Uint8Array;
  skeyidE: Uint8Array;
  /** The key that ours is encrypted with, where the method encrypts. */
  peerKey: PublicKey | undefined;
  /** Why the certificate that the initiator showed, encrypted, is not believed; never told to it. */
  disbelief: RefusalCause | undefined;
  /** The certificate that the other end proved itself with: it may have been revoked since. */
  revocable: Revocable | undefined;
  peerSupportsNatTraversal: boolean;
}

export interface IsakmpSa {
  readonly isInitiator: boolean;
  readonly mode: Phase1Mode;
  readonly initiatorCookie: Uint8Array;
  /** Zero octets at the initiator until the first answer. */
  responderCookie: Uint8Array;
  own: Endpoint;
  remote: Endpoint;
  /** Whether messages carry the non-ESP marker (RFC 3948 §2.2). */
  hasMarker: boolean;
  /** A NAT was seen, or is pretended, between the ends. */
  isNatted: boolean;
  /** There is one, or may be, before the other end, so that its place may change. */
  isRemoteNatted: boolean;
  transform: IkeTransform | undefined;
  authentication: Authentication;
  hash: HashFunction | undefined;
  /** Hash of HASH_I and HASH_R where the method fixes it, as ECDSA does (RFC 4754 §3); else it is the agreed one. */
  authenticationHash: HashFunction | undefined;
  cipher: CbcCipher | undefined;
  keys: WorkingKeys | undefined;
  /** Running IV of phase 1; once established, the last block from which phase 2 IVs start. */
  iv: Uint8Array;
  remoteIdentity: Identity | undefined;
  /** The shorter one of both ends', as far as this end knows. */
  lifetime: Lifetime;
  /** The initiator offered a longer one than this responder has, and is to be told (RFC 2407 §4.6.3.1). */
  isLifetimeShortened: boolean;
  /** The other end sent the vendor ID of RFC 3706. */
  peerSupportsDpd: boolean;
  /** The other end puts IKE fragments together. */
  peerSupportsFragmentation: boolean;
  /** Of the last message that was sent in fragments. */
  lastFragmentId: number;
  /** Whether INITIAL-CONTACT may be said: not by an SA that replaces another. */
  readonly isFirstContact: boolean;
  /** Of an end that does something wrong on purpose; the same for all SAs of a peer. */
  readonly misbehaviour?: Misbehaviour;
  handshake: Phase1Handshake | undefined;
}

/** What phase 1 functions need of their surroundings. */
export interface Phase1Setting {
  readonly suite: CryptoSuite;
  readonly random: RandomOctets;
  readonly policy: Phase1Policy;
  readonly preSharedKey: (
    remoteAddress: string,
    remoteIdentity: Identity | undefined,
  ) => Uint8Array | undefined;
  /** Present where the policy has authentication by signatures. */
  readonly certificates?: CertificateSetting;
  /** Wall-clock time of the event at hand, milliseconds since 1970: certificates have a validity. */
  readonly wallClockMs: () => number;
  /** Absent at an end that behaves. */
  readonly misbehaviour?: Misbehaviour;
}

export interface CertificateSetting {
  /** Absent at the user of a hybrid method, who has none. */
  readonly credentials?: CertificateCredentials;
  readonly trust: TrustCheck;
  readonly operations: PublicKeyOperations;
  /** Present where the policy has authentication by public key encryption. */
  readonly encryption?: EncryptionKeys;
}

export interface EncryptionKeys {
  /** The first is meant when no HASH(1) names another one. */
  readonly own: readonly [OwnEncryptionKey, ...OwnEncryptionKey[]];
  readonly known: KnownEnds;
}

export interface OwnEncryptionKey extends DecryptionKey {
  readonly publicKey: PublicKey;
  /** DER; what HASH(1) is the hash of. */
  readonly certificate: Uint8Array;
}

/** How an end does authentication by public key encryption. */
export interface EncryptionPolicy {
  readonly quirks: EncryptionQuirks;
  /** Tells the other end what is wrong with what it encrypted: broken on purpose, for attacks to find. */
  readonly oracle: boolean;
  /** As initiator of the revised mode: shows its certificate, for responders that do not know its key. Absent: it does not. */
  readonly showsCertificate?: boolean;
}

export interface Phase1Policy {
  readonly identity: Identity;
  readonly ike: readonly IkeTransform[];
  readonly ikeLifetimeS: number;
  /** Absent: no limit by traffic. */
  readonly ikeLifetimeKilobytes?: number;
  readonly natTraversal: 'auto' | 'force' | 'off';
  readonly initialContact: boolean;
  /** Sent besides those of what the peer can do. */
  readonly vendorIds?: readonly Uint8Array[];
  /** Longer messages go in IKE fragments to those who take them; 0: never. */
  readonly fragmentOctets: number;
  /** Offered as initiator. */
  readonly authentication: Authentication;
  /** Accepted as responder. */
  readonly acceptedAuthentications: readonly Authentication[];
  /** Absent: as the RFC says, without an oracle. */
  readonly encryption?: EncryptionPolicy;
}

const NO_OCTETS = new Uint8Array(0);
export const NO_COOKIE = new Uint8Array(COOKIE_LENGTH);

export interface NewIsakmpSa {
  readonly isInitiator: boolean;
  readonly mode: Phase1Mode;
  readonly initiatorCookie: Uint8Array;
  readonly responderCookie: Uint8Array;
  readonly own: Endpoint;
  readonly remote: Endpoint;
  readonly hasMarker: boolean;
  /** Default true. */
  readonly isFirstContact?: boolean;
  readonly misbehaviour?: Misbehaviour | undefined;
}

export function createIsakmpSa(start: NewIsakmpSa): IsakmpSa {
  return {
    isInitiator: start.isInitiator,
    mode: start.mode,
    initiatorCookie: start.initiatorCookie,
    responderCookie: start.responderCookie,
    own: start.own,
    remote: start.remote,
    hasMarker: start.hasMarker,
    isNatted: false,
    isRemoteNatted: false,
    transform: undefined,
    authentication: 'pre-shared-key',
    hash: undefined,
    authenticationHash: undefined,
    cipher: undefined,
    keys: undefined,
    iv: NO_OCTETS,
    remoteIdentity: undefined,
    lifetime: UNLIMITED,
    isLifetimeShortened: false,
    peerSupportsDpd: false,
    peerSupportsFragmentation: false,
    lastFragmentId: 0,
    isFirstContact: start.isFirstContact ?? true,
    ...(start.misbehaviour !== undefined && { misbehaviour: start.misbehaviour }),
    handshake: {
      saBodyI: NO_OCTETS,
      saAnswer: undefined,
      ownKeyPair: undefined,
      publicI: NO_OCTETS,
      publicR: NO_OCTETS,
      nonceI: NO_OCTETS,
      nonceR: NO_OCTETS,
      idBodyI: NO_OCTETS,
      idBodyR: NO_OCTETS,
      skeyid: NO_OCTETS,
      skeyidE: NO_OCTETS,
      peerKey: undefined,
      disbelief: undefined,
      revocable: undefined,
      peerSupportsNatTraversal: false,
    },
  };
}

/** Fixes the algorithms that the ends agreed on, after the method of authentication. */
export function adoptTransform(sa: IsakmpSa, transform: IkeTransform, suite: CryptoSuite): void {
  sa.transform = transform;
  sa.hash = suite.hash(transform.hash);
  const fixed = authenticationHash(sa.authentication);
  sa.authenticationHash = fixed === undefined ? undefined : suite.hash(fixed);
  sa.cipher = suite.cipher(transform.cipher);
}

/** The handshake's state; it is there in every state in which a phase 1 message is built or accepted. */
export function handshakeOf(sa: IsakmpSa): Phase1Handshake {
  if (sa.handshake === undefined) throw new Error('phase 1 is over, its handshake state is gone');
  return sa.handshake;
}

/** The agreed hash; there once the SA payload was answered. */
export function hashOf(sa: IsakmpSa): HashFunction {
  if (sa.hash === undefined) throw new Error('no transform was agreed on yet');
  return sa.hash;
}

/** The agreed cipher; there once the SA payload was answered. */
export function cipherOf(sa: IsakmpSa): CbcCipher {
  if (sa.cipher === undefined) throw new Error('no transform was agreed on yet');
  return sa.cipher;
}

/** The derived keys; there once both key exchange values and nonces are known. */
export function keysOf(sa: IsakmpSa): WorkingKeys {
  if (sa.keys === undefined) throw new Error('keys were not derived yet');
  return sa.keys;
}
