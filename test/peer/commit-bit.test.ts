/** The commit bit: who waits for CONNECTED, what counts as that, and what happens when it never comes. */
import { describe, expect, it } from 'vitest';
import { PORT_OF_ESP } from '../../src/ike/endpoint.ts';
import { connectedNotify, createQuickMode, hashOver } from '../../src/ike/v1/quick-mode.ts';
import { sealHashed } from '../../src/ike/v1/envelope.ts';
import { cipherOf } from '../../src/ike/v1/isakmp-sa.ts';
import { decodeHeader } from '../../src/ike/wire/header.ts';
import { encodePayloads } from '../../src/ike/wire/encode.ts';
import { ExchangeType, HeaderFlag, NotifyType, PayloadType } from '../../src/ike/wire/numbers.ts';
import type { QuickModeInitiator } from '../../src/peer/exchange/quick-mode-exchange.ts';
import type { IkePeer } from '../../src/peer/ike-peer.ts';
import type { SaEntry } from '../../src/peer/sa-entry.ts';
import { NS_PER_MS, NS_PER_S } from '../../src/peer/timer.ts';
import { Pair, type OnWire, type PairSetup, type Wire } from '../harness/pair.ts';

/** Numbers of datagrams in main mode with one quick mode, none lost. */
const MESSAGE_2 = 7;
const MESSAGE_3 = 8;
const CONNECTED = 9;

function committing(setup: PairSetup = {}): Pair {
  return new Pair({ ...setup, responder: { commitBit: true, ...setup.responder } });
}

function headerOf({ octets }: OnWire) {
  return decodeHeader(octets);
}

function dropsOf(pair: Pair, by: 'initiator' | 'responder'): string[] {
  return pair.factsOf('dropped', by).map(({ reason }) => reason);
}

function entryOf(pair: Pair, by: 'initiator' | 'responder'): SaEntry {
  const [entry] = [...(pair[by] as IkePeer).table];
  if (entry === undefined) throw new Error('there is no SA');
  return entry;
}

/** Runs something of a peer as part of an event. */
function within(pair: Pair, by: 'initiator' | 'responder', action: () => void): void {
  const subject = { timerFired: action };
  pair.feed(pair[by], {
    type: 'timer.fired',
    timer: { kind: 'rekey', peer: pair[by].id, subject, dueNs: 0, slot: -1 },
  });
}

function isConnected(datagram: OnWire): boolean {
  if (datagram.fromInitiator || datagram.from.port === PORT_OF_ESP) return false;
  return headerOf(datagram).exchangeType === ExchangeType.informational;
}

const withoutConnected: Wire = (datagram) => (isConnected(datagram) ? [] : [datagram]);

