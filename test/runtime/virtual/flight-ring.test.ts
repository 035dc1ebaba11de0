import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlightRing, createFlightRecord, flightRingSize } from '../../../src/runtime/virtual/flight-ring.ts';

const CAPACITY = 1024;
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const port = fc.integer({ min: 0, max: 0xffff });
const record = fc.record({
  arrivalNs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  hash: uint32,
  source: uint32,
  sequence: uint32,
  fromNode: uint32,
  fromPort: port,
  toNode: uint32,
  toPort: port,
  octets: fc.uint8Array({ maxLength: 200 }),
});

describe('a ring of datagrams', () => {
  it('gives back what was put in, in order, around its end and while full', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 60 }), (records) => {
        const memory = new SharedArrayBuffer(flightRingSize(CAPACITY));
        const [producer, consumer] = [
          new FlightRing(memory, 0, CAPACITY),
          new FlightRing(memory, 0, CAPACITY),
        ];
        const seen = createFlightRecord();
        const waiting = [...records];
        for (const next of records) {
          while (!producer.push(next)) {
            expect(consumer.pop(seen)).toBe(true);
            expect(seen).toEqual(waiting.shift());
          }
        }
        while (consumer.pop(seen)) expect(seen).toEqual(waiting.shift());
        expect(waiting).toEqual([]);
      }),
    );
  });

  it('refuses a capacity that is no power of two', () => {
    expect(() => flightRingSize(1000)).toThrow(RangeError);
  });
});
