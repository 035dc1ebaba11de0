/**
 * Fragments of IKEv1 messages, as Cisco and Microsoft send them (MS-IKEE, payload type 0x84):
 * splitting a message into them and putting it together again. Without I/O and clocks: what is
 * incomplete stays until a newer message needs its place, or until the owner forgets all of it.
 */
import { encodeMessage } from './encode.ts';
import { decodeHeader, hasLengthOfHeader } from './header.ts';
import type { FragmentPayload } from './message.ts';
import { GENERIC_HEADER_LENGTH, HEADER_LENGTH } from './numbers.ts';
import { concatOctets, equalOctets } from './octets.ts';
import { FRAGMENT_HEADER_LENGTH } from './payload/fragment.ts';

/** Octets of a fragment's message that are not data. */
const OVERHEAD = HEADER_LENGTH + GENERIC_HEADER_LENGTH + FRAGMENT_HEADER_LENGTH;
/** The number has one octet and counts from 1. */
const MAXIMUM_NUMBER = 255;

export interface FragmentLimits {
  /** Fragments of one message. */
  readonly fragments: number;
  /** Data octets of one message. */
  readonly octets: number;
  /** Messages that are incomplete at one time; the oldest gives way to a new one. */
  readonly messages: number;
  /** Data octets that all who share a budget may hold at one time; absent: no limit. */
  readonly shared?: number;
}

/** More than real peers need: libreswan takes 32 fragments, charon 10,000 octets. */
export const DEFAULT_FRAGMENT_LIMITS: FragmentLimits = { fragments: 64, octets: 65_535, messages: 4 };

/** Octets that the incomplete messages of several reassemblers hold together. */
export class FragmentBudget {
  held = 0;
}

/** Why a fragment was not kept. */
export type FragmentDropReason =
  /** Fragments count from 1. */
  | 'number-zero'
  | 'limit-fragments'
  | 'limit-octets'
  /** Others hold what there is room for. */
  | 'limit-shared'
  /** All fragments are there, but the header of the message speaks of another length. */
  | 'length-mismatch';

export type FragmentOutcome =
  | { readonly type: 'complete'; readonly octets: Uint8Array }
  | { readonly type: 'incomplete' }
  /** The same fragment is there already. */
  | { readonly type: 'duplicate' }
  /** The fragment contradicts older ones of the same id; those were forgotten. */
  | { readonly type: 'restarted' }
  | { readonly type: 'dropped'; readonly reason: FragmentDropReason };

interface PartialMessage {
  /** By number, from 1. */
  readonly parts: Map<number, Uint8Array>;
  octets: number;
  highestNumber: number;
  /** 0 while the last fragment has not come. */
  lastNumber: number;
}

/**
 * Puts the messages of one peer together. Peers reuse one fragment id for all their messages
 * (charon always sends 1), so a fragment that does not fit what is there begins a new message.
 */
export class FragmentReassembler {
  readonly #limits: FragmentLimits;
  readonly #budget: FragmentBudget;
  readonly #messages = new Map<number, PartialMessage>();

  constructor(limits: FragmentLimits = DEFAULT_FRAGMENT_LIMITS, budget = new FragmentBudget()) {
    this.#limits = limits;
    this.#budget = budget;
  }

  /** Messages that are incomplete now. */
  get incompleteMessages(): number {
    return this.#messages.size;
  }

  /** Forgets everything incomplete. */
  clear(): void {
    for (const fragmentId of this.#messages.keys()) this.#forget(fragmentId);
  }

  #forget(fragmentId: number): void {
    this.#budget.held -= this.#messages.get(fragmentId)?.octets ?? 0;
    this.#messages.delete(fragmentId);
  }

