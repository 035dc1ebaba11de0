/**
 * Decrypts the IKEv1 messages of a capture with the phase 1 cipher keys of a table, as Wireshark
 * does: algorithms come from the responder's SA payload, the first IV from the clear KE values.
 *
 * In CBC a message needs nothing of the past but one block of ciphertext, which is in the capture.
 * The expected one is the last block of the message before, in the same exchange; others are tried
 * when that gives no payloads, so that messages may come in another order than they were made,
 * or be repeated with other padding.
 */
import type { CryptoSuite } from '../../src/ike/suite.ts';
import { openMessage, type Opened } from '../../src/ike/v1/envelope.ts';
import {
  adoptTransform,
  cipherOf,
  createIsakmpSa,
  hashOf,
  keysOf,
  type IsakmpSa,
} from '../../src/ike/v1/isakmp-sa.ts';
import { derivePhase1Iv, derivePhase2Iv } from '../../src/ike/v1/keymat.ts';
import { Discard } from '../../src/ike/v1/refusal.ts';
import { decodeMessage } from '../../src/ike/wire/decode.ts';
import { encodeMessageWithBody, encodePayloads, firstPayloadType } from '../../src/ike/wire/encode.ts';
import type { Header, Payload, SecurityAssociationPayload } from '../../src/ike/wire/message.ts';
import { ExchangeType, HEADER_LENGTH, HeaderFlag } from '../../src/ike/wire/numbers.ts';
import { concatOctets, fromHex, isZeroOctets, toHex } from '../../src/ike/wire/octets.ts';
import { WireError } from '../../src/ike/wire/wire-error.ts';
import { agreedTransform } from './agreed-transform.ts';
import type { CapturedDatagram } from './capture.ts';
import { messagesOf, type BrokenDatagram, type CapturedMessage } from './captured-message.ts';

/** Ka by initiator cookie in hex. */
export type KeyTable = ReadonlyMap<string, Uint8Array>;

export interface ClearMessage extends CapturedMessage {
  readonly state: 'clear';
  readonly payloads: readonly Payload[];
}
export interface DecryptedMessage extends CapturedMessage {
  readonly state: 'decrypted';
  readonly sa: IsakmpSa;
  readonly iv: Uint8Array;
  readonly payloads: readonly Payload[];
  /** What follows the last payload, as it came. */
  readonly padding: Uint8Array;
}
export interface UnreadableMessage extends BrokenDatagram {
  readonly state: 'unreadable';
  /** Absent when not even the header can be read. */
  readonly header?: Header;
}
export type WalkedMessage = ClearMessage | DecryptedMessage | UnreadableMessage;

/**
 * Reads the table in which Wireshark keeps IKEv1 keys: `initiator cookie,key` in hex, quoted or
 * not, a line each; `#` begins a comment.
 * @throws Error for another line.
 */
export function parseKeyTable(text: string): KeyTable {
  const table = new Map<string, Uint8Array>();
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, cookie, key] = /^\s*"?([0-9a-f]{16})"?\s*,\s*"?([0-9a-f]+)"?\s*$/i.exec(line) ?? [];
    if (cookie === undefined || key === undefined) throw new Error(`no line of a key table: ${line}`);
    table.set(cookie.toLowerCase(), fromHex(key));
  }
  return table;
}

/** One phase 1 SA as the capture shows it. */
interface Session {
  readonly cookies: string;
  /** Distinct KE values in their order, the initiator's first: nobody answers before he is asked. */
  readonly publicValues: Uint8Array[];
  answer: SecurityAssociationPayload | undefined;
  /** Distinct encrypted messages by exchange, in the order of the capture. */
  readonly chains: Map<string, CapturedMessage[]>;
  /** Made when first needed; the text says why it cannot be made. */
  prepared: PreparedSession | string | undefined;
}

interface PreparedSession {
  readonly sa: IsakmpSa;
  readonly firstIv: Uint8Array;
}

const PHASE_1 = 'phase 1';
const PHASE_1_EXCHANGES: readonly number[] = [
  ExchangeType.base,
  ExchangeType.identityProtection,
  ExchangeType.aggressive,
];

