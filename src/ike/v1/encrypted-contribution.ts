/**
 * What an end adds to phase 1 when the method encrypts for the other end (RFC 2409 §5.2, §5.3): KE,
 * nonce and ID in one message, of both modes and both roles. The other end's public key has to be
 * known before.
 *
 * Whatever is wrong with what comes encrypted (padding, a length, an identity that is unknown, a
 * public value that cannot be used), the answer is that of an exchange in which nothing is wrong:
 * a nonce that nobody else knows takes the place of the one that came, so that the keys of the ends
 * differ and HASH is wrong. Whom to answer is not known then; the answer is encrypted with a key of
 * our own. A certificate that is not believed is such a fault, too; what was wrong with it is remembered
 * for this end alone. So every fault costs the same operations, has the same messages of the same lengths as
 * long as the ends' keys have the same, and ends where a wrong nonce ends. With the oracle of the
 * policy each kind of fault has an answer of its own instead.
 */
import type { KnownEnd } from '../authentication-credentials.ts';
import { identificationPayload, isSameIdentity, type Identity } from '../identity.ts';
import type { PublicKey } from '../suite.ts';
import { decodePayload } from '../wire/decode.ts';
import { encodeBody, opaquePayload } from '../wire/encode.ts';
import type { KeyExchangePayload, Payload, UnknownPayload } from '../wire/message.ts';
import { NotifyType, PayloadType } from '../wire/numbers.ts';
import { EncryptedBodyError, type EncryptedBodyFault } from './encrypted-body-error.ts';
import { ENCRYPTION_QUIRKS } from './encryption-quirks.ts';
import { bodyOf, findPayload, requirePayload } from './incoming.ts';
import {
  cipherOf,
  handshakeOf,
  hashOf,
  type EncryptionKeys,
  type EncryptionPolicy,
  type IsakmpSa,
  type OwnEncryptionKey,
  type Phase1Setting,
} from './isakmp-sa.ts';
import type { DecryptionSetting } from './pkcs1.ts';
import {
  certificateHash,
  decryptIdentityAndNonce,
  decryptNonce,
  encryptIdentityAndNonce,
  encryptionRoom,
  encryptNonce,
  findCertificate,
  type IdentityAndNonce,
} from './public-key-encryption.ts';
import { Refusal } from './refusal.ts';
import { decryptRevisedBodies, deriveRevisedKey, encryptRevisedBodies } from './revised-encryption.ts';
import { certificatesIn, keyOfShown, shownCertificates } from './shown-certificate.ts';

const AS_THE_RFC_SAYS: EncryptionPolicy = { quirks: ENCRYPTION_QUIRKS.rfc, oracle: false };

/** How this end encrypts and decrypts. */
export function encryptionPolicyOf({ policy }: Phase1Setting): EncryptionPolicy {
  return policy.encryption ?? AS_THE_RFC_SAYS;
}

/**
 * Makes sure, before the first message, that the last one can be made.
 * @throws Refusal `authentication-failed` when no key of the responder is known, or it is too small for our identity.
 */
export function checkResponderKey(remoteAddress: string, setting: Phase1Setting): void {
  const { publicKey } = requireResponder(remoteAddress, setting);
  const { authentication, identity } = setting.policy;
  const idLength = encodeBody(identificationPayload(identity)).length;
  if (authentication !== 'public-key-encryption' || idLength <= encryptionRoom(publicKey)) return;
  throw new Refusal(
    'authentication-failed',
    `our identification has ${idLength} octets, the responder's key encrypts ${encryptionRoom(publicKey)} at most`,
  );
}

/**
 * KE, nonce and ID of this end, after HASH(1) where that is needed. They were contributed before, and
 * at the responder those of the initiator were accepted.
 */
export function encryptedContribution(sa: IsakmpSa, setting: Phase1Setting): Payload[] {
  const handshake = handshakeOf(sa);
  const [publicValue, nonce, cookie] = sa.isInitiator
    ? [handshake.publicI, handshake.nonceI, sa.initiatorCookie]
    : [handshake.publicR, handshake.nonceR, sa.responderCookie];
  const identification = identificationPayload(setting.policy.identity);
  const idBody = encodeBody(identification);
  if (sa.isInitiator) handshake.idBodyI = idBody;
  else handshake.idBodyR = idBody;
  const keyExchange: KeyExchangePayload = { kind: 'key-exchange', data: publicValue };
  const { key, naming } = recipientOf(sa, setting);
  const encryption = { operations: operationsOf(setting), key, random: setting.random };
  if (sa.authentication === 'public-key-encryption') {
    const encrypted = encryptIdentityAndNonce(encryption, idBody, nonce);
    const rest = [encrypted.identification, encrypted.nonce];
    return sa.mode === 'main' ? [keyExchange, ...naming, ...rest] : [...naming, keyExchange, ...rest];
  }
  const bodies = [
    opaquePayload(keyExchange),
    opaquePayload(identification),
    ...shownCertificates(sa, setting),
  ];
  const revised = revisedCipher(sa, setting, nonce, cookie);
  return [...naming, encryptNonce(encryption, nonce), ...encryptRevisedBodies(revised, bodies)];
}

