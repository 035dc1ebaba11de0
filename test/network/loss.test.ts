import { describe, expect, it } from 'vitest';
import { burstyLoss, isLost, type Loss } from '../../src/network/loss.ts';
import { PositionedStream } from '../../src/random/positioned-stream.ts';

const PACKETS = 100_000;

/** Share of losses, mean length of a run of losses. */
function lossesOf(loss: Loss): { share: number; run: number } {
  const random = new PositionedStream(11, 'loss');
  const state = { isBad: false };
  let [lost, runs, wasLost] = [0, 0, false];
  for (let counter = 0; counter < PACKETS; counter++) {
    const is = isLost(loss, state, random.seek(0, counter));
    if (is) lost++;
    if (is && !wasLost) runs++;
    wasLost = is;
  }
  return { share: lost / PACKETS, run: lost / runs };
}

describe('loss', () => {
  it('at random has its share, in runs as short as chance makes them', () => {
    const { share, run } = lossesOf({ type: 'random', share: 0.02 });
    expect(Math.abs(share - 0.02)).toBeLessThan(0.002);
    expect(Math.abs(run - 1 / 0.98)).toBeLessThan(0.03);
  });

  it('never or always happens at 0 and 1', () => {
    expect(lossesOf({ type: 'random', share: 0 }).share).toBe(0);
    expect(lossesOf({ type: 'random', share: 1 }).share).toBe(1);
  });

  it('in bursts has the share and the mean burst that were asked for', () => {
    const { share, run } = lossesOf(burstyLoss(0.05, 8));
    expect(Math.abs(share - 0.05)).toBeLessThan(0.006);
    expect(Math.abs(run - 8)).toBeLessThan(0.6);
  });

  it('of Gilbert and Elliott has the stationary share of its two states', () => {
    const loss: Loss = { type: 'bursty', enter: 0.01, leave: 0.1, goodShare: 0.001, badShare: 0.5 };
    const bad = 0.01 / (0.01 + 0.1);
    expect(Math.abs(lossesOf(loss).share - (bad * 0.5 + (1 - bad) * 0.001))).toBeLessThan(0.006);
  });
});
