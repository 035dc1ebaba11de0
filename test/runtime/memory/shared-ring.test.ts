import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedRing, sharedRingSize } from '../../../src/runtime/memory/shared-ring.ts';
import type { RingRecord } from '../../../src/runtime/memory/shared-ring.ts';

const CAPACITY = 1024;

function ends(capacity = CAPACITY, offset = 0): { producer: SharedRing; consumer: SharedRing } {
  const memory = new SharedArrayBuffer(offset + sharedRingSize(capacity));
  return {
    producer: new SharedRing(memory, offset, capacity),
    consumer: new SharedRing(memory, offset, capacity),
  };
}

const emptyRecord = (): RingRecord => ({
  srcPeer: 0,
  srcPort: 0,
  dstPeer: 0,
  dstPort: 0,
  octets: new Uint8Array(0),
});

const port = fc.integer({ min: 0, max: 0xffff });
const peer = fc.integer({ min: 0, max: 0xffff_ffff });
const datagram = fc.record({
  srcPeer: peer,
  srcPort: port,
  dstPeer: peer,
  dstPort: port,
  octets: fc.uint8Array({ maxLength: 300 }),
});

describe('the ring between two workers', () => {
  it('hands over every record whole and in order, across the end of the buffer, and refuses what has no room', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: datagram },
      { weight: 2, arbitrary: fc.constant('pop' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (run) => {
        const { producer, consumer } = ends();
        const model: RingRecord[] = [];
        const record = emptyRecord();
        for (const item of run) {
          if (item === 'pop') {
            const expected = model.shift();
            expect(consumer.pop(record)).toBe(expected !== undefined);
            if (expected !== undefined) expect(record).toEqual(expected);
          } else if (producer.push(item.srcPeer, item.srcPort, item.dstPeer, item.dstPort, item.octets)) {
            model.push(item);
          } else {
            const held = model.reduce((sum, { octets }) => sum + 16 + ((octets.length + 3) & ~3), 0);
            // Refused only when, in the worst case, the rest up to the end could not be used.
            expect(held + 2 * (16 + 300)).toBeGreaterThan(CAPACITY);
          }
          expect(consumer.isEmpty()).toBe(model.length === 0);
        }
        for (const expected of model) {
          expect(consumer.pop(record)).toBe(true);
          expect(record).toEqual(expected);
        }
        expect(consumer.pop(record)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('takes a record of half its capacity at any position once it is empty', () => {
    const { producer, consumer } = ends();
    const record = emptyRecord();
    const large = new Uint8Array(CAPACITY / 2 - 16).fill(7);
    for (let round = 0; round < 300; round++) {
      expect(producer.push(1, 2, 3, 4, new Uint8Array(round % 40))).toBe(true);
      expect(consumer.pop(record)).toBe(true);
      expect(producer.push(1, 500, 2, 4500, large)).toBe(true);
      expect(consumer.pop(record)).toBe(true);
      expect(record.octets).toEqual(large);
    }
  });

  it('gives the consumer octets of its own, which later records do not overwrite', () => {
    const { producer, consumer } = ends();
    const record = emptyRecord();
    producer.push(1, 1, 2, 2, Uint8Array.of(1, 2, 3));
    consumer.pop(record);
    const kept = record.octets;
    for (let round = 0; round < 100; round++) {
      producer.push(1, 1, 2, 2, new Uint8Array(60).fill(0xee));
      consumer.pop(record);
    }
    expect(kept).toEqual(Uint8Array.of(1, 2, 3));
    expect(kept.buffer).not.toBeInstanceOf(SharedArrayBuffer);
  });

  it('shares memory with other things when it lies at an offset', () => {
    const memory = new SharedArrayBuffer(64 + sharedRingSize(CAPACITY) + 64);
    const producer = new SharedRing(memory, 64, CAPACITY);
    for (let count = 0; count < 200; count++) producer.push(1, 1, 2, 2, new Uint8Array(8).fill(0xff));
    expect(new Uint8Array(memory, 0, 64).every((octet) => octet === 0)).toBe(true);
    expect(new Uint8Array(memory, 64 + sharedRingSize(CAPACITY)).every((octet) => octet === 0)).toBe(true);
  });

  it.each([0, 1000, 1023, 512, 2 ** 31])('refuses a capacity of %i octets', (capacity) => {
    expect(() => sharedRingSize(capacity)).toThrow(RangeError);
  });
});
