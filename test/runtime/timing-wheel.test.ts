import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_WHEEL_SLOT, TimingWheel } from '../../src/runtime/timing-wheel.ts';

const TIMERS = 24;
const S = 1_000_000_000;
const DAY = 86_400 * S;

interface Item {
  slot: number;
  readonly name: number;
}

interface Entry {
  readonly item: Item;
  readonly timeNs: number;
}

type Step =
  | { readonly do: 'set'; readonly which: number; readonly afterNs: number }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'advance'; readonly byNs: number };

const which = fc.nat({ max: TIMERS - 1 });
/** Within a tick, equal, around the edges of ticks and of all four wheels, days and decades away. */
const span = fc.oneof(
  fc.constantFrom(
    0,
    1,
    0x40_0000,
    0x40_0000 * 256,
    0x40_0000 * 65_536,
    0x40_0000 * 0x100_0000,
    DAY,
    90 * DAY,
  ),
  fc.nat({ max: 0x80_0000 }),
  fc.nat({ max: 10 * S }),
  fc.nat({ max: 400 * DAY }),
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('set' as const), which, afterNs: span }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('advance' as const), byNs: span }) },
  ),
  { maxLength: 200 },
);

/** A wheel, and beside it a list of what must be in it and one of what was poured out. */
class Bench {
  readonly items: Item[] = Array.from({ length: TIMERS }, (_, name) => ({ slot: -1, name }));
  readonly poured: Entry[] = [];
  readonly wheel = new TimingWheel<Item>((item, timeNs) => {
    expect(item.slot).toBe(-1);
    this.poured.push({ item, timeNs });
  });
  inside: Entry[] = [];

  /** False: it is due too soon for a wheel. */
  set(item: Item, timeNs: number): boolean {
    if (!this.wheel.isFar(timeNs)) return false;
    this.wheel.set(item, timeNs);
    this.inside = [...this.inside.filter((entry) => entry.item !== item), { item, timeNs }];
    return true;
  }

  cancel(item: Item): void {
    if (item.slot < 0) return;
    this.wheel.cancel(item);
    this.inside = this.inside.filter((entry) => entry.item !== item);
  }

  /** Takes what was poured out, which must have been in the wheel as it came out. */
  taken(): Entry[] {
    const taken = this.poured.splice(0);
    for (const { item, timeNs } of taken) {
      // Of those due at one time the first that was set.
      expect(this.inside.find((entry) => entry.timeNs === timeNs)?.item).toBe(item);
      this.inside = this.inside.filter((entry) => entry.item !== item);
    }
    return taken;
  }

  check(): void {
    expect(this.wheel.size).toBe(this.inside.length);
    const inside = new Set(this.inside.map(({ item }) => item));
    for (const item of this.items) {
      if (inside.has(item)) expect(item.slot).toBeGreaterThanOrEqual(FIRST_WHEEL_SLOT);
      else expect(item.slot).toBe(-1);
    }
    for (const { timeNs } of this.inside) expect(this.wheel.isFar(timeNs)).toBe(true);
  }
}

describe('a timing wheel', () => {
  it('pours out everything that is due, never something after what is left, and ties in the order of setting', () => {
    fc.assert(
      fc.property(steps, (run) => {
        const bench = new Bench();
        let nowNs = 0;
        for (const step of run) {
          if (step.do === 'set') bench.set(bench.items[step.which]!, nowNs + step.afterNs);
          else if (step.do === 'cancel') bench.cancel(bench.items[step.which]!);
          else {
            nowNs += step.byNs;
            for (;;) {
              bench.wheel.advance(nowNs);
              const taken = bench.taken();
              const latest = Math.max(...taken.map(({ timeNs }) => timeNs));
              for (const { timeNs } of bench.inside) expect(timeNs).toBeGreaterThanOrEqual(latest);
              if (taken.length === 0) break;
            }
            for (const { timeNs } of bench.inside) expect(timeNs).toBeGreaterThan(nowNs);
          }
          bench.check();
        }
        while (bench.wheel.size > 0) {
          bench.wheel.advance(Infinity);
          expect(bench.taken().length).toBeGreaterThan(0);
          bench.check();
        }
      }),
      { numRuns: 500 },
    );
  });

  it('goes to what is due first, however far it is, but not beyond the limit', () => {
    const bench = new Bench();
    const [near, far] = [bench.items[0]!, bench.items[1]!];
    bench.set(far, 100 * DAY);
    bench.set(near, 3 * S);
    bench.wheel.advance(2 * S);
    expect(bench.taken()).toEqual([]);
    bench.wheel.advance(Infinity);
    expect(bench.taken().map(({ item }) => item)).toEqual([near]);
    bench.wheel.advance(99 * DAY);
    expect(bench.taken()).toEqual([]);
    bench.wheel.advance(Infinity);
    expect(bench.taken().map(({ item }) => item)).toEqual([far]);
    expect(bench.wheel.size).toBe(0);
  });

  it('holds times up to the last exact one and later, and Infinity', () => {
    const bench = new Bench();
    const times = [2 ** 53 - 1, 2 ** 53, 2 ** 60, Infinity];
    for (const [index, timeNs] of times.entries()) expect(bench.set(bench.items[index]!, timeNs)).toBe(true);
    bench.wheel.advance(2 ** 52);
    expect(bench.taken()).toEqual([]);
    bench.wheel.advance(Infinity);
    expect(bench.taken().map(({ timeNs }) => timeNs)).toEqual(times);
    // It is at its end: everything is near now.
    for (const timeNs of [0, ...times]) expect(bench.wheel.isFar(timeNs)).toBe(false);
    bench.wheel.advance(Infinity);
    bench.check();
  });

  it('keeps nothing of timers that were cancelled, and uses their room again', () => {
    const wheel = new TimingWheel<Item>(() => undefined);
    const items = Array.from({ length: 500 }, (_, name): Item => ({ slot: -1, name }));
    for (let round = 0; round < 200; round++) {
      for (const item of items) wheel.set(item, (1 + round) * S + item.name * DAY);
      for (const item of items) wheel.cancel(item);
    }
    expect(wheel.size).toBe(0);
    expect(wheel.capacity).toBeLessThanOrEqual(1024);
    expect(items.every(({ slot }) => slot === -1)).toBe(true);
    wheel.advance(Infinity);
    expect(wheel.isFar(S)).toBe(true);
  });
});
