import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { mergeCaptureParts, type CaptureMergeReport } from '../../src/export/capture-merge.ts';
import {
  createCapturePartWriter,
  decodeCaptureRecord,
  recordOctetsAt,
} from '../../src/export/capture-part.ts';
import { createPcapngWriter } from '../../src/export/pcapng.ts';
import type { WireDatagram } from '../../src/runtime/runtime.ts';
import { ipv4, ipv6 } from './endpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'ikestorm-capture-'));
afterAll(() => rmSync(folder, { recursive: true }));
const EPOCH_NS = 1_772_366_400_000_000_000n;
const A = ipv4('10.0.0.1', 500);
const B = ipv4('10.0.0.2', 4500);

function datagram(timeNs: number, octets: Uint8Array, over: Partial<WireDatagram> = {}): WireDatagram {
  return { timeNs, from: A, to: B, octets, isRetransmission: false, ...over };
}

function partOf(datagrams: readonly WireDatagram[]): Buffer {
  const batches: Buffer[] = [];
  const writer = createCapturePartWriter((octets) => batches.push(Buffer.from(octets)));
  for (const each of datagrams) writer.write(each);
  writer.flush();
  return Buffer.concat(batches);
}

function merge(parts: readonly Buffer[]): { report: CaptureMergeReport; first: Buffer; repeated: Buffer } {
  const paths = parts.map((octets, index) => {
    const path = join(folder, `part-${index}`);
    writeFileSync(path, octets);
    return path;
  });
  const capturePath = join(folder, 'capture.pcapng');
  const retransmissionsPath = join(folder, 'capture-retransmissions.pcapng');
  const report = mergeCaptureParts({
    parts: paths,
    capturePath,
    retransmissionsPath,
    clockEpochNs: EPOCH_NS,
  });
  return { report, first: readFileSync(capturePath), repeated: readFileSync(retransmissionsPath) };
}

function captureOf(datagrams: readonly WireDatagram[]): Buffer {
  const blocks: Uint8Array[] = [];
  const writer = createPcapngWriter((octets) => blocks.push(octets));
  for (const { timeNs, from, to, octets } of datagrams) {
    writer.write({ epochNs: EPOCH_NS + BigInt(timeNs), source: from, destination: to, payload: octets });
  }
  return Buffer.concat(blocks);
}

describe('capture part', () => {
  it('gives back what was written', () => {
    const long = datagram(2 ** 52 + 1, Uint8Array.of(9, 8, 7), {
      from: ipv6([0xfd00, 0, 0, 0, 0, 0, 0, 1], 1),
      to: ipv6([0xfd00, 0, 0, 0, 0, 0, 0, 0xff], 65535),
      isRetransmission: true,
    });
    const octets = partOf([long]);
    expect(recordOctetsAt(octets, 0)).toBe(octets.length);
    const record = decodeCaptureRecord(octets);
    expect(record).toMatchObject({ timeNs: 2 ** 52 + 1, isRetransmission: true });
    expect(record?.source).toMatchObject({ address: 'fd00:0:0:0:0:0:0:1', port: 1 });
    expect(record?.destination).toMatchObject({ address: 'fd00:0:0:0:0:0:0:ff', port: 65535 });
    expect([...(record?.payload ?? [])]).toEqual([9, 8, 7]);
  });

  it('leaves out what cannot have been on a wire', () => {
    const mixed = datagram(1, Uint8Array.of(1), { to: ipv6([0, 0, 0, 0, 0, 0, 0, 1], 1) });
    expect(partOf([mixed, datagram(1, new Uint8Array(65508))])).toHaveLength(0);
  });
});

describe('mergeCaptureParts', () => {
  it('puts the datagrams of all parts in order of time', () => {
    const times = fc
      .array(fc.nat({ max: 1000 }), { maxLength: 40 })
      .map((list) => list.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(fc.array(times, { maxLength: 4 }), (parts) => {
        const datagrams = parts.map((list, part) =>
          list.map((timeNs) => datagram(timeNs, Uint8Array.of(part))),
        );
        const expected = datagrams.flat().toSorted((a, b) => a.timeNs - b.timeNs);
        const { report, first } = merge(datagrams.map(partOf));
        expect(first.equals(captureOf(expected))).toBe(true);
        expect(report).toEqual({ datagrams: expected.length, retransmissions: 0, damagedParts: [] });
      }),
      { numRuns: 30 },
    );
  });

  it('writes retransmissions to a file of their own', () => {
    const once = datagram(5, Uint8Array.of(1));
    const again = datagram(9, Uint8Array.of(1), { isRetransmission: true });
    const { report, first, repeated } = merge([partOf([once, again])]);
    expect(report).toMatchObject({ datagrams: 1, retransmissions: 1 });
    expect(first.equals(captureOf([once]))).toBe(true);
    expect(repeated.equals(captureOf([again]))).toBe(true);
  });

  it('reads parts that are much longer than its buffers', () => {
    const datagrams = Array.from({ length: 40 }, (_, index) =>
      datagram(index, new Uint8Array(65507 - index * 13).fill(index)),
    );
    const { report, first } = merge([partOf(datagrams)]);
    expect(report.datagrams).toBe(40);
    expect(first.equals(captureOf(datagrams))).toBe(true);
  });

  it('keeps everything but the cut last record of a killed worker', () => {
    const datagrams = [1, 2, 3].map((timeNs) => datagram(timeNs, new Uint8Array(20).fill(timeNs)));
    const whole = partOf(datagrams);
    const recordOctets = whole.length / 3;
    for (let cut = 1; cut < recordOctets; cut++) {
      const { report, first } = merge([
        whole.subarray(0, whole.length - cut),
        partOf([datagram(2, Uint8Array.of(7))]),
      ]);
      expect(report).toMatchObject({ datagrams: 3, damagedParts: [join(folder, 'part-0')] });
      expect(first.equals(captureOf([datagrams[0]!, datagrams[1]!, datagram(2, Uint8Array.of(7))]))).toBe(
        true,
      );
    }
  });

  it('survives any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (octets) => {
        const { report } = merge([Buffer.from(octets), partOf([datagram(1, Uint8Array.of(1))])]);
        expect(report.datagrams + report.retransmissions).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });

  it('makes empty captures of nothing', () => {
    expect(merge([]).first.equals(captureOf([]))).toBe(true);
  });
});
