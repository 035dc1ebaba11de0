/**
 * Quick mode (RFC 2409 §5.5), message by message:
 *
 *     1  I -> R  HDR*, HASH(1), SA, Ni [, KE] [, IDci, IDcr]
 *     2  I <- R  HDR*, HASH(2), SA, Nr [, KE] [, IDci, IDcr]
 *     3  I -> R  HDR*, HASH(3)
 *
 * KE gives perfect forward secrecy. Without ID payloads the SAs are for the two addresses of phase 1.
 * With the commit flag in the header of message 2 the initiator waits for the responder once more,
 * which says in an informational message of the same message ID that its SAs are ready (RFC 2408 §3.1):
 *
 *     4  I <- R  HDR*, HASH(1), N(CONNECTED)
 */
import {
  answerPhase2,
  selectPhase2,
  transformsOfOneGroup,
  type Phase2Choice,
  type Phase2Offer,
} from '../phase2-proposal.ts';
import { ESP_ALONE, offerProtections, type Protection } from '../protection-bundle.ts';
import type { Identity } from '../identity.ts';
import { isShorterLifetime, shorterLifetime, UNLIMITED, type Lifetime } from '../lifetime.ts';
import { selectorPayload, type Selector } from '../selector.ts';
import { KeyExchangeError, type CryptoSuite, type KeyPair, type RandomOctets } from '../suite.ts';
import { drawSpi } from '../spi.ts';
import type { EspTransform } from '../transform.ts';
import { encodePayloads, firstPayloadType } from '../wire/encode.ts';
import type { IdentificationPayload, NotificationPayload, Payload } from '../wire/message.ts';
import {
  Doi,
  ExchangeType,
  GENERIC_HEADER_LENGTH,
  HeaderFlag,
  NotifyType,
  ProtocolId,
} from '../wire/numbers.ts';
import { equalOctets, passingOctets, uint32Octets } from '../wire/octets.ts';
import { openMessage, sealHashed, type Opened } from './envelope.ts';
import { findPayload, requireNonce, requirePayload, type Incoming } from './incoming.ts';
import { cipherOf, hashOf, keysOf, type IsakmpSa } from './isakmp-sa.ts';
import { derivePhase2Iv } from './keymat.ts';
import {
  childLifetimeNotify,
  phase1LifetimeNotify,
  readChildLifetime,
  readPhase1Lifetime,
} from './lifetime-notification.ts';
import { NONCE_LENGTH } from './phase1.ts';
import { requireEspAnswer } from './quick-mode-answer.ts';
import {
  checkIdentities,
  checkReturnedIdentities,
  checkSegment,
  proposedIdentities,
} from './quick-mode-identities.ts';
import { saidPayloads } from './misbehaviour.ts';
import { Discard, Refusal } from './refusal.ts';

export interface Phase2Policy {
  readonly esp: readonly EspTransform[];
  /** Offered as initiator, in order of preference; absent: ESP alone. */
  readonly protections?: readonly Protection[];
  readonly encapsulation: 'tunnel' | 'transport';
  readonly localSelector?: Selector;
  readonly remoteSelector?: Selector;
  readonly espLifetimeS: number;
  /** Absent: no limit by traffic. */
  readonly espLifetimeKilobytes?: number;
  /** As responder: sets the commit flag, and tells the initiator when it may send. Absent: it does not. */
  readonly commitBit?: boolean;
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
  /** The shorter one of both ends'. */
  lifetime: Lifetime;
  /** Responder: the initiator offered a longer one. */
  isLifetimeShortened: boolean;
  /** Message 2 has the commit flag. Nothing authenticates it: no hash covers the header. */
  hasCommitBit: boolean;
}

const EXCHANGE = ExchangeType.quickMode;
const NO_OCTETS = new Uint8Array(0);
const ZERO_OCTET = new Uint8Array(1);

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
    lifetime: UNLIMITED,
    isLifetimeShortened: false,
    hasCommitBit: false,
  };
}

