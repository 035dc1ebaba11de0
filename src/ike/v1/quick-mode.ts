/**
 * Quick mode (RFC 2409 §5.5), message by message:
 *
 *     1  I -> R  HDR*, HASH(1), SA, Ni [, KE] [, IDci, IDcr]
 *     2  I <- R  HDR*, HASH(2), SA, Nr [, KE] [, IDci, IDcr]
 *     3  I -> R  HDR*, HASH(3)
 *
 * KE gives perfect forward secrecy. Without ID payloads the SAs are for the two addresses of phase 1.
 */
import {
  answerPhase2,
  checkPhase2Answer,
  offerPhase2,
  selectPhase2,
  transformsOfOneGroup,
  type Phase2Choice,
} from '../proposal.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Identity } from '../identity.ts';
import { isWithin, selectorPayload, type Selector } from '../selector.ts';
import { KeyExchangeError, type CryptoSuite, type KeyPair, type RandomOctets } from '../suite.ts';
import { encryptionKeyLength, integrityKeyLength, type EspTransform } from '../transform.ts';
import { encodePayloads, firstPayloadType } from '../wire/encode.ts';
import type { IdentificationPayload, Payload } from '../wire/message.ts';
import {
  ExchangeType,
  GENERIC_HEADER_LENGTH,
  IdentificationType,
  NotifyType,
  ProtocolId,
} from '../wire/numbers.ts';
import { concatOctets, equalOctets, uint32Octets } from '../wire/octets.ts';
import type { ChildSa, EspKeys } from './child-sa.ts';
import { openMessage, sealHashed, type Opened } from './envelope.ts';
import { findPayload, requireNonce, requirePayload, type Incoming } from './incoming.ts';
import { cipherOf, hashOf, keysOf, type IsakmpSa } from './isakmp-sa.ts';
import { deriveKeymat, derivePhase2Iv } from './keymat.ts';
import { NONCE_LENGTH } from './phase1.ts';
import { Discard, Refusal } from './refusal.ts';

export interface Phase2Policy {
  readonly esp: readonly EspTransform[];
  readonly encapsulation: 'tunnel' | 'transport';
  readonly localSelector?: Selector;
  readonly remoteSelector?: Selector;
  readonly espLifetimeS: number;
}

export interface Phase2Setting {
  readonly suite: CryptoSuite;
  readonly random: RandomOctets;
  readonly policy: Phase2Policy;
  /**
   * Networks that the other end may use, at either end of a child SA: those of its segment.
   * Undefined: it is not confined.
   */
  readonly permittedNetworks?: PermittedNetworks;
}

export type PermittedNetworks = (
  remoteAddress: string,
  remoteIdentity: Identity | undefined,
) => readonly Selector[] | undefined;

/** The state of one quick mode, of either role. */
export interface QuickMode {
  readonly isInitiator: boolean;
  readonly messageId: number;
  readonly ownSpi: Uint8Array;
  iv: Uint8Array;
  nonceI: Uint8Array;
  nonceR: Uint8Array;
  ownKeyPair: KeyPair | undefined;
  shared: Uint8Array | undefined;
  /** Responder: what was chosen. */
  choice: Phase2Choice | undefined;
  transform: EspTransform | undefined;
  peerSpi: Uint8Array;
  /** ID payloads as proposed by the initiator; both or none. */
  identities: readonly [IdentificationPayload, IdentificationPayload] | undefined;
}

const EXCHANGE = ExchangeType.quickMode;
const NO_OCTETS = new Uint8Array(0);
/** SPIs 1 to 255 are reserved (RFC 4303 §2.1). */
const FIRST_FREE_SPI_OCTETS = 3;

function drawSpi(random: RandomOctets): Uint8Array {
  for (;;) {
    const spi = random(4);
    if (spi.subarray(0, FIRST_FREE_SPI_OCTETS).some((octet) => octet !== 0)) return spi;
  }
}

/** A message ID that is not zero. The caller makes sure that no exchange of the SA has it. */
export function drawMessageId(random: RandomOctets): number {
  for (;;) {
    const [a = 0, b = 0, c = 0, d = 0] = random(4);
    const id = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    if (id !== 0) return id;
  }
}

