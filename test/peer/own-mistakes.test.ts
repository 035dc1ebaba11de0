/** A mistake of our own is counted; it loses no negotiation and takes no other peer down. */
import { describe, expect, it } from 'vitest';
import type { IkePeer } from '../../src/peer/ike-peer.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { Pair } from '../harness/pair.ts';

type Broken = { [key: string]: unknown };

/** Makes a method of an object throw from now on. */
function breakDown(target: object, method: string): void {
  (target as Broken)[method] = () => {
    throw new TypeError(`${method} is broken`);
  };
}

function failuresOf(pair: Pair): string[] {
  return [
    ...pair.factsOf('negotiation.failed').map(({ cause }) => cause),
    ...pair.factsOf('responder.failed').map(({ cause }) => cause),
  ];
}

describe('a mistake of our own', () => {
  it('in what follows a phase 1 fails the negotiation with internal-error', () => {
    const pair = new Pair();
    breakDown((pair.initiator as IkePeer).initiator, 'startQuickMode');
    expect(() => pair.connect().run()).not.toThrow();
    expect(failuresOf(pair)).toEqual(['internal-error']);
    expect(pair.initiator.phase1Count).toBe(0);
  });

  it('in what follows a child SA fails the negotiation with internal-error', () => {
    const pair = new Pair();
    breakDown((pair.initiator as IkePeer).children, 'add');
    expect(() => pair.connect().run()).not.toThrow();
    expect(failuresOf(pair)).toContain('internal-error');
    expect([pair.initiator.phase1Count, pair.initiator.childCount]).toEqual([0, 0]);
  });

  it('at the responder is counted there', () => {
    const pair = new Pair();
    breakDown((pair.responder as IkePeer).table, 'identified');
    expect(() => pair.connect().run()).not.toThrow();
    expect(pair.factsOf('responder.failed').map(({ cause }) => cause)).toEqual(['internal-error']);
    expect(pair.responder.phase1Count).toBe(0);
  });

  it('while beginning fails the negotiation with internal-error', () => {
    const pair = new Pair();
    breakDown((pair.initiator as IkePeer).setting, 'random');
    expect(() => pair.connect().run()).not.toThrow();
    expect(failuresOf(pair)).toEqual(['internal-error']);
  });

  it('when a timer fires is counted, and the next event is handled', () => {
    const dpd = { delayNs: NS_PER_S, retryNs: NS_PER_S, timeoutNs: 5 * NS_PER_S };
    const pair = new Pair({ initiator: { dpd } }).connect().run(NS_PER_S / 2);
    breakDown(pair.initiator, 'send');
    expect(() => pair.run(3 * NS_PER_S)).not.toThrow();
    expect(pair.factsOf('dropped').map(({ reason }) => reason)).toContain('internal-error');
    expect(() => pair.feed(pair.initiator, { type: 'stop' })).not.toThrow();
    expect(pair.initiator.phase1Count).toBe(0);
  });
});