describe('a responder that sets the commit bit', () => {
  it('does so in message 2 alone, and says CONNECTED under the message ID of quick mode', () => {
    const pair = committing().connect().run(NS_PER_S);
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.sent).toHaveLength(10);
    const flags = pair.sent.map((datagram) => headerOf(datagram).flags & HeaderFlag.commit);
    expect(flags.map((flag) => flag !== 0)).toEqual(pair.sent.map(({ index }) => index === MESSAGE_2));
    const [message2, connected] = [MESSAGE_2, CONNECTED].map((index) => headerOf(pair.sent[index]!));
    expect(connected).toMatchObject({
      exchangeType: ExchangeType.informational,
      messageId: message2!.messageId,
    });
    expect(pair.childKeys('initiator')).toEqual(pair.childKeys('responder'));
    for (const timer of pair.armedTimers) expect(timer.kind).toBe('lifetime');
  });

  it('is the only one: by default nobody does', () => {
    const pair = new Pair().connect().run(NS_PER_S);
    expect(pair.sent).toHaveLength(9);
    for (const datagram of pair.sent) expect(headerOf(datagram).flags & HeaderFlag.commit).toBe(0);
  });

  it('does so whenever it responds, in every quick mode of an SA and in rekeying', () => {
    const rekey = { marginNs: 5 * NS_PER_S, fuzz: 1 };
    const pair = committing({ initiator: { children: 3, espLifetimeS: 40, rekey } });
    pair.connect().run(100 * NS_PER_S);
    const connected = pair.sent.filter((datagram) => isConnected(datagram));
    expect(pair.factsOf('phase2.established')).toHaveLength(3);
    expect(pair.factsOf('lifecycle').length).toBeGreaterThanOrEqual(6);
    expect(new Set(pair.factsOf('lifecycle').map(({ event }) => event))).toEqual(new Set(['phase2-rekeyed']));
    expect(connected.length).toBeGreaterThanOrEqual(9);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([3, 3]);
  });

  it('says CONNECTED again when message 3 comes again, which starts nothing new', () => {
    const wire: Wire = (datagram) =>
      datagram.index === MESSAGE_3
        ? [datagram, { ...datagram, delayNs: NS_PER_S }, { ...datagram, delayNs: 60 * NS_PER_S }]
        : [datagram];
    const pair = committing({ wire }).connect().run();
    expect(pair.sent.filter(isConnected).map(({ isRetransmission }) => isRetransmission)).toEqual([
      false,
      true,
      true,
    ]);
    expect(pair.responder.childCount).toBe(1);
    expect(dropsOf(pair, 'initiator')).toEqual(['duplicate', 'duplicate']);
  });

  it('does not hear its own CONNECTED when somebody sends it back', () => {
    const pair = committing().connect().run(NS_PER_S);
    const { octets, to: from, from: to } = pair.sent[CONNECTED]!;
    pair.feed(pair.responder, { type: 'datagram.received', from, to, octets });
    expect(dropsOf(pair, 'responder')).toEqual(['duplicate']);
  });
});

