import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../src/runtime/virtual/event-queue.ts';

interface Item {
  slot: number;
  readonly key: readonly [timeNs: number, rank: number, source: number, sequence: number];
}

function byKey({ key: a }: Item, { key: b }: Item): number {
  for (let index = 0; index < 4; index++) {
    const difference = a[index]! - b[index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

describe('the event queue', () => {
  it('gives out events in the order of their whole keys, however they came and whichever were cancelled or moved', () => {
    const small = fc.integer({ min: 0, max: 3 });
    const keys = fc.uniqueArray(fc.tuple(small, small, small, small), { selector: String, maxLength: 120 });
    fc.assert(
      fc.property(keys, fc.infiniteStream(fc.boolean()), (all, choices) => {
        const queue = new EventQueue<Item>();
        const items: Item[] = all.map((key) => ({ slot: -1, key }));
        const choose = (): boolean => choices.next().value as boolean;
        for (const item of items) {
          // Some are armed for another time first.
          if (choose()) queue.set(item, item.key[0] + 10, ...rest(item));
          queue.set(item, item.key[0], ...rest(item));
        }
        const kept = items.filter((item) => {
          if (choose()) return true;
          queue.cancel(item);
          queue.cancel(item);
          return false;
        });
        expect(queue.size).toBe(kept.length);
        const popped: Item[] = [];
        for (let item = queue.pop(); item !== undefined; item = queue.pop()) popped.push(item);
        expect(popped).toEqual(kept.toSorted(byKey));
        expect(items.every(({ slot }) => slot === -1)).toBe(true);
        expect(queue.nextNs).toBe(Infinity);
      }),
    );
  });
});

function rest({ key }: Item): [rank: number, source: number, sequence: number] {
  return [key[1], key[2], key[3]];
}
