/** Who sends what again, when, and how often: schedules of initiators and of responders, and duplicates. */
import { describe, expect, it } from 'vitest';
import { explicitSchedule, giveUpAfterNs } from '../../src/ike/retransmit.ts';
import type { PeerPolicy, ResponderMessage } from '../../src/peer/policy.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { Pair, type PairSetup } from '../harness/pair.ts';
import { endpoint, policy } from '../harness/policy.ts';

const waits = (...seconds: readonly number[]) => explicitSchedule(seconds.map((each) => each * NS_PER_S));
const LIMITS = policy().limits;
/** Patient enough not to end what is looked at. */
const PATIENT = { halfOpenTimeoutNs: 1000 * NS_PER_S } satisfies Partial<PeerPolicy>;

/** Seconds at which the sender of the first datagram that `stops` sends it again, from its first sending on. */
function repetitions(setup: PairSetup, stops: number): number[] {
  const pair = new Pair({ initiator: { retransmit: waits(900) }, ...setup });
  const times: number[] = [];
  const isFromInitiator = stops % 2 === 0;
  pair.wire = (datagram) => {
    if (datagram.index < stops) return [datagram];
    if (datagram.fromInitiator === isFromInitiator) times.push(pair.nowNs);
    return [];
  };
  pair.connect().run(800 * NS_PER_S);
  const [first = 0, ...later] = times;
  return later.map((time) => Math.round((time - first) / NS_PER_S));
}

function responder(
  messages: readonly ResponderMessage[],
  ...seconds: readonly number[]
): Partial<PeerPolicy> {
  return {
    ...PATIENT,
    responderRetransmit: { messages, schedule: waits(...seconds), toUnproven: 'as-scheduled' },
  };
}

describe('an initiator', () => {
  it('sends again after the waits that it was given, one by one', () => {
    expect(repetitions({ initiator: { retransmit: waits(7, 9, 11) } }, 0)).toEqual([7, 16, 27]);
  });

  it('gives up after the last wait has passed once more', () => {
    const pair = new Pair({ initiator: { retransmit: waits(7, 9, 11) }, wire: () => [] });
    pair.connect().run(200 * NS_PER_S);
    expect(giveUpAfterNs(waits(7, 9, 11))).toBe(38 * NS_PER_S);
    expect(pair.factsOf('negotiation.failed')[0]).toMatchObject({
      cause: 'timeout-phase1',
      finishedNs: 38 * NS_PER_S,
    });
  });
});

describe('a responder', () => {
  it.each<[ResponderMessage, PairSetup['initiator'], number]>([
    ['main-2', {}, 1],
    ['main-4', {}, 3],
    ['aggressive-2', { mode: 'aggressive' }, 1],
    ['quick-2', {}, 7],
  ])('sends %s again where its policy says so, at its own times', (message, initiator, stops) => {
    const changes = { retransmit: waits(900), ...initiator };
    const setup = { initiator: changes, responder: responder([message], 5, 5, 8) };
    expect(repetitions(setup, stops)).toEqual([5, 10, 18]);
  });

  it.each<[ResponderMessage, PairSetup['initiator'], number]>([
    ['main-2', {}, 1],
    ['main-4', {}, 3],
    ['aggressive-2', { mode: 'aggressive' }, 1],
    ['quick-2', {}, 7],
  ])('never sends %s again by itself where its policy leaves it out', (message, initiator, stops) => {
    const changes = { retransmit: waits(900), ...initiator };
    const others = (['main-2', 'main-4', 'aggressive-2', 'quick-2'] as const).filter(
      (each) => each !== message,
    );
    expect(repetitions({ initiator: changes, responder: responder(others, 5, 5, 8) }, stops)).toEqual([]);
  });

  it('without a word about it repeats aggressive and quick mode, and not main mode; an address that only began, not often', () => {
    const aggressive = {
      initiator: { mode: 'aggressive', retransmit: waits(900) } as const,
      responder: PATIENT,
    };
    expect(repetitions(aggressive, 1)).toEqual([4]);
    expect(repetitions({ responder: PATIENT }, 7)).toEqual([4, 11, 24, 47, 89]);
    expect(repetitions({ responder: PATIENT }, 1)).toEqual([]);
  });

  it('lets go of a phase 1 that nobody goes on with, when its tries are over', () => {
    const pair = new Pair({ responder: responder(['main-2'], 5, 5) });
    pair.wire = ({ index, ...datagram }) => (index === 0 ? [datagram] : []);
    pair.connect().run(16 * NS_PER_S);
    expect(pair.factsOf('responder.failed')).toEqual([{ type: 'responder.failed', cause: 'timeout-phase1' }]);
    expect(pair.responder.phase1Count).toBe(0);
  });

  it('lets go of a quick mode that it does not repeat, too', () => {
    const pair = new Pair({ responder: responder([], 5, 5) });
    pair.wire = ({ index, ...datagram }) => (index < 8 ? [datagram] : []);
    pair.connect().run(16 * NS_PER_S);
    expect(pair.factsOf('responder.failed')).toEqual([{ type: 'responder.failed', cause: 'timeout-phase2' }]);
  });

  it('goes on to the end when what was lost is repeated by itself', () => {
    const pair = new Pair({ initiator: { retransmit: waits(900) }, responder: responder(['main-2'], 5, 5) });
    pair.wire = ({ index, ...datagram }) => (index === 1 ? [] : [datagram]);
    pair.connect().run(20 * NS_PER_S);
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.factsOf('retransmitted', 'responder')).toHaveLength(1);
  });
});

