/** Steps that main mode and aggressive mode share (RFC 2409 §5). */
import { usesPreSharedKey, usesPublicKeyEncryption } from '../authentication.ts';
import type { Endpoint } from '../endpoint.ts';
import { isSameIdentity, type Identity } from '../identity.ts';
import { isShorterLifetime, shorterLifetime, type Lifetime } from '../lifetime.ts';
import { checkPhase1Answer, offerPhase1, selectPhase1 } from '../phase1-proposal.ts';
import { KeyExchangeError } from '../suite.ts';
import { isSupported, type IkeTransform } from '../transform.ts';
import { encodeBody, encodeMessage } from '../wire/encode.ts';
import type {
  IdentificationPayload,
  NotificationPayload,
  Payload,
  SecurityAssociationPayload,
} from '../wire/message.ts';
import { COOKIE_LENGTH, Doi, NotifyType, PayloadType, ProtocolId, VERSION_1_0 } from '../wire/numbers.ts';
import { concatOctets, isZeroOctets } from '../wire/octets.ts';
import { encryptionPolicyOf } from './encrypted-contribution.ts';
import { bodyOf, requirePayload } from './incoming.ts';
import {
  adoptTransform,
  cipherOf,
  handshakeOf,
  hashOf,
  type IsakmpSa,
  type Phase1Policy,
  type Phase1Setting,
} from './isakmp-sa.ts';
import {
  derivePhase1Iv,
  deriveSkeyidKeys,
  deriveSkeyidPreSharedKey,
  deriveSkeyidSignature,
} from './keymat.ts';
import type { MessageName } from './message-name.ts';
import { saidPayloads } from './misbehaviour.ts';
import { deriveSkeyidEncryption } from './public-key-encryption.ts';
import { Discard, Refusal } from './refusal.ts';

export const NONCE_LENGTH = 32;
const IKE_PORT = 500;

/** A random cookie that is neither zero nor starts like a non-ESP marker (RFC 2408 §2.5.3, RFC 3948 §2.2). */
export function drawCookie(setting: Phase1Setting): Uint8Array {
  for (;;) {
    const cookie = setting.random(COOKIE_LENGTH);
    if (!isZeroOctets(cookie, 4)) return cookie;
  }
}

/** A phase 1 message in clear. */
export function clearMessage(
  sa: IsakmpSa,
  name: MessageName,
  exchangeType: number,
  payloads: readonly Payload[],
): Uint8Array {
  const { initiatorCookie, responderCookie } = sa;
  return encodeMessage(
    { initiatorCookie, responderCookie, version: VERSION_1_0, exchangeType, flags: 0, messageId: 0 },
    saidPayloads(sa, name, 0, payloads),
  );
}

/** Makes the offer and remembers its body, SAi_b. */
export function offer(
  sa: IsakmpSa,
  transforms: readonly IkeTransform[],
  { authentication, ikeLifetimeS, ikeLifetimeKilobytes }: Phase1Policy,
): SecurityAssociationPayload {
  sa.authentication = authentication;
  const payload = offerPhase1(transforms, authentication, ikeLifetimeS, ikeLifetimeKilobytes);
  handshakeOf(sa).saBodyI = encodeBody(payload);
  return payload;
}

/** Chooses from the initiator's offer. @throws Refusal `no-proposal-chosen`. */
export function choose(sa: IsakmpSa, payloads: readonly Payload[], setting: Phase1Setting): void {
  const payload = requirePayload(payloads, 'security-association');
  const accepted = setting.policy.ike.filter((transform) => isSupported(setting.suite, transform));
  const choice = selectPhase1(payload, accepted, setting.policy.acceptedAuthentications);
  if (choice === undefined) {
    throw new Refusal(
      'no-proposal-chosen',
      'no offered transform is acceptable',
      NotifyType.noProposalChosen,
    );
  }
  const handshake = handshakeOf(sa);
  handshake.saBodyI = bodyOf(payload);
  handshake.saAnswer = encodeBody(choice.answer);
  sa.authentication = choice.authentication;
  const own = ownLifetime(setting.policy);
  sa.lifetime = shorterLifetime(own, choice.lifetime);
  sa.isLifetimeShortened = isShorterLifetime(own, choice.lifetime);
  adoptTransform(sa, choice.transform, setting.suite);
}