/** Whose key this end encrypts with, and HASH(1) where the other end has several. */
function recipientOf(sa: IsakmpSa, setting: Phase1Setting): { key: PublicKey; naming: Payload[] } {
  if (!sa.isInitiator) {
    const { peerKey } = handshakeOf(sa);
    if (peerKey === undefined) throw new Error('an answer before the message that it answers');
    return { key: peerKey, naming: [] };
  }
  const { publicKey, certificate } = requireResponder(sa.remote.address, setting);
  if (certificate === undefined) return { key: publicKey, naming: [] };
  return { key: publicKey, naming: [{ kind: 'hash', data: certificateHash(hashOf(sa), certificate) }] };
}

/**
 * Takes KE, nonce and ID of the other end; those of the initiator may come with HASH(1).
 * @throws Discard when one of them is not there; Refusal `invalid-key` for a HASH(1) that means no
 * certificate of ours, and with the oracle for every fault.
 */
export function acceptEncryptedContribution(
  sa: IsakmpSa,
  payloads: readonly Payload[],
  setting: Phase1Setting,
): void {
  const received: ReceivedBodies = {
    keyExchange: requirePayload(payloads, 'key-exchange'),
    nonce: bodyOf(requirePayload(payloads, 'nonce')),
    identification: requirePayload(payloads, 'identification'),
    certificates: certificatesIn(sa, payloads),
  };
  const own = ownKeyFor(sa, payloads, setting);
  const { oracle } = encryptionPolicyOf(setting);
  const opened = withAnswers(() => open(sa, setting, own, received));
  // What is replaced has four octets at least, too.
  const identification = decodePayload(PayloadType.identification, opened.identityBody);
  if (identification.kind !== 'identification') throw new Error('an ID payload is one');
  const identity = { idType: identification.idType, data: identification.data };
  const found = keyOfPeer(sa, setting, identity, opened.certificates);
  if (found instanceof Refusal && oracle) throw found;
  const peerKey = found instanceof Refusal ? undefined : found;
  const handshake = handshakeOf(sa);
  if (found instanceof Refusal && opened.certificates.length > 0) handshake.disbelief = found.cause;
  const secretNonce = hashOf(sa).hmac(own.rejectionSecret, received.nonce);
  const nonce = peerKey === undefined ? secretNonce : opened.nonce;
  handshake.peerKey = peerKey ?? own.publicKey;
  sa.remoteIdentity = identity;
  if (sa.isInitiator) {
    handshake.publicR = opened.publicValue;
    handshake.nonceR = nonce;
    handshake.idBodyR = opened.identityBody;
  } else {
    handshake.publicI = opened.publicValue;
    handshake.nonceI = nonce;
    handshake.idBodyI = opened.identityBody;
  }
}

interface ReceivedBodies {
  readonly keyExchange: KeyExchangePayload;
  readonly nonce: Uint8Array;
  readonly identification: Payload;
  readonly certificates: readonly UnknownPayload[];
}

interface OpenedBodies extends IdentityAndNonce {
  readonly publicValue: Uint8Array;
  readonly certificates: readonly Uint8Array[];
}

/** The key that is known of the other end or that it shows, or why there is none. */
function keyOfPeer(
  sa: IsakmpSa,
  setting: Phase1Setting,
  identity: Identity,
  certificates: readonly Uint8Array[],
): PublicKey | Refusal {
  const { known } = encryptionKeysOf(setting);
  const { address } = sa.remote;
  const key = sa.isInitiator
    ? keyOfExpected(known.responderAt(address), identity)
    : known.keyOfInitiator(identity, address);
  if (key !== undefined) return key;
  if (certificates.length > 0) return keyOfShown(certificates, identity, setting);
  return new Refusal('invalid-id', 'nobody with this identity is known', NotifyType.invalidIdInformation);
}

