/**
 * Main mode (RFC 2409 §5) with pre-shared keys or signatures, message by message:
 *
 *     1  I -> R  HDR, SA, VID
 *     2  I <- R  HDR, SA, VID
 *     3  I -> R  HDR, KE, Ni [, CERTREQ], NAT-D, NAT-D
 *     4  I <- R  HDR, KE, Nr [, CERTREQ], NAT-D, NAT-D
 *     5  I -> R  HDR*, IDii, HASH_I or CERT and SIG_I [, N(INITIAL-CONTACT)]
 *     6  I <- R  HDR*, IDir, HASH_R or CERT and SIG_R
 *
 * With public key encryption, KE, nonce and ID make up messages 3 and 4, and HASH is all of 5 and 6;
 * see `encrypted-contribution.ts`.
 *
 * `build...` makes a message, `accept...` takes one and changes the SA only when it is good.
 */
import { usesPublicKeyEncryption } from '../authentication.ts';
import { identificationPayload } from '../identity.ts';
import { encodeBody } from '../wire/encode.ts';
import type { Payload } from '../wire/message.ts';
import { ExchangeType } from '../wire/numbers.ts';
import { acceptEncryptedContribution, encryptedContribution } from './encrypted-contribution.ts';
import { openMessage, sealPayloads, type Opened } from './envelope.ts';
import { requireNonce, requirePayload, type Incoming } from './incoming.ts';
import { handshakeOf, type IsakmpSa, type Phase1Setting } from './isakmp-sa.ts';
import { saidPayloads } from './misbehaviour.ts';
import { natDiscoveryPayloads, noteNats, usesNatTraversal } from './nat-traversal.ts';
import {
  acceptIdentity,
  adoptResponderCookie,
  checkBeforeKeys,
  checkChoice,
  choose,
  clearMessage,
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
  return clearMessage(sa, 'main-1', EXCHANGE, [proposal, ...ownVendorIds(setting)]);
}

/** @throws Refusal when nothing offered is acceptable. */
export function acceptMessage1(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  choose(sa, message.payloads, setting);
  adoptVendorIds(sa, message.payloads);
}

export function buildMessage2(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  return clearMessage(sa, 'main-2', EXCHANGE, [saAnswerPayload(sa), ...ownVendorIds(setting)]);
}

/** @throws Refusal when the answer was not offered. */
export function acceptMessage2(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  checkChoice(sa, message.payloads, setting.policy.ike, setting);
  adoptResponderCookie(sa, message.header.responderCookie);
  adoptVendorIds(sa, message.payloads);
}

/** Message 3 of the initiator or 4 of the responder: what the end contributes, and NAT-D. */
function buildKeyExchange(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  const payloads = usesPublicKeyEncryption(sa.authentication)
    ? encryptedContribution(sa, setting)
    : contribution(sa, setting);
  if (usesNatTraversal(sa, setting)) payloads.push(...natDiscoveryPayloads(sa, setting));
  return clearMessage(sa, sa.isInitiator ? 'main-3' : 'main-4', EXCHANGE, payloads);
}

function contribution(sa: IsakmpSa, setting: Phase1Setting): Payload[] {
  const { publicI, publicR, nonceI, nonceR } = handshakeOf(sa);
  return [
    { kind: 'key-exchange', data: sa.isInitiator ? publicI : publicR },
    { kind: 'nonce', data: sa.isInitiator ? nonceI : nonceR },
    ...certificateRequests(sa, setting),
  ];
}

export function buildMessage3(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  contribute(sa, setting, agreedGroup(sa));
  return buildKeyExchange(sa, setting);
}

/** @throws Refusal for a public value that cannot be used. */
export function acceptMessage3(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  acceptContribution(sa, message.payloads, setting);
  checkBeforeKeys(sa, setting, agreedGroup(sa), handshakeOf(sa).publicI);
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
  acceptContribution(sa, message.payloads, setting);
  deriveKeys(sa, setting);
  adoptVendorIds(sa, message.payloads);
  noteNats(sa, message.payloads, setting);
}

/** Takes the other end's KE and nonce, and its ID where that comes with them. */
function acceptContribution(sa: IsakmpSa, payloads: readonly Payload[], setting: Phase1Setting): void {
  if (usesPublicKeyEncryption(sa.authentication)) return acceptEncryptedContribution(sa, payloads, setting);
  const nonce = requireNonce(payloads);
  const publicValue = keyExchangeData(payloads);
  const handshake = handshakeOf(sa);
  if (sa.isInitiator) {
    handshake.nonceR = nonce;
    handshake.publicR = publicValue;
  } else {
    handshake.nonceI = nonce;
    handshake.publicI = publicValue;
  }
}

function agreedGroup(sa: IsakmpSa): number {
  if (sa.transform === undefined) throw new Error('no transform was agreed on yet');
  return sa.transform.group;
}

export function buildMessage5(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  const payloads = identityAndProof(sa, setting);
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
  return sealNext(sa, identityAndProof(sa, setting));
}

/** ID, unless it was said before, and HASH or SIG. */
function identityAndProof(sa: IsakmpSa, setting: Phase1Setting): Payload[] {
  if (usesPublicKeyEncryption(sa.authentication)) return proofPayloads(sa, setting);
  const identification = identificationPayload(setting.policy.identity);
  const handshake = handshakeOf(sa);
  if (sa.isInitiator) handshake.idBodyI = encodeBody(identification);
  else handshake.idBodyR = encodeBody(identification);
  return [identification, ...proofPayloads(sa, setting)];
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
    if (!usesPublicKeyEncryption(sa.authentication))
      acceptIdentity(sa, requirePayload(opened.payloads, 'identification'));
    checkProof(sa, opened.payloads, setting);
  } catch (error) {
    if (error instanceof Refusal) sa.iv = opened.nextIv;
    throw error;
  }
  sa.iv = opened.nextIv;
}

function sealNext(sa: IsakmpSa, payloads: readonly Payload[]): Uint8Array {
  const said = saidPayloads(sa, sa.isInitiator ? 'main-5' : 'main-6', 0, payloads);
  const sealed = sealPayloads(sa, { exchangeType: EXCHANGE, messageId: 0, iv: sa.iv }, said);
  sa.iv = sealed.nextIv;
  return sealed.octets;
}
