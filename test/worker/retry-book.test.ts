import { describe, expect, it } from 'vitest';
import type { Retry } from '../../src/scenario/scenario.ts';
import { RetryBook } from '../../src/worker/retry-book.ts';

const S = 1_000_000_000;
const RETRY: Retry = {
  wait: { type: 'growing', firstNs: S, factor: 2, stepNs: 0, maximumNs: 60 * S },
  jitter: 0,
  giveUpChance: 0,
};

function bookOf(retry: Retry | undefined) {
  const log: string[] = [];
  const book = new RetryBook({
    initiators: [0, 1].map((position) => ({ peerId: 10 + position, position, group: 0 })),
    retryOf: () => retry,
    seed: 1,
    endNs: 100 * S,
    listen: (what, slot, begunNs, nowNs) => log.push(`${nowNs / S} ${slot} ${what} since ${begunNs / S}`),
  });
  return { book, log };
}

describe('initiators that come back', () => {
  it('try again and again, and are back', () => {
    const { book, log } = bookOf(RETRY);
    book.failed(0, 10 * S);
    expect(book.nextDueNs()).toBe(11 * S);
    expect(book.take()).toMatchObject({ index: 0, isAttempt: true, dueNs: 11 * S });
    book.started(0, 11 * S);
    expect(book.nextDueNs()).toBeUndefined();
    book.failed(0, 20 * S);
    expect(book.nextDueNs()).toBe(22 * S);
    book.take();
    book.started(0, 22 * S);
    book.succeeded(0, 23 * S);
    // Lost once more: a row of its own, whose waits begin anew.
    book.failed(0, 50 * S);
    expect(book.nextDueNs()).toBe(51 * S);
    expect(log).toEqual([
      '10 0 begun since 10',
      '11 0 tried since 10',
      '22 0 tried since 10',
      '23 0 back since 10',
      '50 0 begun since 50',
    ]);
    expect([book.attemptsOf(0), book.attemptsOf(1)]).toEqual([2, 0]);
  });

  it('give up, and begin anew when the load starts them', () => {
    const { book, log } = bookOf({ ...RETRY, tries: 1 });
    book.failed(1, 0);
    book.take();
    book.started(1, S);
    book.failed(1, 2 * S);
    expect(book.nextDueNs()).toBeUndefined();
    book.started(1, 5 * S);
    book.succeeded(1, 6 * S);
    expect(log).toEqual(['0 1 begun since 0', '1 1 tried since 0', '2 1 gave-up since 0']);
  });

  it('lose patience with a negotiation that takes long', () => {
    const { book } = bookOf({ ...RETRY, patienceNs: 3 * S });
    book.started(0, 0);
    expect(book.nextDueNs()).toBe(3 * S);
    expect(book.take()).toMatchObject({ isAttempt: false });
    book.failed(0, 3 * S);
    expect(book.nextDueNs()).toBe(4 * S);
    book.started(1, 3 * S);
    book.succeeded(1, 3.5 * S);
    book.take();
    expect(book.nextDueNs()).toBeUndefined();
  });

  it('wait for their machines', () => {
    const { book, log } = bookOf(RETRY);
    book.crashed(0);
    book.failed(0, 5 * S);
    expect(book.nextDueNs()).toBeUndefined();
    book.restarted(0, 30 * S);
    expect(book.nextDueNs()).toBe(31 * S);
    book.take();
    book.started(0, 31 * S);
    // A machine that kept its state goes on with what it was at.
    book.crashed(0);
    book.restarted(0, 40 * S);
    expect(book.nextDueNs()).toBeUndefined();
    expect(log).toEqual(['5 0 begun since 5', '31 0 tried since 5']);
  });

  it('plan nothing after the end, and nothing without a policy', () => {
    const { book, log } = bookOf(RETRY);
    book.failed(0, 99.5 * S);
    expect([book.nextDueNs(), log]).toEqual([undefined, ['99.5 0 begun since 99.5']]);
    const without = bookOf(undefined);
    without.book.started(0, 0);
    without.book.failed(0, S);
    expect([without.book.nextDueNs(), without.log]).toEqual([undefined, []]);
  });
});
