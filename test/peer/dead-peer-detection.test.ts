import { describe, expect, it } from 'vitest';
import { areYouThere, areYouThereAck } from '../../src/ike/v1/dpd.ts';
import { buildInformational } from '../../src/ike/v1/informational.ts';
import { decodeMessage } from '../../src/ike/wire/decode.ts';
import type { IkePeer } from '../../src/peer/ike-peer.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { Pair } from '../harness/pair.ts';

const INFORMATIONAL = 5;
const dpd = { delayNs: 10 * NS_PER_S, retryNs: 2 * NS_PER_S, timeoutNs: 8 * NS_PER_S };

function isDead(pair: Pair): boolean {
  return pair.factsOf('lifecycle', 'initiator').some(({ event }) => event === 'peer-dead');
}

/** The phase 1 SA of an end, to speak in its name. */
function saOf(pair: Pair, by: 'initiator' | 'responder') {
  const cookie = decodeMessage(pair.sent[0]?.octets ?? new Uint8Array()).header.initiatorCookie;
  const entry = (pair[by] as IkePeer).table.find(cookie);
  if (entry === undefined) throw new Error('there is no SA');
  return entry.sa;
}

function feedInitiator(pair: Pair, octets: Uint8Array): void {
  const { endpoint: from } = pair.responder;
  pair.feed(pair.initiator, { type: 'datagram.received', from, to: pair.initiator.endpoint, octets });
}

describe('what counts as life of the other end', () => {
  it('is not a question of our own that somebody sends back', () => {
    const pair = new Pair({ initiator: { dpd } }).connect().run(5 * NS_PER_S);
    pair.wire = (datagram) => {
      if (datagram.fromInitiator && datagram.octets[18] === INFORMATIONAL)
        feedInitiator(pair, datagram.octets);
      return [];
    };
    pair.run(60 * NS_PER_S);
    expect(isDead(pair)).toBe(true);
    // Nor is it answered.
    const questions = pair.factsOf('lifecycle').filter(({ event }) => event === 'liveness-asked').length;
    const informationals = pair.sent.filter(({ octets, index }) => index > 8 && octets[18] === INFORMATIONAL);
    expect(informationals).toHaveLength(questions);
  });

  it.each([
    ['another sequence number', (sequence: number) => sequence + 7, false],
    ['the cookies of another SA', (sequence: number) => sequence, true],
  ] as const)('is not an answer with %s', (_what, answered, hasOtherCookies) => {
    const pair = new Pair({ initiator: { dpd } }).connect().run(5 * NS_PER_S);
    const sa = saOf(pair, 'responder');
    pair.wire = () => [];
    for (let second = 11; second < 60; second += 2) {
      pair.run(second * NS_PER_S);
      const named = hasOtherCookies ? { ...sa, initiatorCookie: new Uint8Array(8).fill(1) } : sa;
      const answer = areYouThereAck(named, answered(second));
      feedInitiator(pair, buildInformational(sa, 1000 + second, [answer]));
    }
    expect(isDead(pair)).toBe(true);
    expect(pair.factsOf('dropped', 'initiator').length).toBeGreaterThan(0);
  });

  it('is an answer to an earlier question of the same silence', () => {
    const pair = new Pair({ initiator: { dpd } }).connect().run(5 * NS_PER_S);
    // Each answer takes longer than the wait for the next question.
    pair.wire = (datagram) => [{ ...datagram, delayNs: datagram.fromInitiator ? 0 : 3 * NS_PER_S }];
    pair.run(60 * NS_PER_S);
    expect(isDead(pair)).toBe(false);
  });
});

describe('a question of the other end', () => {
  const ask = (pair: Pair, messageId: number, sequence: number, cookie?: Uint8Array) => {
    const sa = saOf(pair, 'responder');
    const named = cookie === undefined ? sa : { ...sa, initiatorCookie: cookie };
    feedInitiator(pair, buildInformational(sa, messageId, [areYouThere(named, sequence)]));
  };
  const answers = (pair: Pair) =>
    pair.sent.filter(
      ({ fromInitiator, index, octets }) => fromInitiator && index > 8 && octets[18] === INFORMATIONAL,
    ).length;

  it('is answered when it comes again under another message ID', () => {
    const pair = new Pair().connect().run(NS_PER_S);
    ask(pair, 1, 50);
    ask(pair, 2, 50);
    ask(pair, 3, 51);
    expect(answers(pair)).toBe(3);
  });

  it('is dropped with a sequence number that is over, or cookies of another SA', () => {
    const pair = new Pair().connect().run(NS_PER_S);
    ask(pair, 1, 0xffff_fffe);
    ask(pair, 2, 0xffff_fffd);
    ask(pair, 3, 0xffff_ffff, new Uint8Array(8).fill(9));
    expect(answers(pair)).toBe(1);
    expect(pair.factsOf('dropped', 'initiator')).toHaveLength(2);
    // Sequence numbers begin again after the last one.
    ask(pair, 4, 2);
    expect(answers(pair)).toBe(2);
  });
});

describe('before the first child SA', () => {
  const impatient = { ...dpd, delayNs: NS_PER_S / 2 };
  const asked = (pair: Pair) =>
    pair.factsOf('lifecycle', 'responder').filter(({ event }) => event === 'liveness-asked').length;

  it('nobody is asked, as some give up when they are', () => {
    const pair = new Pair({ responder: { dpd: impatient } });
    pair.wire = (datagram) => (datagram.index === 6 ? [{ ...datagram, delayNs: 3 * NS_PER_S }] : [datagram]);
    pair.connect().run(3 * NS_PER_S);
    expect(pair.responder.phase1Count).toBe(1);
    expect(asked(pair)).toBe(0);
    pair.run(3 * NS_PER_S + NS_PER_S / 4);
    expect([pair.responder.childCount, asked(pair)]).toEqual([1, 0]);
    pair.run(4 * NS_PER_S);
    expect(asked(pair)).toBe(1);
  });

  it('who dies is noticed once nothing of the negotiation can come any more', () => {
    const pair = new Pair({ responder: { dpd: impatient } });
    pair.wire = (datagram) => (datagram.index < 6 ? [datagram] : []);
    pair.connect().run(160 * NS_PER_S);
    expect([pair.responder.phase1Count, asked(pair)]).toEqual([1, 0]);
    pair.run(180 * NS_PER_S);
    expect([pair.responder.phase1Count, asked(pair)]).toEqual([0, 4]);
  });
});