  /**
   * Takes one fragment; copies its data, because a view would keep the datagram alive. `complete`
   * carries the octets of the message, header included and as long as the header says.
   */
  add(fragment: FragmentPayload): FragmentOutcome {
    const { fragmentId, number, data } = fragment;
    if (number === 0) return { type: 'dropped', reason: 'number-zero' };
    if (number > this.#limits.fragments) return { type: 'dropped', reason: 'limit-fragments' };

    const earlier = this.#messages.get(fragmentId);
    const same = earlier?.parts.get(number);
    const contradicts = earlier !== undefined && !fits(earlier, fragment);
    if (same !== undefined && !contradicts) return { type: 'duplicate' };

    const message = earlier === undefined || contradicts ? this.#begin(fragmentId) : earlier;
    const { octets: ofMessage, shared = Infinity } = this.#limits;
    if (message.octets + data.length > ofMessage) {
      this.#forget(fragmentId);
      return { type: 'dropped', reason: 'limit-octets' };
    }
    if (this.#budget.held + data.length > shared) {
      if (message.parts.size === 0) this.#forget(fragmentId);
      return { type: 'dropped', reason: 'limit-shared' };
    }
    this.#insert(message, fragment);
    if (message.parts.size === message.lastNumber) return this.#finish(message, fragment);
    return { type: contradicts ? 'restarted' : 'incomplete' };
  }

  #begin(fragmentId: number): PartialMessage {
    this.#forget(fragmentId);
    const [oldest] = this.#messages.keys();
    if (oldest !== undefined && this.#messages.size >= this.#limits.messages) this.#forget(oldest);
    const message: PartialMessage = { parts: new Map(), octets: 0, highestNumber: 0, lastNumber: 0 };
    this.#messages.set(fragmentId, message);
    return message;
  }

  #insert(message: PartialMessage, { number, isLast, data }: FragmentPayload): void {
    message.parts.set(number, data.slice());
    message.octets += data.length;
    this.#budget.held += data.length;
    if (number > message.highestNumber) message.highestNumber = number;
    if (isLast) message.lastNumber = number;
  }

  #finish(message: PartialMessage, newest: FragmentPayload): FragmentOutcome {
    const octets = assemble(message);
    if (hasLengthOfHeader(octets)) {
      this.#forget(newest.fragmentId);
      return { type: 'complete', octets };
    }
    if (message.lastNumber === 1) {
      this.#forget(newest.fragmentId);
      return { type: 'dropped', reason: 'length-mismatch' };
    }
    // A leftover of an earlier message with the same id took part; only the newest is sure to be current.
    this.#insert(this.#begin(newest.fragmentId), newest);
    return { type: 'restarted' };
  }
}

function fits(message: PartialMessage, fragment: FragmentPayload): boolean {
  const { number, isLast, data } = fragment;
  const same = message.parts.get(number);
  if (same !== undefined && !equalOctets(same, data)) return false;
  if (message.lastNumber !== 0) return isLast ? number === message.lastNumber : number < message.lastNumber;
  return isLast ? same === undefined && number > message.highestNumber : true;
}

function assemble(message: PartialMessage): Uint8Array {
  const inOrder: Uint8Array[] = [];
  for (let number = 1; number <= message.lastNumber; number++) {
    inOrder.push(message.parts.get(number) as Uint8Array);
  }
  return concatOctets(...inOrder);
}

export interface SplitOptions {
  /** 16 bits; the same in all fragments. */
  readonly fragmentId: number;
  /** Octets of a fragment's message at most, its ISAKMP header included, a non-ESP marker not. */
  readonly maximumOctets: number;
  /**
   * Exchange type of the fragments' headers. Real peers name that of phase 1 (main or aggressive
   * mode) even for fragments of later exchanges.
   */
  readonly exchangeType: number;
}

/**
 * Messages that carry `message` (a whole ISAKMP message, encrypted or not, without non-ESP
 * marker) in pieces, in order; one piece when it is short. Their headers have the cookies of the
 * message, no flags and message ID 0, as those of charon.
 * @throws RangeError when `maximumOctets` leaves no room for data or more than 255 fragments were needed.
 * @throws WireError when `message` has no valid header.
 */
export function splitIntoFragments(message: Uint8Array, options: SplitOptions): Uint8Array[] {
  const { initiatorCookie, responderCookie, version } = decodeHeader(message);
  const { fragmentId, exchangeType } = options;
  const dataLength = options.maximumOctets - OVERHEAD;
  if (dataLength < 1) throw new RangeError(`a fragment takes more than ${OVERHEAD} octets`);
  const count = Math.ceil(message.length / dataLength);
  if (count > MAXIMUM_NUMBER) throw new RangeError(`${count} fragments, the limit is ${MAXIMUM_NUMBER}`);

  const fields = { initiatorCookie, responderCookie, version, exchangeType, flags: 0, messageId: 0 };
  const messages: Uint8Array[] = [];
  for (let number = 1; number <= count; number++) {
    const data = message.subarray((number - 1) * dataLength, number * dataLength);
    messages.push(
      encodeMessage(fields, [{ kind: 'fragment', fragmentId, number, isLast: number === count, data }]),
    );
  }
  return messages;
}