/** Checks the responder's choice. @throws Refusal `answer-not-offered`. */
export function checkChoice(
  sa: IsakmpSa,
  payloads: readonly Payload[],
  offered: readonly IkeTransform[],
  setting: Phase1Setting,
): void {
  const payload = requirePayload(payloads, 'security-association');
  const { ikeLifetimeS, ikeLifetimeKilobytes } = setting.policy;
  const answer = checkPhase1Answer(payload, offered, sa.authentication, ikeLifetimeS, ikeLifetimeKilobytes);
  if (answer === undefined) {
    throw new Refusal('answer-not-offered', 'the responder chose a transform that was not offered');
  }
  sa.lifetime = shorterLifetime(ownLifetime(setting.policy), answer.lifetime);
  adoptTransform(sa, answer.transform, setting.suite);
}

function ownLifetime({ ikeLifetimeS, ikeLifetimeKilobytes = Infinity }: Phase1Policy): Lifetime {
  return { seconds: ikeLifetimeS, kilobytes: ikeLifetimeKilobytes };
}

/**
 * Refuses at once what cannot come to anything, so that nobody makes us compute for nothing.
 * @throws Refusal `invalid-key` for a public value of a wrong length, `authentication-failed` without a pre-shared key.
 */
export function checkBeforeKeys(
  sa: IsakmpSa,
  setting: Phase1Setting,
  group: number,
  publicValue: Uint8Array,
): void {
  if (publicValue.length !== setting.suite.group(group).publicLength) {
    throw new Refusal('invalid-key', 'the public value has a wrong length', NotifyType.invalidKeyInformation);
  }
  if (usesPreSharedKey(sa.authentication)) requirePreSharedKey(sa, setting);
}

function requirePreSharedKey(sa: IsakmpSa, setting: Phase1Setting): Uint8Array {
  const preSharedKey = setting.preSharedKey(sa.remote.address, sa.remoteIdentity);
  if (preSharedKey !== undefined) return preSharedKey;
  throw new Refusal(
    'authentication-failed',
    'no pre-shared key for the other end',
    NotifyType.authenticationFailed,
  );
}

/** Makes our key pair for the agreed group and nonce, and remembers them on our side. */
export function contribute(sa: IsakmpSa, setting: Phase1Setting, group: number): void {
  const handshake = handshakeOf(sa);
  const exchange = setting.suite.group(group);
  handshake.ownKeyPair = exchange.generate(setting.random(exchange.seedLength));
  const nonce = setting.random(NONCE_LENGTH);
  if (sa.isInitiator) {
    handshake.publicI = handshake.ownKeyPair.publicValue;
    handshake.nonceI = nonce;
  } else {
    handshake.publicR = handshake.ownKeyPair.publicValue;
    handshake.nonceR = nonce;
  }
}

/**
 * Computes g^xy, SKEYID and what follows from it, and the first IV.
 * @throws Refusal `invalid-key` for a bad public value, `authentication-failed` without a pre-shared key.
 */
export function deriveKeys(sa: IsakmpSa, setting: Phase1Setting): void {
  const handshake = handshakeOf(sa);
  const { transform } = sa;
  if (transform === undefined || handshake.ownKeyPair === undefined)
    throw new Error('keys before key exchange');
  const exchange = setting.suite.group(transform.group);
  const peerPublic = sa.isInitiator ? handshake.publicR : handshake.publicI;
  let shared: Uint8Array;
  try {
    shared = exchange.agree(handshake.ownKeyPair, peerPublic);
  } catch (error) {
    if (!(error instanceof KeyExchangeError)) throw error;
    if (!hidesFaults(sa, setting)) {
      throw new Refusal('invalid-key', error.message, NotifyType.invalidKeyInformation);
    }
    // Only we can compute it, so that the keys will differ.
    shared = exchange.agree(handshake.ownKeyPair, handshake.ownKeyPair.publicValue);
    if (sa.isInitiator) handshake.nonceR = shared;
    else handshake.nonceI = shared;
  }
  const hash = hashOf(sa);
  const { skeyid, skeyidD, skeyidA, skeyidE, cipherKey } = deriveSkeyidKeys(hash, {
    skeyid: deriveSkeyid(sa, setting, shared),
    shared,
    initiatorCookie: sa.initiatorCookie,
    responderCookie: sa.responderCookie,
    cipherKeyLength: transform.keyBits / 8,
  });
  handshake.skeyid = skeyid;
  handshake.skeyidE = skeyidE;
  sa.keys = { skeyidD, skeyidA, cipherKey };
  sa.iv = derivePhase1Iv(hash, handshake.publicI, handshake.publicR, cipherOf(sa).blockLength);
}

