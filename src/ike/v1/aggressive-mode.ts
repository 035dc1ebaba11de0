/**
 * Aggressive mode with pre-shared keys or signatures (RFC 2409 §5.1, §5.4), message by message:
 *
 *     1  I -> R  HDR, SA, KE, Ni, IDii [, CERTREQ], VID
 *     2  I <- R  HDR, SA, KE, Nr, IDir, HASH_R or CERT and SIG_R [, CERTREQ], VID, NAT-D, NAT-D
 *     3  I -> R  HDR*, HASH_I or CERT and SIG_I, NAT-D, NAT-D [, N(INITIAL-CONTACT)]
 *
 * Message 3 is sent encrypted; one in clear is accepted, because some clients send it so.
 */
import { identificationPayload } from '../identity.ts';
import type { IkeTransform } from '../transform.ts';
import { encodeBody, encodeMessage } from '../wire/encode.ts';
import type { Payload } from '../wire/message.ts';
import { ExchangeType, HeaderFlag } from '../wire/numbers.ts';
import { openMessage, sealPayloads } from './envelope.ts';
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
import { adoptVendorIds, ownVendorIds } from './vendor-id.ts';

const EXCHANGE = ExchangeType.aggressive;

/** The group cannot be negotiated, because the first message carries KE (RFC 2409 §5): the first choice decides. */
export function transformsOfFirstGroup(transforms: readonly IkeTransform[]): readonly IkeTransform[] {
  const group = transforms[0]?.group;
  return transforms.filter((transform) => transform.group === group);
}

export function buildMessage1(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  const { policy } = setting;
  const transforms = transformsOfFirstGroup(policy.ike);
  const [first] = transforms;
  if (first === undefined) throw new Error('a policy without IKE transforms cannot initiate');
  contribute(sa, setting, first.group);
  const handshake = handshakeOf(sa);
  const identification = identificationPayload(policy.identity);
  handshake.idBodyI = encodeBody(identification);
  const payloads: Payload[] = [
    offer(sa, transforms, policy),
    { kind: 'key-exchange', data: handshake.publicI },
    { kind: 'nonce', data: handshake.nonceI },
    identification,
    ...certificateRequests(sa, setting),
    ...ownVendorIds(setting),
  ];
  return encodeMessage(clearHeader(sa, EXCHANGE), payloads);
}

/** @throws Refusal when nothing offered is acceptable, the public value cannot be used, or there is no key. */
export function acceptMessage1(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  const { payloads } = message;
  const nonce = requireNonce(payloads);
  const publicValue = keyExchangeData(payloads);
  const identification = requirePayload(payloads, 'identification');
  choose(sa, payloads, setting);
  const handshake = handshakeOf(sa);
  adoptVendorIds(sa, payloads);
  handshake.nonceI = nonce;
  handshake.publicI = publicValue;
  acceptIdentity(sa, identification);
  if (sa.transform === undefined) throw new Error('a choice without transform');
  checkBeforeKeys(sa, setting, sa.transform.group, publicValue);
  contribute(sa, setting, sa.transform.group);
  deriveKeys(sa, setting);
}

export function buildMessage2(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  const handshake = handshakeOf(sa);
  const identification = identificationPayload(setting.policy.identity);
  handshake.idBodyR = encodeBody(identification);
  const payloads: Payload[] = [
    saAnswerPayload(sa),
    { kind: 'key-exchange', data: handshake.publicR },
    { kind: 'nonce', data: handshake.nonceR },
    identification,
    ...proofPayloads(sa, setting),
    ...certificateRequests(sa, setting),
    ...ownVendorIds(setting),
  ];
  if (usesNatTraversal(sa, setting)) payloads.push(...natDiscoveryPayloads(sa, setting));
  return encodeMessage(clearHeader(sa, EXCHANGE), payloads);
}

/** @throws Refusal when the answer was not offered, the public value cannot be used, or HASH_R is wrong. */
export function acceptMessage2(sa: IsakmpSa, message: Incoming, setting: Phase1Setting): void {
  const { payloads } = message;
  const nonce = requireNonce(payloads);
  const publicValue = keyExchangeData(payloads);
  const identification = requirePayload(payloads, 'identification');
  requireProof(sa, payloads);
  checkChoice(sa, payloads, transformsOfFirstGroup(setting.policy.ike), setting);
  adoptResponderCookie(sa, message.header.responderCookie);
  const handshake = handshakeOf(sa);
  adoptVendorIds(sa, payloads);
  handshake.nonceR = nonce;
  handshake.publicR = publicValue;
  acceptIdentity(sa, identification);
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
  const sealed = sealPayloads(sa, { exchangeType: EXCHANGE, messageId: 0, iv: sa.iv }, payloads);
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
