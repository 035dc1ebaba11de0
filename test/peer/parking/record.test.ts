/** What is written into a record is read from it. */
import { test, fc } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { RECORD_OCTETS_MAX } from '../../../src/peer/parking/record-arena.ts';
import { RecordReader } from '../../../src/peer/parking/record-reader.ts';
import { RecordWriter } from '../../../src/peer/parking/record-writer.ts';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const text = fc
  .array(fc.integer({ min: 0, max: 0xff }), { maxLength: 60 })
  .map((codes) => String.fromCharCode(...codes));

const value = fc.oneof(
  fc.record({ kind: fc.constant('octet' as const), value: fc.integer({ min: 0, max: 0xff }) }),
  fc.record({ kind: fc.constant('flag' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('uint32' as const), value: uint32 }),
  fc.record({ kind: fc.constant('number' as const), value: fc.double() }),
  fc.record({
    kind: fc.constant('optionalNumber' as const),
    value: fc.option(fc.double(), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('bytes' as const),
    value: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('text' as const), value: text }),
  fc.record({
    kind: fc.constant('numbers' as const),
    value: fc.option(
      fc.uniqueArray(uint32, { minLength: 1, maxLength: 20 }).map((all) => new Set(all)),
      { nil: undefined },
    ),
  }),
);

test.prop([fc.array(value, { maxLength: 30 })])('values come back in order', (values) => {
  const writer = new RecordWriter();
  writer.begin();
  for (const { kind, value: written } of values) (writer[kind] as (value: unknown) => void)(written);
  expect(writer.isFull).toBe(false);
  const reader = new RecordReader({ chunk: writer.octets, offset: 0 });
  for (const { kind, value: written } of values) expect(reader[kind]()).toEqual(written);
});

it('is full when something does not fit, until another record begins', () => {
  const writer = new RecordWriter();
  writer.begin();
  writer.bytes(new Uint8Array(RECORD_OCTETS_MAX - 4));
  expect(writer.isFull).toBe(false);
  writer.number(1);
  expect(writer.isFull).toBe(true);
  writer.octet(1);
  expect(writer.isFull).toBe(true);
  writer.begin();
  writer.octet(1);
  expect([writer.isFull, writer.length]).toEqual([false, 1]);
});
