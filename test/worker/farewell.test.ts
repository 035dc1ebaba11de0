import { describe, expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../src/peer/timer.ts';
import type { Ns } from '../../src/peer/timer.ts';
import { Farewell } from '../../src/worker/farewell.ts';

function farewellOf(peers: number) {
  const left: (readonly [number, string])[] = [];
  const runtime = {
    nowNs: (): Ns => 1000,
    dispatch: (peerId: number, event: { readonly type: string }) => void left.push([peerId, event.type]),
  };
  const ids = Array.from({ length: peers }, (_, index) => 10 + index);
  return { left, farewell: new Farewell(ids, runtime) };
}

describe('the farewell of a run with real gateways', () => {
  it('is said by one peer after the other', () => {
    const { left, farewell } = farewellOf(3);
    farewell.runDue(1000, 8);
    expect(left).toEqual([[10, 'disconnect']]);
    expect(farewell.nextDueNs()).toBe(1000 + NS_PER_MS / 2);
    farewell.runDue(1000 + NS_PER_MS, 1);
    expect([left.length, farewell.isDone()]).toEqual([2, false]);
    farewell.runDue(1000 + NS_PER_MS, 8);
    expect([left.map(([id]) => id), farewell.isDone(), farewell.nextDueNs()]).toEqual([
      [10, 11, 12],
      true,
      undefined,
    ]);
  });

  it('takes no longer than some seconds, however many they are', () => {
    const { left, farewell } = farewellOf(100_000);
    farewell.runDue(1000 + 5 * NS_PER_S, 100_000);
    expect([left.length, farewell.isDone()]).toEqual([100_000, true]);
  });

  it('is over at once where nobody is', () => {
    expect(farewellOf(0).farewell.isDone()).toBe(true);
  });
});
