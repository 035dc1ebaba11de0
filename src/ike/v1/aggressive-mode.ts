/**
 * Aggressive mode (RFC 2409 §5) with pre-shared keys or signatures, message by message:
 *
 *     1  I -> R  HDR, SA, KE, Ni, IDii [, CERTREQ], VID
 *     2  I <- R  HDR, SA, KE, Nr, IDir, HASH_R or CERT and SIG_R [, CERTREQ], VID, NAT-D, NAT-D
 *     3  I -> R  HDR*, HASH_I or CERT and SIG_I, NAT-D, NAT-D [, N(INITIAL-CONTACT)]
 *
 * With public key encryption, KE, nonce and ID are encrypted; see `encrypted-contribution.ts`.
 * Message 3 is sent encrypted; one in clear is accepted, because some clients send it so.
 */
import { usesPublicKeyEncryption, type Authentication } from '../authentication.ts';
import { identificationPayload } from '../identity.ts';
import type { IkeTransform } from '../transform.ts';
import { encodeBody } from '../wire/encode.ts';
import type { Payload } from '../wire/message.ts';
import { ExchangeType, HeaderFlag } from '../wire/numbers.ts';
import { acceptEncryptedContribution, encryptedContribution } from './encrypted-contribution.ts';
import { openMessage, sealPayloads } from './envelope.ts';
import { requireNonce, requirePayload, type Incoming } from './incoming.ts';
import { adoptTransform, handshakeOf, type IsakmpSa, type Phase1Setting } from './isakmp-sa.ts';
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
import { adoptVendorIds, ownVendorIds } from './vendor-id.ts';

const EXCHANGE = ExchangeType.aggressive;

/**
 * What can be offered: the group cannot be negotiated, because the first message carries KE, nor
 * with public key encryption the hash and cipher, which that message is made with (RFC 2409 §5).
 * The first choice decides.
 */
export function offerableTransforms(
  transforms: readonly IkeTransform[],
  authentication: Authentication,
): readonly IkeTransform[] {
  if (usesPublicKeyEncryption(authentication)) return transforms.slice(0, 1);
  const group = transforms[0]?.group;
  return transforms.filter((transform) => transform.group === group);
}

export function buildMessage1(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  const { policy } = setting;
  const transforms = offerableTransforms(policy.ike, policy.authentication);
  const [first] = transforms;
  if (first === undefined) throw new Error('a policy without IKE transforms cannot initiate');
  contribute(sa, setting, first.group);
  const offered = offer(sa, transforms, policy);
  if (usesPublicKeyEncryption(sa.authentication)) adoptTransform(sa, first, setting.suite);
  const payloads = [offered, ...contribution(sa, setting)];
  payloads.push(...certificateRequests(sa, setting), ...ownVendorIds(setting));
  return clearMessage(sa, 'aggressive-1', EXCHANGE, payloads);
}

/** KE, nonce and ID of this end. */
function contribution(sa: IsakmpSa, setting: Phase1Setting): Payload[] {
  if (usesPublicKeyEncryption(sa.authentication)) return encryptedContribution(sa, setting);
  const handshake = handshakeOf(sa);
  const identification = identificationPayload(setting.policy.identity);
  if (sa.isInitiator) handshake.idBodyI = encodeBody(identification);
  else handshake.idBodyR = encodeBody(identification);
  return [
    { kind: 'key-exchange', data: sa.isInitiator ? handshake.publicI : handshake.publicR },
    { kind: 'nonce', data: sa.isInitiator ? handshake.nonceI : handshake.nonceR },
    identification,
  ];
}

/** Makes sure that KE, nonce and ID are there, before anything is taken from the message. @throws Discard */
function requireContribution(sa: IsakmpSa, payloads: readonly Payload[]): void {
  for (const kind of ['key-exchange', 'nonce', 'identification'] as const) requirePayload(payloads, kind);
  if (!usesPublicKeyEncryption(sa.authentication)) requireNonce(payloads);
}

