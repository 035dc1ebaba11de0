/**
 * What peers ask servers of users and of revocation lists, and what those say: packets of the shape of RADIUS
 * (RFC 2865 §3), whose answer repeats the authenticator of the request. Questions for lists and their answers
 * have codes for experiments (RFC 3575 §2.1), name the authority instead of a user, and the answer carries the list, if
 * there is one, where attributes would stand: a stand-in for HTTP with the same round trip and about the same octets.
 *
 *      0      1          2    4                    20
 *     | code | identifier | length | authenticator | user name (attribute 1), or octets of a list |
 */
import { isSameEndpoint, type Endpoint } from '../ike/endpoint.ts';
import { toHex } from '../ike/wire/octets.ts';
import type { PeerServices, TimerSubject } from './exchange/services.ts';
import type { LifecycleEvent } from './fact.ts';
import type { AskedServer } from './policy.ts';
import { createTimer, type Timer } from './timer.ts';

export const ACCESS_REQUEST = 0x01;
export const ACCESS_ACCEPT = 0x02;
export const LIST_REQUEST = 0xfa;
export const LIST_ANSWER = 0xfb;
export const QUESTION_HEADER_LENGTH = 20;
/** What fits into a datagram with its header. */
export const LIST_OCTETS_MAXIMUM = 65_000;
const AUTHENTICATOR_OFFSET = 4;
const NAME = 0x01;
/** An attribute's length has one octet, and counts its own two. */
const NAME_LENGTH_MAXIMUM = 253;

export type QuestionCode = typeof ACCESS_REQUEST | typeof LIST_REQUEST;

/** A question as its server reads it. */
export interface ReadQuestion {
  readonly code: QuestionCode;
  /** Of the user or authority. */
  readonly name: Uint8Array;
}

/** The packet that asks about `name`, named by 16 random octets. */
export function encodeQuestion(
  code: QuestionCode,
  authenticator: Uint8Array,
  identifier: number,
  name: Uint8Array,
): Uint8Array {
  const said = name.subarray(0, NAME_LENGTH_MAXIMUM);
  const octets = new Uint8Array(QUESTION_HEADER_LENGTH + 2 + said.length);
  octets.set([code, identifier, octets.length >>> 8, octets.length & 0xff]);
  octets.set(authenticator, AUTHENTICATOR_OFFSET);
  octets.set([NAME, 2 + said.length], QUESTION_HEADER_LENGTH);
  octets.set(said, QUESTION_HEADER_LENGTH + 2);
  return octets;
}

/** Undefined for octets that are no question. */
export function decodeQuestion(octets: Uint8Array): ReadQuestion | undefined {
  const [code] = octets;
  if (octets.length < QUESTION_HEADER_LENGTH + 2) return undefined;
  if (code !== ACCESS_REQUEST && code !== LIST_REQUEST) return undefined;
  const end = QUESTION_HEADER_LENGTH + octets[QUESTION_HEADER_LENGTH + 1]!;
  return { code, name: octets.subarray(QUESTION_HEADER_LENGTH + 2, end) };
}

/** The answer to a question, with what it carries. @throws RangeError for more than `LIST_OCTETS_MAXIMUM` octets. */
export function encodeAnswer(question: Uint8Array, carried: Uint8Array = new Uint8Array(0)): Uint8Array {
  if (carried.length > LIST_OCTETS_MAXIMUM) throw new RangeError(`an answer of ${carried.length} octets`);
  const answer = new Uint8Array(QUESTION_HEADER_LENGTH + carried.length);
  answer.set(question.subarray(0, QUESTION_HEADER_LENGTH));
  answer[0] = question[0] === LIST_REQUEST ? LIST_ANSWER : ACCESS_ACCEPT;
  answer.set([answer.length >>> 8, answer.length & 0xff], 2);
  answer.set(carried, QUESTION_HEADER_LENGTH);
  return answer;
}

/** What is asked, and of whom. */
export interface Inquiry {
  readonly code: QuestionCode;
  readonly remote: AskedServer;
  readonly name: Uint8Array;
}

/** Questions of one peer that are open. */
export class ServerQuestions {
  readonly #services: PeerServices;
  /** By authenticator, in hex. */
  readonly #open = new Map<string, Question>();
  #asked = 0;

  constructor(services: PeerServices) {
    this.#services = services;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Asks; `done` hears what the answer carried, or undefined when none came in time. */
  ask(inquiry: Inquiry, done: (carried: Uint8Array | undefined) => void): void {
    const services = this.#services;
    const authenticator = services.setting.random(16);
    const octets = encodeQuestion(inquiry.code, authenticator, this.#asked++ & 0xff, inquiry.name);
    const key = toHex(authenticator);
    const question = new Question(services, inquiry, octets, (carried) => {
      this.#open.delete(key);
      done(carried);
    });
    this.#open.set(key, question);
    question.send();
  }

  /** Something came from `server`. Returns false when nobody waits for it. */
  receive(octets: Uint8Array, server: Endpoint): boolean {
    const [code] = octets;
    if (octets.length < QUESTION_HEADER_LENGTH || (code !== ACCESS_ACCEPT && code !== LIST_ANSWER)) {
      return false;
    }
    const key = toHex(octets.subarray(AUTHENTICATOR_OFFSET, QUESTION_HEADER_LENGTH));
    const question = this.#open.get(key);
    if (question?.isAnsweredBy(code, server) !== true) return false;
    question.answered(octets.subarray(QUESTION_HEADER_LENGTH));
    return true;
  }

  /** Nobody waits for anything any more. */
  abandon(): void {
    for (const question of this.#open.values()) question.abandon();
    this.#open.clear();
  }
}

/** What is counted when something is sent, and when no answer came. */
const EVENTS: Readonly<Record<QuestionCode, readonly [LifecycleEvent, LifecycleEvent]>> = {
  [ACCESS_REQUEST]: ['server-asked', 'server-silent'],
  [LIST_REQUEST]: ['list-asked', 'list-silent'],
};

class Question implements TimerSubject {
  readonly #services: PeerServices;
  readonly #inquiry: Inquiry;
  readonly #octets: Uint8Array;
  readonly #done: (carried: Uint8Array | undefined) => void;
  readonly #timer: Timer;
  #sent = 0;

  constructor(
    services: PeerServices,
    inquiry: Inquiry,
    octets: Uint8Array,
    done: (carried: Uint8Array | undefined) => void,
  ) {
    this.#services = services;
    this.#inquiry = inquiry;
    this.#octets = octets;
    this.#done = done;
    this.#timer = createTimer(services.id, 'access', this);
  }

  send(): void {
    const services = this.#services;
    const { code, remote } = this.#inquiry;
    this.#sent++;
    services.record({ type: 'lifecycle', event: EVENTS[code][0] });
    services.sendPacket(services.endpoint, remote.server, this.#octets);
    services.setTimer(this.#timer, services.nowNs + remote.timeoutNs);
  }

  timerFired(): void {
    const { code, remote } = this.#inquiry;
    if (this.#sent < remote.tries) return this.send();
    this.#services.record({ type: 'lifecycle', event: EVENTS[code][1] });
    this.#done(undefined);
  }

  isAnsweredBy(code: number, server: Endpoint): boolean {
    const expected = this.#inquiry.code === LIST_REQUEST ? LIST_ANSWER : ACCESS_ACCEPT;
    return code === expected && isSameEndpoint(server, this.#inquiry.remote.server);
  }

  answered(carried: Uint8Array): void {
    this.#services.cancelTimer(this.#timer);
    this.#done(carried);
  }

  abandon(): void {
    this.#services.cancelTimer(this.#timer);
  }
}