/** @throws EncryptedBodyError with the oracle only. */
function open(
  sa: IsakmpSa,
  setting: Phase1Setting,
  own: OwnEncryptionKey,
  { keyExchange, nonce: encryptedNonce, identification, certificates }: ReceivedBodies,
): OpenedBodies {
  const { oracle } = encryptionPolicyOf(setting);
  const decryption: DecryptionSetting = {
    operations: operationsOf(setting),
    key: own,
    hash: hashOf(sa),
    oracle,
  };
  if (sa.authentication === 'public-key-encryption') {
    const opened = decryptIdentityAndNonce(decryption, bodyOf(identification), encryptedNonce);
    return { publicValue: keyExchange.data, certificates: [], ...opened };
  }
  const nonce = decryptNonce(decryption, encryptedNonce);
  const cookie = sa.isInitiator ? sa.responderCookie : sa.initiatorCookie;
  const { publicLength } = setting.suite.group(agreedTransform(sa).group);
  const bodies = [opaquePayload(keyExchange), opaquePayload(identification), ...certificates];
  const revised = { ...revisedCipher(sa, setting, nonce, cookie), publicLength, oracle };
  const [publicValue, identityBody, ...shown] = decryptRevisedBodies(revised, bodies);
  if (publicValue === undefined || identityBody === undefined) throw new Error('as many bodies as before');
  return {
    publicValue: publicValue.raw,
    identityBody: identityBody.raw,
    nonce,
    certificates: shown.map(({ raw }) => raw),
  };
}

function keyOfExpected(
  expected: KnownEnd | undefined,
  identity: KnownEnd['identity'],
): PublicKey | undefined {
  return expected !== undefined && isSameIdentity(expected.identity, identity)
    ? expected.publicKey
    : undefined;
}

/** @throws Refusal `invalid-key` for a HASH(1) that means no certificate of ours. */
function ownKeyFor(sa: IsakmpSa, payloads: readonly Payload[], setting: Phase1Setting): OwnEncryptionKey {
  const { own } = encryptionKeysOf(setting);
  const naming = sa.isInitiator ? undefined : findPayload(payloads, 'hash');
  if (naming === undefined) return own[0];
  const certificates = own.map(({ certificate }) => certificate);
  const key = own[findCertificate(hashOf(sa), naming.data, certificates) ?? -1];
  if (key !== undefined) return key;
  const text = 'HASH(1) is of no certificate of ours';
  throw new Refusal('invalid-key', text, NotifyType.invalidKeyInformation);
}

function revisedCipher(sa: IsakmpSa, setting: Phase1Setting, nonce: Uint8Array, cookie: Uint8Array) {
  const cipherKeyLength = agreedTransform(sa).keyBits / 8;
  return {
    cipher: cipherOf(sa),
    key: deriveRevisedKey(hashOf(sa), { nonce, cookie, cipherKeyLength }),
    quirks: encryptionPolicyOf(setting).quirks,
  };
}

/** What the oracle says to each fault; the more kinds of answers, the easier the attack. */
const ORACLE_ANSWERS: Readonly<Record<EncryptedBodyFault, number>> = {
  'no-ciphertext': NotifyType.invalidKeyInformation,
  'block-type': NotifyType.payloadMalformed,
  separator: NotifyType.badProposalSyntax,
  'cipher-blocks': NotifyType.unequalPayloadLengths,
  'cipher-padding': NotifyType.invalidPayloadType,
  'body-length': NotifyType.unequalPayloadLengths,
};

/** @throws Refusal for a fault that the oracle tells. */
function withAnswers<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof EncryptedBodyError)) throw error;
    throw new Refusal('payload-malformed', error.message, ORACLE_ANSWERS[error.fault]);
  }
}

function requireResponder(address: string, setting: Phase1Setting): KnownEnd {
  const responder = encryptionKeysOf(setting).known.responderAt(address);
  if (responder !== undefined) return responder;
  throw new Refusal('authentication-failed', `no public key of ${address} is known`);
}

function agreedTransform({ transform }: IsakmpSa) {
  if (transform === undefined) throw new Error('no transform was agreed on yet');
  return transform;
}

function encryptionKeysOf({ certificates }: Phase1Setting): EncryptionKeys {
  if (certificates?.encryption === undefined) throw new Error('a policy with encryption needs keys for it');
  return certificates.encryption;
}

function operationsOf({ certificates }: Phase1Setting) {
  if (certificates === undefined) throw new Error('a policy with encryption needs certificates');
  return certificates.operations;
}