describe('an initiator that finds the commit bit', () => {
  it('has no child SA before CONNECTED comes', () => {
    const late: Wire = (datagram) =>
      datagram.index === CONNECTED ? [{ ...datagram, delayNs: NS_PER_S }] : [datagram];
    const pair = committing({ wire: late })
      .connect()
      .run(500 * NS_PER_MS);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([0, 1]);
    expect(pair.factsOf('negotiation.succeeded')).toEqual([]);
    pair.run(2 * NS_PER_S);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([1, 1]);
    expect(pair.hasSucceeded).toBe(true);
  });

  it('repeats message 3 when CONNECTED is lost, until it has it', () => {
    const wire: Wire = (datagram) => (datagram.index === CONNECTED ? [] : [datagram]);
    const pair = committing({ wire }).connect().run();
    expect(pair.hasSucceeded).toBe(true);
    const [again] = pair.sent.filter(({ isRetransmission }) => isRetransmission);
    expect(again!.octets).toEqual(pair.sent[MESSAGE_3]!.octets);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([1, 1]);
  });

  it('gives up with timeout-phase2 when it never comes, and takes the SAs of the other end down', () => {
    const pair = committing({ wire: withoutConnected });
    pair.connect().run();
    expect(pair.failureCause).toBe('timeout-phase2');
    expect(
      pair.sent.filter(({ isRetransmission, fromInitiator }) => isRetransmission && fromInitiator),
    ).toHaveLength(5);
    for (const peer of [pair.initiator, pair.responder]) {
      expect([peer.phase1Count, peer.childCount]).toEqual([0, 0]);
    }
    expect(pair.armedTimers).toEqual([]);
  });

  it('waits in vain where somebody else set it, since nothing authenticates the header', () => {
    const wire: Wire = (datagram) => {
      if (datagram.index !== MESSAGE_2) return [datagram];
      const octets = datagram.octets.slice();
      octets[19]! |= HeaderFlag.commit;
      return [{ octets }];
    };
    const pair = new Pair({ wire }).connect().run();
    expect(pair.failureCause).toBe('timeout-phase2');
    expect([pair.initiator.phase1Count, pair.responder.phase1Count]).toEqual([0, 0]);
  });

  it('of a rekeying keeps the old child SA when it never comes, and the other end has no more than that', () => {
    const rekey = { marginNs: 50 * NS_PER_S, fuzz: 0 };
    let count = 0;
    const wire: Wire = (datagram) =>
      datagram.index > CONNECTED && isConnected(datagram) && count++ < 6 ? [] : [datagram];
    const retransmit = { firstNs: NS_PER_S, factor: 1, maximumNs: NS_PER_S, tries: 5 };
    const pair = committing({ wire, initiator: { espLifetimeS: 100, rekey, retransmit } });
    pair.connect().run(90 * NS_PER_S);
    expect(pair.factsOf('lifecycle').map(({ event }) => event)).toEqual(['rekey-failed']);
    expect(pair.childKeys('initiator')).toHaveLength(2);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([1, 1]);
    expect(entryOf(pair, 'responder').children[0]!.child.inbound.spi).toEqual(
      entryOf(pair, 'initiator').children[0]!.child.outbound.spi,
    );
  });

  it('takes protected traffic for it, whose first packet is not lost', () => {
    const pair = committing({ wire: withoutConnected }).connect().run(NS_PER_S);
    expect(pair.initiator.childCount).toBe(0);
    const ping = { count: 1, intervalNs: NS_PER_S, timeoutNs: NS_PER_S, dataOctets: 56 };
    within(pair, 'responder', () => {
      const { data } = pair.responder as IkePeer;
      data.startPings(ping, { number: 9, plannedNs: 0 }, () => entryOf(pair, 'responder'));
    });
    pair.run(3 * NS_PER_S);
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.factsOf('responder.echo', 'initiator')).toHaveLength(1);
    expect(pair.factsOf('ping.answered', 'responder')).toHaveLength(1);
    expect(dropsOf(pair, 'initiator')).toEqual([]);
  });

  it('takes no traffic for it that anybody could have sent', () => {
    const pair = committing({ wire: withoutConnected }).connect().run(NS_PER_S);
    const { messageId } = headerOf(pair.sent[MESSAGE_3]!);
    const exchange = entryOf(pair, 'initiator').quickModes.get(messageId) as QuickModeInitiator;
    const octets = new Uint8Array(120);
    octets.set(exchange.child!.inbound.spi);
    octets[7] = 1;
    const from = pair.responder.endpoint;
    const to = { ...pair.initiator.endpoint, port: PORT_OF_ESP };
    pair.feed(pair.initiator, { type: 'datagram.received', from, to, octets });
    octets[0]! ^= 1;
    pair.feed(pair.initiator, { type: 'datagram.received', from, to, octets });
    expect(dropsOf(pair, 'initiator')).toEqual(['esp-wrong-icv', 'esp-unknown-sa']);
    expect(exchange.state).toBe('awaitingConnected');
  });

  it.each([
    ['CONNECTED', NotifyType.connected, true],
    ['something else', NotifyType.initialContact, false],
  ])(
    'takes a fourth message of quick mode that says %s as others send it: %s',
    (_what, notifyType, isTaken) => {
      const pair = committing({ wire: withoutConnected }).connect().run(NS_PER_S);
      const { sa } = entryOf(pair, 'responder');
      const message3 = pair.sent[MESSAGE_3]!.octets;
      const { messageId } = decodeHeader(message3);
      const random = (length: number) => new Uint8Array(length).fill(7);
      const notify = connectedNotify(createQuickMode(sa, { isInitiator: false, messageId, random }));
      const rest = encodePayloads([{ ...notify, notifyType }]);
      const hash = hashOver(sa, messageId, new Uint8Array(0), rest);
      const iv = message3.slice(-cipherOf(sa).blockLength);
      const input = { exchangeType: ExchangeType.quickMode, messageId, iv };
      const { octets } = sealHashed(sa, input, hash, PayloadType.notification, rest);
      for (let times = 0; times < 2; times++) {
        pair.feed(pair.initiator, {
          type: 'datagram.received',
          from: pair.responder.endpoint,
          to: pair.initiator.endpoint,
          octets,
        });
      }
      expect(pair.hasSucceeded).toBe(isTaken);
      expect(pair.initiator.childCount).toBe(isTaken ? 1 : 0);
      expect(dropsOf(pair, 'initiator')).toEqual(
        isTaken ? ['unexpected-state'] : ['unexpected-state', 'unexpected-state'],
      );
    },
  );
});