export function createQuickMode(
  sa: IsakmpSa,
  start: { readonly isInitiator: boolean; readonly messageId: number; readonly random: RandomOctets },
): QuickMode {
  return {
    isInitiator: start.isInitiator,
    messageId: start.messageId,
    ownSpi: drawSpi(start.random),
    iv: derivePhase2Iv(hashOf(sa), sa.iv, start.messageId, cipherOf(sa).blockLength),
    nonceI: NO_OCTETS,
    nonceR: NO_OCTETS,
    ownKeyPair: undefined,
    shared: undefined,
    choice: undefined,
    transform: undefined,
    peerSpi: NO_OCTETS,
    identities: undefined,
  };
}

export function buildMessage1(sa: IsakmpSa, quick: QuickMode, setting: Phase2Setting): Uint8Array {
  const { policy, suite, random } = setting;
  const transforms = transformsOfOneGroup(policy.esp);
  quick.nonceI = random(NONCE_LENGTH);
  const payloads: Payload[] = [
    offerPhase2({
      transforms,
      spi: quick.ownSpi,
      lifetimeS: policy.espLifetimeS,
      encapsulation: policy.encapsulation,
      isNatted: sa.isNatted,
    }),
    { kind: 'nonce', data: quick.nonceI },
  ];
  const group = transforms[0]?.group;
  if (group !== undefined) {
    const exchange = suite.group(group);
    quick.ownKeyPair = exchange.generate(random(exchange.seedLength));
    payloads.push({ kind: 'key-exchange', data: quick.ownKeyPair.publicValue });
  }
  const { localSelector, remoteSelector } = policy;
  if (localSelector !== undefined && remoteSelector !== undefined) {
    quick.identities = [selectorPayload(localSelector), selectorPayload(remoteSelector)];
    payloads.push(...quick.identities);
  }
  return sealWithHash(sa, quick, NO_OCTETS, payloads);
}

/** Encrypts payloads after their hash prf(SKEYID_a, M-ID | `between` | payloads): HASH(1) and HASH(2). */
function sealWithHash(
  sa: IsakmpSa,
  quick: QuickMode,
  between: Uint8Array,
  payloads: readonly Payload[],
): Uint8Array {
  const rest = encodePayloads(payloads);
  const hash = hashOver(sa, quick.messageId, between, rest);
  const input = { exchangeType: EXCHANGE, messageId: quick.messageId, iv: quick.iv };
  const sealed = sealHashed(sa, input, hash, firstPayloadType(payloads), rest);
  quick.iv = sealed.nextIv;
  return sealed.octets;
}

/** prf(SKEYID_a, M-ID | between | rest): the hash of phase 2 and informational messages (RFC 2409 §5.5, §5.7). */
export function hashOver(sa: IsakmpSa, messageId: number, between: Uint8Array, rest: Uint8Array): Uint8Array {
  return hashOf(sa).hmac(keysOf(sa).skeyidA, concatOctets(uint32Octets(messageId), between, rest));
}

/** The octets after the leading HASH payload, whose hash is checked. @throws Discard `malformed` or `bad-hash`. */
export function checkLeadingHash(
  sa: IsakmpSa,
  opened: Opened,
  messageId: number,
  between: Uint8Array,
): readonly Payload[] {
  const [first, ...rest] = opened.payloads;
  if (first?.kind !== 'hash') throw new Discard('malformed', 'the first payload is not HASH');
  const covered = opened.chain.subarray(GENERIC_HEADER_LENGTH + first.data.length);
  if (!equalOctets(first.data, hashOver(sa, messageId, between, covered))) {
    throw new Discard('bad-hash', 'the hash does not cover the message');
  }
  return rest;
}

/** @throws Discard for an unreadable message; Refusal when SA, selectors or key exchange are not acceptable. */
export function acceptMessage1(
  sa: IsakmpSa,
  quick: QuickMode,
  message: Incoming,
  setting: Phase2Setting,
): void {
  const opened = openMessage(sa, message.header, message.octets, quick.iv);
  const payloads = checkLeadingHash(sa, opened, quick.messageId, NO_OCTETS);
  const offer = requirePayload(payloads, 'security-association');
  const nonce = requireNonce(payloads);
  const keyExchange = findPayload(payloads, 'key-exchange');
  const { policy, suite, random } = setting;
  const choice = selectPhase2(offer, {
    accepted: policy.esp,
    encapsulation: policy.encapsulation,
    isNatted: sa.isNatted,
    hasKeyExchange: keyExchange !== undefined,
  });
  if (choice === undefined) {
    throw new Refusal(
      'no-proposal-chosen',
      'no offered ESP transform is acceptable',
      NotifyType.noProposalChosen,
    );
  }
  quick.identities = proposedIdentities(payloads);
  checkIdentities(quick, policy);
  checkSegment(sa, quick, setting);
  if (keyExchange !== undefined && choice.transform.group !== undefined) {
    const exchange = suite.group(choice.transform.group);
    quick.ownKeyPair = exchange.generate(random(exchange.seedLength));
    quick.shared = agree(suite, choice.transform.group, quick.ownKeyPair, keyExchange.data);
  }
  quick.choice = choice;
  quick.transform = choice.transform;
  quick.peerSpi = choice.peerSpi.slice();
  quick.nonceI = nonce;
  quick.nonceR = random(NONCE_LENGTH);
  quick.iv = opened.nextIv;
}

