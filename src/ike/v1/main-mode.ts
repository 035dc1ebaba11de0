/**
 * Main mode with pre-shared keys or signatures (RFC 2409 §5.1, §5.4), message by message:
 *
 *     1  I -> R  HDR, SA, VID
 *     2  I <- R  HDR, SA, VID
 *     3  I -> R  HDR, KE, Ni [, CERTREQ], NAT-D, NAT-D
 *     4  I <- R  HDR, KE, Nr [, CERTREQ], NAT-D, NAT-D
 *     5  I -> R  HDR*, IDii, HASH_I or CERT and SIG_I [, N(INITIAL-CONTACT)]
 *     6  I <- R  HDR*, IDir, HASH_R or CERT and SIG_R
 *
 * `build...` makes a message, `accept...` takes one and changes the SA only when it is good.
 */
import { identificationPayload } from '../identity.ts';
import { encodeBody, encodeMessage } from '../wire/encode.ts';
import type { Payload } from '../wire/message.ts';
import { ExchangeType } from '../wire/numbers.ts';
import { openMessage, sealPayloads, type Opened } from './envelope.ts';
import { requireNonce, requirePayload, type Incoming } from './incoming.ts';
import { handshakeOf, type IsakmpSa, type Phase1Setting } from './isakmp-sa.ts';
import { natDiscoveryPayloads, noteNats, usesNatTraversal } from './nat-traversal.ts';
import {
  acceptIdentity,
  adoptResponderCookie,
  checkBeforeKeys,
  checkChoice,
  choose,
  clearHeader,
  contribute,
  deriveKeys,
  hasInitialContact,
  initialContact,
  keyExchangeData,
  offer,
  saAnswerPayload,
} from './phase1.ts';
import { certificateRequests, checkProof, proofPayloads, requireProof } from './proof.ts';
import { Refusal } from './refusal.ts';
import { adoptVendorIds, ownVendorIds } from './vendor-id.ts';

const EXCHANGE = ExchangeType.identityProtection;

export function buildMessage1(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  const proposal = offer(sa, setting.policy.ike, setting.policy);
  return encodeMessage(clearHeader(sa, EXCHANGE), [proposal, ...ownVendorIds(setting)]);
}

/** @throws Refusal when nothing offered is acceptable. */
export function acceptMessage1(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  choose(sa, message.payloads, setting);
  adoptVendorIds(sa, message.payloads);
}

export function buildMessage2(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  return encodeMessage(clearHeader(sa, EXCHANGE), [saAnswerPayload(sa), ...ownVendorIds(setting)]);
}

/** @throws Refusal when the answer was not offered. */
export function acceptMessage2(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  checkChoice(sa, message.payloads, setting.policy.ike, setting);
  adoptResponderCookie(sa, message.header.responderCookie);
  adoptVendorIds(sa, message.payloads);
}

/** Message 3 of the initiator or 4 of the responder: key exchange value, nonce and NAT-D. */
function buildKeyExchange(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  const { publicI, publicR, nonceI, nonceR } = handshakeOf(sa);
  const payloads: Payload[] = [
    { kind: 'key-exchange', data: sa.isInitiator ? publicI : publicR },
    { kind: 'nonce', data: sa.isInitiator ? nonceI : nonceR },
    ...certificateRequests(sa, setting),
  ];
  if (usesNatTraversal(sa, setting)) payloads.push(...natDiscoveryPayloads(sa, setting));
  return encodeMessage(clearHeader(sa, EXCHANGE), payloads);
}

export function buildMessage3(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  contribute(sa, setting, agreedGroup(sa));
  return buildKeyExchange(sa, setting);
}

/** @throws Refusal for a public value that cannot be used. */
export function acceptMessage3(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  const nonce = requireNonce(message.payloads);
  const publicValue = keyExchangeData(message.payloads);
  checkBeforeKeys(sa, setting, agreedGroup(sa), publicValue);
  const handshake = handshakeOf(sa);
  handshake.nonceI = nonce;
  handshake.publicI = publicValue;
  contribute(sa, setting, agreedGroup(sa));
  deriveKeys(sa, setting);
  adoptVendorIds(sa, message.payloads);
  noteNats(sa, message.payloads, setting);
}

export function buildMessage4(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  return buildKeyExchange(sa, setting);
}

/** @throws Refusal for a public value that cannot be used, or when there is no key for the responder. */
export function acceptMessage4(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  const nonce = requireNonce(message.payloads);
  const publicValue = keyExchangeData(message.payloads);
  const handshake = handshakeOf(sa);
  handshake.nonceR = nonce;
  handshake.publicR = publicValue;
  deriveKeys(sa, setting);
  adoptVendorIds(sa, message.payloads);
  noteNats(sa, message.payloads, setting);
}

function agreedGroup(sa: IsakmpSa): number {
  if (sa.transform === undefined) throw new Error('no transform was agreed on yet');
  return sa.transform.group;
}

export function buildMessage5(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  const identification = identificationPayload(setting.policy.identity);
  handshakeOf(sa).idBodyI = encodeBody(identification);
  const payloads: Payload[] = [identification, ...proofPayloads(sa, setting)];
  if (setting.policy.initialContact && sa.isFirstContact) payloads.push(initialContact(sa));
  return sealNext(sa, payloads);
}

export interface AcceptedMessage5 {
  readonly hasInitialContact: boolean;
}

/**
 * @throws Discard when the message cannot be read, which a wrong pre-shared key also causes;
 * Refusal when HASH_I is wrong.
 */
export function acceptMessage5(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): AcceptedMessage5 {
  const opened = openMessage(sa, message.header, message.octets, sa.iv);
  acceptIdentityAndProof(sa, opened, setting);
  return { hasInitialContact: hasInitialContact(opened.payloads) };
}

export function buildMessage6(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  const identification = identificationPayload(setting.policy.identity);
  handshakeOf(sa).idBodyR = encodeBody(identification);
  return sealNext(sa, [identification, ...proofPayloads(sa, setting)]);
}

/** @throws Discard when the message cannot be read; Refusal when HASH_R is wrong. */
export function acceptMessage6(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  const opened = openMessage(sa, message.header, message.octets, sa.iv);
  acceptIdentityAndProof(sa, opened, setting);
}

/** @throws Discard, which leaves the SA's IV alone; Refusal, told to the other end with an IV after this message. */
function acceptIdentityAndProof(sa: IsakmpSa, opened: Opened, setting: Phase1Setting): void {
  try {
    requireProof(sa, opened.payloads);
    acceptIdentity(sa, requirePayload(opened.payloads, 'identification'));
    checkProof(sa, opened.payloads, setting);
  } catch (error) {
    if (error instanceof Refusal) sa.iv = opened.nextIv;
    throw error;
  }
  sa.iv = opened.nextIv;
}

function sealNext(sa: IsakmpSa, payloads: readonly Payload[]): Uint8Array {
  const sealed = sealPayloads(sa, { exchangeType: EXCHANGE, messageId: 0, iv: sa.iv }, payloads);
  sa.iv = sealed.nextIv;
  return sealed.octets;
}