function isEncrypted({ flags }: Header): boolean {
  return (flags & HeaderFlag.encryption) !== 0;
}

function chainOf({ exchangeType, messageId }: Header): string {
  return PHASE_1_EXCHANGES.includes(exchangeType) ? PHASE_1 : String(messageId);
}

/**
 * Every IKEv1 message of a capture in its order. A message with the octets of an earlier one has
 * that one's contents. Messages that cannot be read say why, and do not keep others from being read.
 */
export function decryptCapture(
  datagrams: readonly CapturedDatagram[],
  keys: KeyTable,
  suite: CryptoSuite,
): WalkedMessage[] {
  const captured = messagesOf(datagrams);
  const sessions = new Sessions();
  const clear = new Map<CapturedMessage, readonly Payload[] | string>();
  for (const message of captured) {
    if ('problem' in message || message.repeats !== undefined) continue;
    if (isEncrypted(message.header)) sessions.addEncrypted(message);
    else clear.set(message, sessions.addClear(message));
  }
  const contents = new Map<CapturedMessage, Decrypted | string>();
  const decryptOnce = (message: CapturedMessage): Decrypted | string => {
    const known = contents.get(message) ?? decrypt(sessions.of(message.header), message, keys, suite);
    contents.set(message, known);
    return known;
  };
  return captured.map((message): WalkedMessage => {
    if ('problem' in message) return { state: 'unreadable', ...message };
    const original = message.repeats ?? message;
    const payloads = clear.get(original);
    if (typeof payloads === 'object') return { state: 'clear', ...message, payloads };
    const decrypted = payloads ?? decryptOnce(original);
    if (typeof decrypted === 'object') return { state: 'decrypted', ...message, ...decrypted };
    return { state: 'unreadable', ...message, problem: decrypted };
  });
}

/** The SAs of a capture, found by both cookies. */
class Sessions {
  readonly #sessions = new Map<string, Session>();
  /** KE values of first messages of aggressive mode, by initiator cookie: there is no other cookie yet. */
  readonly #offered = new Map<string, Uint8Array[]>();