describe('an end that repeats itself', () => {
  /** How often the responder answers message `number` (from 0) of the initiator when all answers to it get lost. */
  function answers(number: number, repeatedAnswers?: number): number {
    const limits = { ...LIMITS, ...(repeatedAnswers !== undefined && { repeatedAnswers }) };
    const pair = new Pair({
      initiator: { retransmit: waits(5, 5, 5, 5, 5) },
      responder: { ...PATIENT, limits },
    });
    let count = 0;
    pair.wire = (datagram) => {
      if (datagram.index <= 2 * number) return [datagram];
      if (datagram.fromInitiator) return [datagram];
      count++;
      return [];
    };
    pair.connect().run(100 * NS_PER_S);
    return count;
  }

  it('is answered each time', () => {
    expect(answers(0)).toBe(6);
    expect(answers(1)).toBe(6);
  });

  it('is answered as often as the policy allows, but to its first message always', () => {
    expect(answers(1, 2)).toBe(3);
    expect(answers(0, 2)).toBe(6);
  });

  it('counts as a duplicate whether or not it is answered', () => {
    const responderPolicy = { ...PATIENT, limits: { ...LIMITS, repeatedAnswers: 0 } };
    const pair = new Pair({ initiator: { retransmit: waits(5, 5) }, responder: responderPolicy });
    pair.wire = ({ index, ...datagram }) => (index === 3 ? [] : [datagram]);
    pair.connect().run(100 * NS_PER_S);
    expect(pair.factsOf('dropped', 'responder').map(({ reason }) => reason)).toEqual([
      'duplicate',
      'duplicate',
    ]);
    expect(pair.failureCause).toBe('timeout-phase1');
  });
});

describe('the limit on unfinished negotiations of one address', () => {
  let cookies = 0;
  /** Sends the first message of `count` negotiations of one address, each with a cookie of its own. */
  function knock(pair: Pair, count: number, from = endpoint('10.0.0.1')): void {
    const first = new Pair({ wire: () => [] }).connect().sent[0]?.octets ?? new Uint8Array(0);
    for (let i = 1; i <= count; i++) {
      const octets = first.slice();
      octets[7] = ++cookies;
      pair.feed(pair.responder, {
        type: 'datagram.received',
        from,
        to: pair.responder.endpoint,
        octets,
      });
    }
  }
  const strict: PairSetup = { responder: { limits: { ...LIMITS, halfOpenPerAddress: 5 } }, wire: () => [] };

  it('drops what is above it, and counts it', () => {
    const pair = new Pair(strict);
    knock(pair, 8);
    expect(pair.responder.phase1Count).toBe(5);
    const reasons = pair.factsOf('dropped').map(({ reason }) => reason);
    expect(reasons).toEqual(['limit-per-address', 'limit-per-address', 'limit-per-address']);
  });

  it('leaves other addresses alone', () => {
    const pair = new Pair(strict);
    knock(pair, 5);
    knock(pair, 3, endpoint('10.0.0.9'));
    expect(pair.responder.phase1Count).toBe(8);
    expect(pair.factsOf('dropped')).toEqual([]);
  });

  it('is free again when what was half open is forgotten, and not used up by what is established', () => {
    const pair = new Pair(strict);
    knock(pair, 5);
    pair.run(31 * NS_PER_S);
    expect(pair.responder.phase1Count).toBe(0);
    pair.wire = (datagram) => [datagram];
    pair.connect().run(35 * NS_PER_S);
    expect(pair.hasSucceeded).toBe(true);
    pair.wire = () => [];
    knock(pair, 5);
    expect(pair.responder.phase1Count).toBe(6);
    expect(pair.factsOf('dropped')).toEqual([]);
  });
});