export function buildMessage1(sa: IsakmpSa, quick: QuickMode, setting: Phase2Setting): Uint8Array {
  const { policy, suite, random } = setting;
  quick.nonceI = random(NONCE_LENGTH);
  const payloads: Payload[] = [
    offerProtections(offeredTerms(sa, policy, quick.ownSpi), policy.protections ?? ESP_ALONE, random),
    { kind: 'nonce', data: quick.nonceI },
  ];
  const group = policy.esp[0]?.group;
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

function ownLifetime({ espLifetimeS, espLifetimeKilobytes = Infinity }: Phase2Policy): Lifetime {
  return { seconds: espLifetimeS, kilobytes: espLifetimeKilobytes };
}

/** `spi`: of our inbound SA. */
function offeredTerms(sa: IsakmpSa, policy: Phase2Policy, spi: Uint8Array): Phase2Offer {
  return {
    transforms: transformsOfOneGroup(policy.esp),
    spi,
    lifetimeS: policy.espLifetimeS,
    lifetimeKilobytes: policy.espLifetimeKilobytes ?? Infinity,
    encapsulation: policy.encapsulation,
    isNatted: sa.isNatted,
  };
}

/** Encrypts payloads after their hash prf(SKEYID_a, M-ID | `between` | payloads): HASH(1) and HASH(2). */
function sealWithHash(
  sa: IsakmpSa,
  quick: QuickMode,
  between: Uint8Array,
  payloads: readonly Payload[],
): Uint8Array {
  const said = saidPayloads(sa, quick.isInitiator ? 'quick-1' : 'quick-2', quick.messageId, payloads);
  const rest = encodePayloads(said);
  const hash = hashOver(sa, quick.messageId, between, rest);
  const flags = quick.hasCommitBit ? HeaderFlag.commit : 0;
  const input = { exchangeType: EXCHANGE, messageId: quick.messageId, iv: quick.iv, flags };
  const sealed = sealHashed(sa, input, hash, firstPayloadType(said), rest);
  quick.iv = sealed.nextIv;
  return sealed.octets;
}

function adoptLifetime(sa: IsakmpSa, quick: QuickMode, payload: NotificationPayload): void {
  sa.lifetime = shorterLifetime(sa.lifetime, readPhase1Lifetime(sa, payload) ?? UNLIMITED);
  const ofChild = readChildLifetime(quick.peerSpi, payload) ?? UNLIMITED;
  quick.lifetime = shorterLifetime(quick.lifetime, ofChild);
}

/** prf(SKEYID_a, M-ID | between | rest): the hash of phase 2 and informational messages (RFC 2409 §5.5, §5.7). */
export function hashOver(sa: IsakmpSa, messageId: number, between: Uint8Array, rest: Uint8Array): Uint8Array {
  return hashOf(sa).hmac(keysOf(sa).skeyidA, passingOctets(uint32Octets(messageId), between, rest));
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
  const own = ownLifetime(policy);
  quick.lifetime = shorterLifetime(own, choice.lifetime);
  quick.isLifetimeShortened = isShorterLifetime(own, choice.lifetime);
  quick.hasCommitBit = policy.commitBit === true;
  quick.choice = choice;
  quick.transform = choice.transform;
  quick.peerSpi = choice.peerSpi.slice();
  quick.nonceI = nonce;
  quick.nonceR = random(NONCE_LENGTH);
  quick.iv = opened.nextIv;
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
  // Quick mode is repeated until it arrives, which an informational message of its own is not.
  if (sa.isLifetimeShortened) payloads.push(phase1LifetimeNotify(sa));
  if (quick.isLifetimeShortened) payloads.push(childLifetimeNotify(quick.ownSpi, quick.lifetime));
  return sealWithHash(sa, quick, quick.nonceI, payloads);
}

/**
 * Adopts shorter lifetimes that the responder tells, of the child SA and of the phase 1 SA.
 * @throws Discard for an unreadable message; Refusal when the answer was not offered, or cannot be run.
 */
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
  const answer = requireEspAnswer(
    requirePayload(payloads, 'security-association'),
    offeredTerms(sa, policy, quick.ownSpi),
    policy.protections ?? ESP_ALONE,
  );
  checkReturnedIdentities(quick, proposedIdentities(payloads));
  if (quick.ownKeyPair !== undefined && answer.transform.group !== undefined) {
    const { data } = requirePayload(payloads, 'key-exchange');
    quick.shared = agree(suite, answer.transform.group, quick.ownKeyPair, data);
  }
  quick.transform = answer.transform;
  quick.peerSpi = answer.peerSpi.slice();
  quick.lifetime = shorterLifetime(ownLifetime(policy), answer.lifetime);
  quick.nonceR = nonce;
  quick.iv = opened.nextIv;
  quick.hasCommitBit = (message.header.flags & HeaderFlag.commit) !== 0;
  for (const payload of payloads) if (payload.kind === 'notification') adoptLifetime(sa, quick, payload);
}

/** HASH(3) = prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b). */
function computeHash3(sa: IsakmpSa, quick: QuickMode): Uint8Array {
  const input = passingOctets(ZERO_OCTET, uint32Octets(quick.messageId), quick.nonceI, quick.nonceR);
  return hashOf(sa).hmac(keysOf(sa).skeyidA, input);
}

export function buildMessage3(sa: IsakmpSa, quick: QuickMode): Uint8Array {
  const input = { exchangeType: EXCHANGE, messageId: quick.messageId, iv: quick.iv };
  const said = saidPayloads(sa, 'quick-3', quick.messageId, []);
  const rest = encodePayloads(said);
  const sealed = sealHashed(sa, input, computeHash3(sa, quick), firstPayloadType(said), rest);
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

/** The responder's SAs of this quick mode, which it names by its SPI, are ready (RFC 2408 §3.14.1). */
export function connectedNotify(quick: QuickMode): NotificationPayload {
  return {
    kind: 'notification',
    doi: Doi.ipsec,
    protocolId: ProtocolId.esp,
    spi: quick.ownSpi,
    notifyType: NotifyType.connected,
    data: NO_OCTETS,
  };
}

/**
 * Some responders send CONNECTED as a fourth message of quick mode: HDR*, HASH, N, whose hash is computed as HASH(1).
 * @throws Discard when the message cannot be read, its hash is wrong, or it says anything else.
 */
export function acceptMessage4(sa: IsakmpSa, quick: QuickMode, message: Incoming): void {
  const opened = openMessage(sa, message.header, message.octets, quick.iv);
  const payloads = checkLeadingHash(sa, opened, quick.messageId, NO_OCTETS);
  const { notifyType } = requirePayload(payloads, 'notification');
  if (notifyType !== NotifyType.connected) {
    throw new Discard('unexpected-state', `CONNECTED is awaited, not notification ${notifyType}`);
  }
}
