/**
 * What a gateway asks a server of users, and what it says: packets of the shape of RADIUS (RFC 2865 §3), whose
 * answer repeats the authenticator of the request. Whether the credentials are right is decided by the
 * gateway's own table once the answer is there; the server's part is the time that it takes.
 *
 *      0      1          2    4                    20
 *     | code | identifier | length | authenticator | user name (attribute 1) |
 */
import type { Endpoint } from '../ike/endpoint.ts';
import { toHex } from '../ike/wire/octets.ts';
import type { PeerServices, TimerSubject } from './exchange/services.ts';
import { createTimer, type Timer } from './timer.ts';

export const ACCESS_REQUEST = 0x01;
export const ACCESS_ACCEPT = 0x02;
export const QUESTION_HEADER_LENGTH = 20;
const AUTHENTICATOR_OFFSET = 4;
const USER_NAME = 0x01;
/** An attribute's length has one octet, and counts its own two. */
const USER_LENGTH_MAXIMUM = 253;

/** The packet that asks for `user`, named by 16 random octets. */
export function encodeQuestion(authenticator: Uint8Array, identifier: number, user: Uint8Array): Uint8Array {
  const name = user.subarray(0, USER_LENGTH_MAXIMUM);
  const octets = new Uint8Array(QUESTION_HEADER_LENGTH + 2 + name.length);
  octets.set([ACCESS_REQUEST, identifier, octets.length >>> 8, octets.length & 0xff]);
  octets.set(authenticator, AUTHENTICATOR_OFFSET);
  octets.set([USER_NAME, 2 + name.length], QUESTION_HEADER_LENGTH);
  octets.set(name, QUESTION_HEADER_LENGTH + 2);
  return octets;
}

/** The answer to a question; undefined for octets that are none. */
export function encodeAnswer(question: Uint8Array): Uint8Array | undefined {
  if (question.length < QUESTION_HEADER_LENGTH || question[0] !== ACCESS_REQUEST) return undefined;
  const answer = question.slice(0, QUESTION_HEADER_LENGTH);
  answer.set([ACCESS_ACCEPT, question[1]!, 0, QUESTION_HEADER_LENGTH]);
  return answer;
}

/** Questions of one gateway that are open. */
export class LoginQuestions {
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

  /** Asks for a user; `done` hears whether the server answered in time. */
  ask(user: Uint8Array, done: (isAnswered: boolean) => void): void {
    const services = this.#services;
    const authenticator = services.setting.random(16);
    const octets = encodeQuestion(authenticator, this.#asked++ & 0xff, user);
    const key = toHex(authenticator);
    const question = new Question(services, octets, (isAnswered) => {
      this.#open.delete(key);
      done(isAnswered);
    });
    this.#open.set(key, question);
    question.send();
  }

  /** Something came from the server. Returns false when nobody waits for it. */
  receive(octets: Uint8Array): boolean {
    if (octets.length < QUESTION_HEADER_LENGTH || octets[0] !== ACCESS_ACCEPT) return false;
    const key = toHex(octets.subarray(AUTHENTICATOR_OFFSET, QUESTION_HEADER_LENGTH));
    const question = this.#open.get(key);
    question?.answered();
    return question !== undefined;
  }

  /** Nobody waits for anything any more. */
  abandon(): void {
    for (const question of this.#open.values()) question.abandon();
    this.#open.clear();
  }
}

class Question implements TimerSubject {
  readonly #services: PeerServices;
  readonly #octets: Uint8Array;
  readonly #done: (isAnswered: boolean) => void;
  readonly #timer: Timer;
  #sent = 0;

  constructor(services: PeerServices, octets: Uint8Array, done: (isAnswered: boolean) => void) {
    this.#services = services;
    this.#octets = octets;
    this.#done = done;
    this.#timer = createTimer(services.id, 'access', this);
  }

  send(): void {
    const services = this.#services;
    const { server, timeoutNs } = this.#remote();
    this.#sent++;
    services.record({ type: 'lifecycle', event: 'server-asked' });
    services.sendPacket(services.endpoint, server, this.#octets);
    services.setTimer(this.#timer, services.nowNs + timeoutNs);
  }

  timerFired(): void {
    if (this.#sent < this.#remote().tries) return this.send();
    this.#services.record({ type: 'lifecycle', event: 'server-silent' });
    this.#done(false);
  }

  answered(): void {
    this.#services.cancelTimer(this.#timer);
    this.#done(true);
  }

  abandon(): void {
    this.#services.cancelTimer(this.#timer);
  }

  #remote(): { readonly server: Endpoint; readonly timeoutNs: number; readonly tries: number } {
    const remote = this.#services.policy.xauth?.server?.remote;
    if (remote === undefined) throw new TypeError('there is no server to ask');
    return remote;
  }
}
