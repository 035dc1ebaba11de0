/**
 * A peer that does something wrong on purpose, as other implementations do by mistake: what it sends is lost,
 * repeated, changed or late, and some of what comes it does not hear. What has to be done before encryption is
 * done by the same `Mischief` inside the protocol.
 */
import { type NamedHeader, nameByHeader } from '../ike/v1/message-name.ts';
import { hasLengthOfHeader } from '../ike/wire/header.ts';
import { stripNonEspMarker } from '../ike/wire/non-esp-marker.ts';
import { COOKIE_LENGTH, HeaderOffset, PayloadType } from '../ike/wire/numbers.ts';
import { isZeroOctets, uint32At } from '../ike/wire/octets.ts';
import type { Effect } from './effect.ts';
import type { PeerEvent } from './event.ts';
import { misuseDatagram } from './misbehaviour/datagram-misdeed.ts';
import type { Mischief } from './misbehaviour/mischief.ts';
import { DATAGRAM_MISDEEDS, LATE_MISDEEDS } from './misbehaviour/rule.ts';
import { OuterPeer } from './outer-peer.ts';
import type { Peer } from './peer.ts';
import { createTimer, type Ns, type Timer } from './timer.ts';

/** Datagrams that a peer keeps for later. */
const LATE_MAXIMUM = 4096;

type Send = Extract<Effect, { type: 'send' }>;

/** What the first octets of a message say. */
interface Outside extends NamedHeader {
  readonly initiatorCookie: Uint8Array;
  readonly messageId: number;
}

export class MisbehavingPeer extends OuterPeer {
  readonly #mischief: Mischief;
  readonly #wanted: Effect[] = [];
  #late = 0;

  /** `peer` has been made with `mischief` as its misbehaviour. */
  constructor(peer: Peer, mischief: Mischief) {
    super(peer);
    this.#mischief = mischief;
  }

  handle(event: PeerEvent, nowNs: Ns, effects: Effect[]): void {
    this.#mischief.nowNs = nowNs;
    if (event.type === 'timer.fired' && event.timer.kind === 'misbehaviour') {
      this.#late--;
      effects.push(event.timer.subject as Send);
      return;
    }
    if (event.type === 'datagram.received' && this.#ignores(event.octets)) {
      effects.push({ type: 'record', fact: { type: 'dropped', reason: 'ignored' } });
    } else {
      this.inner.handle(event, nowNs, this.#wanted);
      for (const effect of this.#wanted) {
        if (effect.type === 'send') this.#send(effect, nowNs, effects);
        else effects.push(effect);
      }
      this.#wanted.length = 0;
    }
    const { deeds } = this.#mischief;
    for (const rule of deeds) effects.push({ type: 'record', fact: { type: 'misbehaved', rule } });
    deeds.length = 0;
  }

  /** What is encrypted and has no name outside is judged where it is read. */
  #ignores(octets: Uint8Array): boolean {
    const header = outsideOf(octets);
    if (header === undefined) return false;
    const isInitiators = !this.#mischief.hasBegun(header.initiatorCookie);
    const name = nameByHeader(header, isInitiators);
    return name !== undefined && this.#mischief.ignores(name);
  }

  #send(send: Send, nowNs: Ns, effects: Effect[]): void {
    const header = outsideOf(send.octets);
    if (header === undefined) {
      effects.push(send);
      return;
    }
    const isInitiator = this.#mischief.hasBegun(header.initiatorCookie);
    const isFragment = header.nextPayload === PayloadType.fragment;
    const name = isFragment ? undefined : this.#mischief.nameOfSent(header, header.messageId, isInitiator);
    let copies: readonly Uint8Array[] = [send.octets];
    const misdeeds = this.#mischief.misdeeds(
      DATAGRAM_MISDEEDS,
      name,
      ({ type }) => copies.length > 0 && (type !== 'no-retransmission' || send.isRetransmission),
    );
    for (const { type } of misdeeds) {
      copies = copies.flatMap((octets) =>
        misuseDatagram(type, octets, isInitiator, this.#mischief.drawBelow),
      );
    }
    const isRoomLeft = (): boolean => copies.length > 0 && this.#late < LATE_MAXIMUM;
    let isDelayed = false;
    for (const { type, afterNs } of this.#mischief.misdeeds(LATE_MISDEEDS, name, isRoomLeft)) {
      isDelayed ||= type === 'delay';
      for (const octets of copies) this.#sendLater({ ...send, octets }, nowNs + afterNs, effects);
    }
    if (isDelayed) return;
    for (const octets of copies) effects.push(octets === send.octets ? send : { ...send, octets });
  }

  #sendLater(send: Send, dueNs: Ns, effects: Effect[]): void {
    const timer: Timer = createTimer(this.id, 'misbehaviour', send);
    timer.dueNs = dueNs;
    this.#late++;
    effects.push({ type: 'timer.set', timer });
  }
}

/** Undefined for what is no message of IKE, whose length stands in it. */
function outsideOf(datagram: Uint8Array): Outside | undefined {
  const octets = stripNonEspMarker(datagram);
  if (!hasLengthOfHeader(octets)) return undefined;
  return {
    initiatorCookie: octets.subarray(0, COOKIE_LENGTH),
    isFirst: isZeroOctets(octets.subarray(HeaderOffset.responderCookie, 2 * COOKIE_LENGTH)),
    nextPayload: octets[HeaderOffset.nextPayload]!,
    exchangeType: octets[HeaderOffset.exchangeType]!,
    flags: octets[HeaderOffset.flags]!,
    messageId: uint32At(octets, HeaderOffset.messageId),
  };
}