  of({ initiatorCookie, responderCookie }: Header): Session {
    const cookies = toHex(initiatorCookie) + toHex(responderCookie);
    const known = this.#sessions.get(cookies);
    if (known !== undefined) return known;
    const publicValues = [...(this.#offered.get(toHex(initiatorCookie)) ?? [])];
    const session = { cookies, publicValues, answer: undefined, chains: new Map(), prepared: undefined };
    this.#sessions.set(cookies, session);
    return session;
  }

  addEncrypted(message: CapturedMessage): void {
    const { chains } = this.of(message.header);
    const name = chainOf(message.header);
    const chain = chains.get(name);
    if (chain === undefined) chains.set(name, [message]);
    else chain.push(message);
  }

  /** Remembers what phase 1 says in clear; the payloads, or why they cannot be read. */
  addClear({ header, octets }: CapturedMessage): readonly Payload[] | string {
    let payloads: readonly Payload[];
    try {
      ({ payloads } = decodeMessage(octets));
    } catch (error) {
      if (error instanceof WireError) return error.message;
      throw error;
    }
    if (!PHASE_1_EXCHANGES.includes(header.exchangeType)) return payloads;
    const values = payloads.flatMap((payload) => (payload.kind === 'key-exchange' ? [payload.data] : []));
    if (isZeroOctets(header.responderCookie)) {
      this.#offered.set(toHex(header.initiatorCookie), values);
      return payloads;
    }
    const session = this.of(header);
    session.publicValues.push(...values);
    session.answer ??= payloads.find((payload) => payload.kind === 'security-association');
    return payloads;
  }
}

type Decrypted = Pick<DecryptedMessage, 'sa' | 'iv' | 'payloads' | 'padding'>;

function decrypt(
  session: Session,
  message: CapturedMessage,
  keys: KeyTable,
  suite: CryptoSuite,
): Decrypted | string {
  session.prepared ??= prepare(session, message, keys, suite);
  if (typeof session.prepared === 'string') return session.prepared;
  const { sa } = session.prepared;
  const body = message.octets.subarray(HEADER_LENGTH);
  if (body.length === 0 || body.length % cipherOf(sa).blockLength !== 0) {
    return `${body.length} octets are no whole number of cipher blocks`;
  }
  for (const iv of candidateIvs(session, session.prepared, message)) {
    const opened = open(sa, message, iv);
    if (opened === undefined) continue;
    const plaintext = cipherOf(sa).decrypt(keysOf(sa).cipherKey, iv, body);
    return { sa, iv, payloads: opened.payloads, padding: plaintext.subarray(opened.chain.length) };
  }
  return 'the key of the table gives no payloads with any IV';
}

/** An SA with nothing but what decryption takes; or why there is none. */
function prepare(
  session: Session,
  { header, datagram }: CapturedMessage,
  keys: KeyTable,
  suite: CryptoSuite,
): PreparedSession | string {
  const cipherKey = keys.get(toHex(header.initiatorCookie));
  if (cipherKey === undefined) return 'the table has no key for the initiator cookie';
  if (session.answer === undefined) return "the responder's SA payload is not in the capture";
  const transform = agreedTransform(session.answer, cipherKey.length);
  if (typeof transform === 'string') return transform;
  const [publicI, publicR] = session.publicValues;
  if (publicI === undefined || publicR === undefined) return 'the key exchange is not in the capture';
  const none = new Uint8Array(0);
  const sa = createIsakmpSa({
    isInitiator: true,
    mode: 'main',
    initiatorCookie: header.initiatorCookie,
    responderCookie: header.responderCookie,
    own: { ...datagram.source, octets: none },
    remote: { ...datagram.destination, octets: none },
    hasMarker: false,
  });
  adoptTransform(sa, transform, suite);
  sa.keys = { skeyidD: none, skeyidA: none, cipherKey };
  return { sa, firstIv: derivePhase1Iv(hashOf(sa), publicI, publicR, cipherOf(sa).blockLength) };
}

/** IVs that a message may have been encrypted with, the likeliest first. */
function* candidateIvs(
  { chains }: Session,
  { sa, firstIv }: PreparedSession,
  message: CapturedMessage,
): Generator<Uint8Array> {
  const { blockLength } = cipherOf(sa);
  const lastBlock = ({ octets }: CapturedMessage): Uint8Array => octets.subarray(-blockLength);
  const earlier = (chain: readonly CapturedMessage[]): Uint8Array[] =>
    chain
      .filter(({ index }) => index < message.index)
      .map(lastBlock)
      .reverse();
  const later = (chain: readonly CapturedMessage[]): Uint8Array[] =>
    chain.filter(({ index }) => index > message.index).map(lastBlock);

  const name = chainOf(message.header);
  const chain = chains.get(name) ?? [];
  const phase1 = chains.get(PHASE_1) ?? [];
  yield* earlier(chain);
  if (name === PHASE_1) {
    yield firstIv;
  } else {
    // Without an encrypted message, phase 1 ends with the IV that it began with.
    for (const base of [...earlier(phase1), firstIv, ...later(phase1)]) {
      yield derivePhase2Iv(hashOf(sa), base, message.header.messageId, blockLength);
    }
  }
  yield* later(chain);
}

/**
 * A wrong IV spoils the first block only, so that what follows may still look like payloads:
 * a HASH payload must have the length of a digest besides.
 */
function open(sa: IsakmpSa, { header, octets }: CapturedMessage, iv: Uint8Array): Opened | undefined {
  try {
    const opened = openMessage(sa, header, octets, iv);
    const { digestLength } = hashOf(sa);
    const fits = opened.payloads.every(({ kind, raw }) => kind !== 'hash' || raw?.length === digestLength);
    return fits ? opened : undefined;
  } catch (error) {
    if (error instanceof Discard) return undefined;
    throw error;
  }
}

/** Encodes and encrypts the decoded payloads again, with the padding as it came. */
export function resealMessage({ sa, header, iv, payloads, padding }: DecryptedMessage): Uint8Array {
  const plaintext = concatOctets(encodePayloads(payloads), padding);
  const ciphertext = cipherOf(sa).encrypt(keysOf(sa).cipherKey, iv, plaintext);
  return encodeMessageWithBody(header, firstPayloadType(payloads), ciphertext);
}