/** Takes KE, nonce and ID of the other end. @throws Discard when one is not there; Refusal as the method has it. */
function acceptContribution(sa: IsakmpSa, payloads: readonly Payload[], setting: Phase1Setting): void {
  if (usesPublicKeyEncryption(sa.authentication)) return acceptEncryptedContribution(sa, payloads, setting);
  const nonce = requireNonce(payloads);
  const publicValue = keyExchangeData(payloads);
  const identification = requirePayload(payloads, 'identification');
  const handshake = handshakeOf(sa);
  if (sa.isInitiator) {
    handshake.nonceR = nonce;
    handshake.publicR = publicValue;
  } else {
    handshake.nonceI = nonce;
    handshake.publicI = publicValue;
  }
  acceptIdentity(sa, identification);
}

/** @throws Refusal when nothing offered is acceptable, the public value cannot be used, or there is no key. */
export function acceptMessage1(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  const { payloads } = message;
  choose(sa, payloads, setting);
  adoptVendorIds(sa, payloads);
  acceptContribution(sa, payloads, setting);
  if (sa.transform === undefined) throw new Error('a choice without transform');
  checkBeforeKeys(sa, setting, sa.transform.group, handshakeOf(sa).publicI);
  contribute(sa, setting, sa.transform.group);
  deriveKeys(sa, setting);
}

export function buildMessage2(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  const payloads: Payload[] = [
    saAnswerPayload(sa),
    ...contribution(sa, setting),
    ...proofPayloads(sa, setting),
    ...certificateRequests(sa, setting),
    ...ownVendorIds(setting),
  ];
  if (usesNatTraversal(sa, setting)) payloads.push(...natDiscoveryPayloads(sa, setting));
  return clearMessage(sa, 'aggressive-2', EXCHANGE, payloads);
}

/** @throws Refusal when the answer was not offered, the public value cannot be used, or HASH_R is wrong. */
export function acceptMessage2(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  const { payloads } = message;
  requireContribution(sa, payloads);
  requireProof(sa, payloads);
  checkChoice(sa, payloads, offerableTransforms(setting.policy.ike, sa.authentication), setting);
  adoptResponderCookie(sa, message.header.responderCookie);
  adoptVendorIds(sa, payloads);
  acceptContribution(sa, payloads, setting);
  deriveKeys(sa, setting);
  checkProof(sa, payloads, setting);
  noteNats(sa, payloads, setting);
}

/** `discoveries` are made before ports float, because they tell of the endpoints used so far. */
export function buildMessage3(
  sa: IsakmpSa,
  setting: Phase1Setting,
  discoveries: readonly Payload[],
): Uint8Array {
  const payloads: Payload[] = [...proofPayloads(sa, setting), ...discoveries];
  if (setting.policy.initialContact && sa.isFirstContact) payloads.push(initialContact(sa));
  const said = saidPayloads(sa, 'aggressive-3', 0, payloads);
  const sealed = sealPayloads(sa, { exchangeType: EXCHANGE, messageId: 0, iv: sa.iv }, said);
  sa.iv = sealed.nextIv;
  return sealed.octets;
}

/** NAT-D payloads for message 3, none when one of the ends does not do NAT traversal. */
export function discoveriesForMessage3(sa: IsakmpSa, setting: Phase1Setting): readonly Payload[] {
  return usesNatTraversal(sa, setting) ? natDiscoveryPayloads(sa, setting) : [];
}

export interface AcceptedMessage3 {
  readonly hasInitialContact: boolean;
}

/** @throws Discard when the message cannot be read; Refusal when HASH_I is wrong. */
export function acceptMessage3(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): AcceptedMessage3 {
  const isEncrypted = (message.header.flags & HeaderFlag.encryption) !== 0;
  const opened = isEncrypted ? openMessage(sa, message.header, message.octets, sa.iv) : undefined;
  const payloads = opened?.payloads ?? message.payloads;
  checkProof(sa, payloads, setting);
  if (opened !== undefined) sa.iv = opened.nextIv;
  noteNats(sa, payloads, setting);
  // In clear nothing but the hash is authenticated, and that does not cover the notification.
  return { hasInitialContact: opened !== undefined && hasInitialContact(payloads) };
}