function proposedIdentities(
  payloads: readonly Payload[],
): readonly [IdentificationPayload, IdentificationPayload] | undefined {
  const [first, second, third] = payloads.filter((payload) => payload.kind === 'identification');
  if (first === undefined) return undefined;
  if (second === undefined || third !== undefined) {
    throw new Discard('malformed', 'quick mode carries two ID payloads or none');
  }
  return [first, second];
}

/** IDci has to be one of ours to reach and IDcr one of ours to serve, where the policy says something of it. */
function checkIdentities(quick: QuickMode, policy: Phase2Policy): void {
  if (quick.identities === undefined) return;
  const [client, server] = quick.identities;
  const isServed = policy.localSelector === undefined || isWithin(server, policy.localSelector);
  const isReached = policy.remoteSelector === undefined || isWithin(client, policy.remoteSelector);
  if (isServed && isReached) return;
  throw new Refusal(
    'invalid-id',
    'the proposed networks are not within the policy',
    NotifyType.invalidIdInformation,
  );
}

/** Both ends of the child SA have to lie in the segment of the other end, by whatever name they are asked for. */
function checkSegment(sa: IsakmpSa, quick: QuickMode, { permittedNetworks }: Phase2Setting): void {
  const permitted = permittedNetworks?.(sa.remote.address, sa.remoteIdentity);
  if (permitted === undefined) return;
  const wanted = quick.identities ?? [addressSelector(sa.remote), addressSelector(sa.own)];
  if (wanted.every((selector) => permitted.some((network) => isWithin(selector, network)))) return;
  throw new Refusal(
    'invalid-id',
    'the proposed networks are not of the segment of the other end',
    NotifyType.invalidIdInformation,
  );
}

/** Without ID payloads a child SA is for the two addresses of phase 1 (RFC 2409 §5.5). */
function addressSelector({ octets }: Endpoint): Selector {
  const idType = octets.length === 4 ? IdentificationType.ipv4Address : IdentificationType.ipv6Address;
  return { idType, data: octets };
}

function agree(suite: CryptoSuite, group: number, own: KeyPair, peerPublic: Uint8Array): Uint8Array {
  try {
    return suite.group(group).agree(own, peerPublic);
  } catch (error) {
    if (!(error instanceof KeyExchangeError)) throw error;
    throw new Refusal('invalid-key', error.message, NotifyType.invalidKeyInformation);
  }
}

export function buildMessage2(sa: IsakmpSa, quick: QuickMode): Uint8Array {
  if (quick.choice === undefined) throw new Error('nothing was chosen yet');
  const payloads: Payload[] = [
    answerPhase2(quick.choice, quick.ownSpi),
    { kind: 'nonce', data: quick.nonceR },
  ];
  if (quick.ownKeyPair !== undefined) {
    payloads.push({ kind: 'key-exchange', data: quick.ownKeyPair.publicValue });
  }
  if (quick.identities !== undefined) payloads.push(...quick.identities);
  return sealWithHash(sa, quick, quick.nonceI, payloads);
}