/** A public value that came encrypted must not be answered otherwise than one that was made of another nonce. */
function hidesFaults(sa: IsakmpSa, setting: Phase1Setting): boolean {
  return sa.authentication === 'revised-public-key-encryption' && !encryptionPolicyOf(setting).oracle;
}

/** SKEYID by the agreed method (RFC 2409 §5). @throws Refusal without a pre-shared key where one is needed. */
function deriveSkeyid(sa: IsakmpSa, setting: Phase1Setting, shared: Uint8Array): Uint8Array {
  const { nonceI, nonceR } = handshakeOf(sa);
  if (usesPublicKeyEncryption(sa.authentication)) {
    const { initiatorCookie, responderCookie } = sa;
    const { quirks } = encryptionPolicyOf(setting);
    return deriveSkeyidEncryption(hashOf(sa), quirks, { nonceI, nonceR, initiatorCookie, responderCookie });
  }
  if (!usesPreSharedKey(sa.authentication)) return deriveSkeyidSignature(hashOf(sa), shared, nonceI, nonceR);
  return deriveSkeyidPreSharedKey(hashOf(sa), requirePreSharedKey(sa, setting), nonceI, nonceR);
}

/** Takes the identity of the other end from its ID payload. */
export function acceptIdentity(sa: IsakmpSa, payload: IdentificationPayload): void {
  const identity: Identity = { idType: payload.idType, data: payload.data.slice() };
  if (sa.remoteIdentity !== undefined && !isSameIdentity(sa.remoteIdentity, identity)) {
    throw new Refusal('invalid-id', 'the other end changed its identity', NotifyType.invalidIdInformation);
  }
  sa.remoteIdentity = identity;
  const handshake = handshakeOf(sa);
  if (sa.isInitiator) handshake.idBodyR = bodyOf(payload);
  else handshake.idBodyI = bodyOf(payload);
}

/** INITIAL-CONTACT (RFC 2407 §4.6.3.3): the SPI is the pair of cookies. */
export function initialContact(sa: IsakmpSa): NotificationPayload {
  return {
    kind: 'notification',
    doi: Doi.ipsec,
    protocolId: ProtocolId.isakmp,
    spi: concatOctets(sa.initiatorCookie, sa.responderCookie),
    notifyType: NotifyType.initialContact,
    data: new Uint8Array(0),
  };
}

export function hasInitialContact(payloads: readonly Payload[]): boolean {
  return payloads.some(
    (payload) => payload.kind === 'notification' && payload.notifyType === NotifyType.initialContact,
  );
}

/** The responder's cookie comes with its first message and must not be zero. @throws Discard `malformed`. */
export function adoptResponderCookie(sa: IsakmpSa, cookie: Uint8Array): void {
  if (isZeroOctets(cookie)) throw new Discard('malformed', 'the responder cookie is zero');
  sa.responderCookie = cookie.slice();
}

/**
 * Goes over to the NAT port, with the non-ESP marker (RFC 3947 §4). Our own port moves only from
 * 500; a source port that is neither can as well stay, as it would behind a NAT.
 */
export function floatPorts(sa: IsakmpSa, natPort: number): void {
  sa.isNatted = true;
  if (sa.hasMarker) return;
  sa.hasMarker = true;
  sa.remote = withPort(sa.remote, natPort);
  if (sa.own.port === IKE_PORT) sa.own = withPort(sa.own, natPort);
}

function withPort(endpoint: Endpoint, port: number): Endpoint {
  return { ...endpoint, port };
}

/** Lets go of what only phase 1 needed. */
export function finishPhase1(sa: IsakmpSa): void {
  sa.handshake = undefined;
}

/** The KE data of the other end. */
export function keyExchangeData(payloads: readonly Payload[]): Uint8Array {
  return requirePayload(payloads, 'key-exchange').data;
}

export function saAnswerPayload(sa: IsakmpSa): Payload {
  const { saAnswer } = handshakeOf(sa);
  if (saAnswer === undefined) throw new Error('no transform was chosen yet');
  return { kind: 'unknown', type: PayloadType.securityAssociation, raw: saAnswer };
}
