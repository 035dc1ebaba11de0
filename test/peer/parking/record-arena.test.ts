/** Records of all lengths keep their octets while others come and go, and room that was freed is used again. */
import { test, fc } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { equalOctets } from '../../../src/ike/wire/octets.ts';
import { RECORD_OCTETS_MAX, RecordArena } from '../../../src/peer/parking/record-arena.ts';

function octetsOf(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + seed * 31) & 0xff);
}

function readBack(arena: RecordArena, place: number, length: number): Uint8Array {
  const { chunk, offset } = arena.read(place);
  return chunk.slice(offset, offset + length);
}

const length = fc.oneof(
  fc.integer({ min: 0, max: 900 }),
  fc.integer({ min: 0, max: 900 }),
  fc.integer({ min: 0, max: 900 }),
  fc.constant(RECORD_OCTETS_MAX),
);
const step = fc.oneof(fc.record({ keep: length }), fc.record({ free: fc.nat() }));

test.prop([fc.array(step, { maxLength: 100 })])('no record touches another', (steps) => {
  const arena = new RecordArena(0x8000);
  const kept: { place: number; octets: Uint8Array }[] = [];
  for (const [index, what] of steps.entries()) {
    if ('keep' in what) {
      const octets = octetsOf(what.keep, index);
      const longer = new Uint8Array(RECORD_OCTETS_MAX);
      longer.set(octets);
      kept.push({ place: arena.store(longer, what.keep), octets });
    } else if (kept.length > 0) {
      const [freed] = kept.splice(what.free % kept.length, 1);
      arena.free(freed!.place);
    }
  }
  expect(arena.size).toBe(kept.length);
  expect(new Set(kept.map(({ place }) => place)).size).toBe(kept.length);
  for (const { place, octets } of kept) {
    expect(equalOctets(readBack(arena, place, octets.length), octets)).toBe(true);
  }
});

it('uses room again', () => {
  const arena = new RecordArena();
  const octets = octetsOf(500, 1);
  for (let round = 0; round < 10_000; round++) arena.free(arena.store(octets, 500));
  expect(arena.heldOctets).toBe(0x10_0000);
});