/** @throws Discard for an unreadable message; Refusal when the answer was not offered. */
export function acceptMessage2(
  sa: IsakmpSa,
  quick: QuickMode,
  message: Incoming,
  setting: Phase2Setting,
): void {
  const opened = openMessage(sa, message.header, message.octets, quick.iv);
  const payloads = checkLeadingHash(sa, opened, quick.messageId, quick.nonceI);
  const nonce = requireNonce(payloads);
  const { policy, suite } = setting;
  const answer = checkPhase2Answer(requirePayload(payloads, 'security-association'), {
    transforms: transformsOfOneGroup(policy.esp),
    lifetimeS: policy.espLifetimeS,
    encapsulation: policy.encapsulation,
    isNatted: sa.isNatted,
  });
  if (answer === undefined) {
    throw new Refusal('answer-not-offered', 'the responder chose an ESP transform that was not offered');
  }
  checkReturnedIdentities(quick, proposedIdentities(payloads));
  if (quick.ownKeyPair !== undefined && answer.transform.group !== undefined) {
    const { data } = requirePayload(payloads, 'key-exchange');
    quick.shared = agree(suite, answer.transform.group, quick.ownKeyPair, data);
  }
  quick.transform = answer.transform;
  quick.peerSpi = answer.peerSpi.slice();
  quick.nonceR = nonce;
  quick.iv = opened.nextIv;
}

/** The responder repeats the identities that it was offered, and answers an offer without them without them. */
function checkReturnedIdentities(
  quick: QuickMode,
  returned: readonly [IdentificationPayload, IdentificationPayload] | undefined,
): void {
  if (quick.identities === undefined && returned === undefined) return;
  const isSame =
    quick.identities !== undefined &&
    returned !== undefined &&
    quick.identities.every(
      (own, i) => own.idType === returned[i]?.idType && equalOctets(own.data, returned[i].data),
    );
  if (!isSame) throw new Refusal('invalid-id', 'the responder answered with other networks');
}

/** HASH(3) = prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b). */
function computeHash3(sa: IsakmpSa, quick: QuickMode): Uint8Array {
  const input = concatOctets(Uint8Array.of(0), uint32Octets(quick.messageId), quick.nonceI, quick.nonceR);
  return hashOf(sa).hmac(keysOf(sa).skeyidA, input);
}

export function buildMessage3(sa: IsakmpSa, quick: QuickMode): Uint8Array {
  const input = { exchangeType: EXCHANGE, messageId: quick.messageId, iv: quick.iv };
  const sealed = sealHashed(sa, input, computeHash3(sa, quick), 0, NO_OCTETS);
  quick.iv = sealed.nextIv;
  return sealed.octets;
}

/** @throws Discard when the message cannot be read or its hash is wrong. */
export function acceptMessage3(sa: IsakmpSa, quick: QuickMode, message: Incoming): void {
  const opened = openMessage(sa, message.header, message.octets, quick.iv);
  const { data } = requirePayload(opened.payloads, 'hash');
  if (!equalOctets(data, computeHash3(sa, quick))) throw new Discard('bad-hash', 'HASH(3) is wrong');
  quick.iv = opened.nextIv;
}

/** Keys and parameters of the two ESP SAs (RFC 2409 §5.5): one KEYMAT for each SPI. */
export function deriveChildSa(sa: IsakmpSa, quick: QuickMode, policy: Phase2Policy): ChildSa {
  const { transform } = quick;
  if (transform === undefined) throw new Error('no ESP transform was agreed on yet');
  const [idI, idR] = quick.identities ?? [undefined, undefined];
  return {
    messageId: quick.messageId,
    transform,
    encapsulation: policy.encapsulation,
    isNatted: sa.isNatted,
    inbound: deriveEspKeys(sa, quick, transform, quick.ownSpi),
    outbound: deriveEspKeys(sa, quick, transform, quick.peerSpi),
    localSelector: selectorOf(quick.isInitiator ? idI : idR),
    remoteSelector: selectorOf(quick.isInitiator ? idR : idI),
  };
}

function selectorOf(payload: IdentificationPayload | undefined): Selector | undefined {
  return payload === undefined ? undefined : { idType: payload.idType, data: payload.data };
}

function deriveEspKeys(sa: IsakmpSa, quick: QuickMode, transform: EspTransform, spi: Uint8Array): EspKeys {
  const encryptionLength = encryptionKeyLength(transform);
  const length = encryptionLength + integrityKeyLength(transform);
  const keymat = deriveKeymat(
    hashOf(sa),
    {
      skeyidD: keysOf(sa).skeyidD,
      shared: quick.shared,
      protocolId: ProtocolId.esp,
      spi,
      nonceI: quick.nonceI,
      nonceR: quick.nonceR,
    },
    length,
  );
  return {
    spi,
    encryptionKey: keymat.slice(0, encryptionLength),
    integrityKey: keymat.slice(encryptionLength),
  };
}
