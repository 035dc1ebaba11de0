/**
 * What one peer does wrong on purpose: keeps its rules, decides on each occasion, and does what has to be done to
 * messages while they are made. It outlives the peer's crashes, so that no random number is drawn twice.
 */
import { BoundedMap } from '../../ike/bounded-map.ts';
import {
  informationalName,
  type MessageName,
  type NamedHeader,
  nameByHeader,
} from '../../ike/v1/message-name.ts';
import type { MisbehavedSa, Misbehaviour } from '../../ike/v1/misbehaviour.ts';
import { Discard } from '../../ike/v1/refusal.ts';
import type { Payload } from '../../ike/wire/message.ts';
import { ExchangeType } from '../../ike/wire/numbers.ts';
import { toHex } from '../../ike/wire/octets.ts';
import type { Ns } from '../timer.ts';
import {
  canMisuse,
  type DrawBelow,
  hasPayload,
  misusedBodies,
  misuseMessage,
  misusePayloads,
} from './payload-misdeed.ts';
import { MESSAGE_MISDEEDS, type MisbehaviourRule, type Misdeed, PAYLOAD_MISDEEDS } from './rule.ts';

/** Of one peer: exchanges in progress, and phase 1 SAs that it began. */
const REMEMBERED_MAXIMUM = 65_536;

/** Where random choices come from. */
export interface MischiefRandom {
  below: DrawBelow;
  unit(): number;
}

export interface MischiefSetup {
  /** Undefined: somebody else's; places are counted all the same. */
  readonly rules: readonly (MisbehaviourRule | undefined)[];
  readonly random: MischiefRandom;
  /** Beginning of the run on the peer's clock; asked when the first occasion comes. */
  beginningNs(): Ns;
}

export class Mischief implements Misbehaviour {
  readonly drawBelow: DrawBelow = (bound) => this.#setup.random.below(bound);
  nowNs: Ns = 0;
  /** Rules that were followed since somebody last looked, by place. */
  readonly deeds: number[] = [];
  readonly #setup: MischiefSetup;
  readonly #timesDone: number[];
  /** Initiator's cookies of SAs that the peer began. */
  readonly #begun = new BoundedMap<string, true>(REMEMBERED_MAXIMUM);
  /** What was said last under a message ID. */
  readonly #lastSaid = new BoundedMap<number, MessageName>(REMEMBERED_MAXIMUM);
  #saying: MessageName = 'notify';

  constructor(setup: MischiefSetup) {
    this.#setup = setup;
    this.#timesDone = setup.rules.map(() => 0);
  }

  /** What is to be done on an occasion, in order of the rules; nothing is counted before it is asked for. */
  *misdeeds<Type extends Misdeed['type']>(
    types: readonly Type[],
    name: MessageName | undefined,
    isPossible: (misdeed: Extract<Misdeed, { type: Type }>) => boolean = () => true,
  ): Generator<Extract<Misdeed, { type: Type }>> {
    for (const [index, rule] of this.#setup.rules.entries()) {
      if (rule === undefined) continue;
      const { misdeed } = rule;
      if (!(types as readonly string[]).includes(misdeed.type)) continue;
      const fitting = misdeed as Extract<Misdeed, { type: Type }>;
      if (!isPossible(fitting) || !this.#isOccasion(index, rule, name)) continue;
      this.#timesDone[index]!++;
      this.deeds.push(index);
      yield fitting;
    }
  }

  #isOccasion(index: number, rule: MisbehaviourRule, name: MessageName | undefined): boolean {
    const { messages, fromNs, forNs = Infinity, chance, times = Infinity } = rule;
    if (messages !== undefined && (name === undefined || !messages.includes(name))) return false;
    const sinceNs = this.nowNs - this.#setup.beginningNs() - fromNs;
    if (sinceNs < 0 || sinceNs >= forNs || this.#timesDone[index]! >= times) return false;
    return chance >= 1 || this.#setup.random.unit() < chance;
  }

  hasBegun(initiatorCookie: Uint8Array): boolean {
    return this.#begun.get(toHex(initiatorCookie)) === true;
  }

  /** Name of a whole message that the peer sends; undefined where it cannot be told. */
  nameOfSent(header: NamedHeader, messageId: number, isInitiator: boolean): MessageName | undefined {
    return nameByHeader(header, isInitiator) ?? this.#lastSaid.get(messageId);
  }

  say(
    sa: MisbehavedSa,
    name: MessageName,
    messageId: number,
    payloads: readonly Payload[],
  ): readonly Payload[] {
    this.#saying = name;
    if (messageId !== 0) this.#lastSaid.set(messageId, name);
    else if (sa.isInitiator) this.#begun.set(toHex(sa.initiatorCookie), true);
    let said = payloads;
    const ofKind = this.misdeeds(PAYLOAD_MISDEEDS, name, ({ payload }) => hasPayload(said, payload));
    for (const { type, payload } of ofKind) said = misusePayloads(type, payload, said, this.drawBelow);
    const ofMessage = this.misdeeds(MESSAGE_MISDEEDS, name, ({ type }) => canMisuse(type, said));
    for (const { type } of ofMessage) said = misuseMessage(type, said);
    return said;
  }

  prove(hash: Uint8Array): readonly Uint8Array[] | undefined {
    let proofs: readonly Uint8Array[] | undefined;
    const misdeeds = this.misdeeds(
      PAYLOAD_MISDEEDS,
      this.#saying,
      ({ payload }) => payload === 'hash' && proofs?.length !== 0,
    );
    for (const { type } of misdeeds) {
      proofs = (proofs ?? [hash]).flatMap((body) => misusedBodies(type, body, this.drawBelow));
    }
    return proofs;
  }

  hear(exchangeType: number, messageId: number, payloads: readonly Payload[]): void {
    const name = this.#nameOfHeard(exchangeType, messageId, payloads);
    if (name === undefined || !this.ignores(name)) return;
    throw new Discard('ignored', `${name} is not heard, on purpose`);
  }

  /** Whether a message that came shall not be heard. */
  ignores(name: MessageName): boolean {
    for (const _ of this.misdeeds(['ignore'], name)) return true;
    return false;
  }

  /** Messages of phase 1 have their names from the header, and are judged before they get here. */
  #nameOfHeard(
    exchangeType: number,
    messageId: number,
    payloads: readonly Payload[],
  ): MessageName | undefined {
    const said = this.#lastSaid.get(messageId);
    switch (exchangeType) {
      case ExchangeType.quickMode:
        if (said === 'quick-1' || said === 'quick-3') return 'quick-2';
        return payloads.every(({ kind }) => kind === 'hash') ? 'quick-3' : 'quick-1';
      case ExchangeType.transaction:
        return said === 'transaction-1' ? 'transaction-2' : 'transaction-1';
      case ExchangeType.informational:
        return informationalName(payloads);
      default:
        return undefined;
    }
  }
}
