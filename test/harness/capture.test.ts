import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concatOctets, fromHex } from '../../src/ike/wire/octets.ts';
import { readCapture } from './capture.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'capture-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const UDP = '01f4 1194 000a 0000 abcd';
const IPV4 = fromHex(`45 00 001e 0000 0000 40 11 0000 c0000201 c0000202 ${UDP}`);
const IPV6 = fromHex(
  `60000000 000a 11 40 20010db8000000000000000000000001 fe80000000000000000000000000000a ${UDP}`,
);
const LATER_FRAGMENT = fromHex(`45 00 001e 0000 0001 40 11 0000 c0000201 c0000202 ${UDP}`);
const TCP = fromHex(`45 00 001e 0000 0000 40 06 0000 c0000201 c0000202 ${UDP}`);

function write(...parts: Uint8Array[]): string {
  const path = join(directory, 'capture');
  writeFileSync(path, concatOctets(...parts));
  return path;
}

/** Octets of numbers, each `size` long. */
function fields(
  littleEndian: boolean,
  ...numbers: readonly (readonly [value: number, size: 2 | 4])[]
): Uint8Array {
  return concatOctets(
    ...numbers.map(([value, size]) => {
      const octets = fromHex(value.toString(16).padStart(size * 2, '0'));
      return littleEndian ? octets.reverse() : octets;
    }),
  );
}

function pcap(
  littleEndian: boolean,
  linkType: number,
  frames: readonly Uint8Array[],
  magic = 0xa1b2c3d4,
): Uint8Array {
  const header = fields(littleEndian, [magic, 4], [2, 2], [4, 2], [0, 4], [0, 4], [0xffff, 4], [linkType, 4]);
  const records = frames.map((frame, index) =>
    concatOctets(
      fields(littleEndian, [1_700_000_000 + index, 4], [5, 4], [frame.length, 4], [frame.length, 4]),
      frame,
    ),
  );
  return concatOctets(header, ...records);
}

function block(littleEndian: boolean, type: number, body: Uint8Array): Uint8Array {
  const padding = new Uint8Array((4 - (body.length % 4)) % 4);
  const length = 12 + body.length + padding.length;
  return concatOctets(
    fields(littleEndian, [type, 4], [length, 4]),
    body,
    padding,
    fields(littleEndian, [length, 4]),
  );
}

const fromIpv4 = {
  source: { address: '192.0.2.1', port: 500 },
  destination: { address: '192.0.2.2', port: 4500 },
  payload: Uint8Array.of(0xab, 0xcd),
};
const fromIpv6 = {
  source: { address: '2001:db8:0:0:0:0:0:1', port: 500 },
  destination: { address: 'fe80:0:0:0:0:0:0:a', port: 4500 },
  payload: Uint8Array.of(0xab, 0xcd),
};

describe('capture reader', () => {
  it.each([true, false])('reads pcap of both byte orders (little endian: %s)', (littleEndian) => {
    const path = write(pcap(littleEndian, 101, [IPV4, TCP, LATER_FRAGMENT, IPV6]));
    expect(readCapture(path)).toEqual([
      { timeNs: 0, ...fromIpv4 },
      { timeNs: 3_000_000_000, ...fromIpv6 },
    ]);
  });

  it('reads pcap with nanoseconds, gzipped', () => {
    const path = write(gzipSync(pcap(true, 101, [IPV4], 0xa1b23c4d)));
    expect(readCapture(path)).toEqual([{ timeNs: 0, ...fromIpv4 }]);
  });

  it.each([
    ['null', 0, '02000000'],
    ['Ethernet', 1, '020000000001 020000000002 0800'],
    ['Ethernet with VLAN', 1, '020000000001 020000000002 8100 0007 0800'],
    ['Linux cooked', 113, '0000 0001 0006 0200000000010000 0800'],
    ['Linux cooked 2', 276, '0800 0000 00000001 0001 00 06 0200000000010000'],
  ])('reads frames of %s', (_, linkType, hex) => {
    const frame = concatOctets(fromHex(hex), IPV4);
    expect(readCapture(write(pcap(true, linkType, [frame])))).toEqual([{ timeNs: 0, ...fromIpv4 }]);
  });

  it.each([true, false])('reads pcapng of both byte orders (little endian: %s)', (littleEndian) => {
    const of = (...numbers: [number, 2 | 4][]): Uint8Array => fields(littleEndian, ...numbers);
    const nanoseconds = concatOctets(of([9, 2], [1, 2]), fromHex('09 00 00 00'), of([0, 2], [0, 2]));
    const path = write(
      block(
        littleEndian,
        0x0a0d0d0a,
        concatOctets(of([0x1a2b3c4d, 4], [1, 2], [0, 2]), new Uint8Array(8).fill(0xff)),
      ),
      block(littleEndian, 1, concatOctets(of([101, 2], [0, 2], [0, 4]), nanoseconds)),
      block(
        littleEndian,
        6,
        concatOctets(of([0, 4], [1, 4], [0, 4], [IPV4.length, 4], [IPV4.length, 4]), IPV4),
      ),
      block(littleEndian, 4, new Uint8Array(8)),
      block(
        littleEndian,
        6,
        concatOctets(of([0, 4], [1, 4], [7, 4], [IPV6.length, 4], [IPV6.length, 4]), IPV6),
      ),
      block(littleEndian, 3, concatOctets(of([IPV4.length, 4]), IPV4)),
    );
    expect(readCapture(path)).toEqual([{ timeNs: 0, ...fromIpv4 }, { timeNs: 7, ...fromIpv6 }, fromIpv4]);
  });

  it('leaves out other ports', () => {
    const path = write(pcap(true, 101, [IPV4]));
    expect(readCapture(path, [53])).toEqual([]);
    expect(readCapture(path, [4500])).toHaveLength(1);
  });

  it('refuses other files and link types', () => {
    expect(() => readCapture(write(new Uint8Array(32)))).toThrow('no pcap or pcapng file');
    expect(() => readCapture(write(pcap(true, 147, [IPV4])))).toThrow('link type 147');
  });

  describe('IP fragments', () => {
    const DATA = Uint8Array.from({ length: 50 }, (_, index) => index);
    const SEGMENT = concatOctets(fromHex('01f4 1194 003a 0000'), DATA);

    function hex16(value: number): string {
      return value.toString(16).padStart(4, '0');
    }

    function ipv4(id: number, start: number, end: number): Uint8Array {
      const field = start / 8 + (end < SEGMENT.length ? 0x2000 : 0);
      const header = `45 00 ${hex16(20 + end - start)} ${hex16(id)} ${hex16(field)} 40 11 0000 c0000201 c0000202`;
      return concatOctets(fromHex(header), SEGMENT.subarray(start, end));
    }

    function ipv6(id: number, start: number, end: number): Uint8Array {
      const field = start + (end < SEGMENT.length ? 1 : 0);
      const header = `60000000 ${hex16(8 + end - start)} 2c 40 20010db8000000000000000000000001 fe80000000000000000000000000000a
                      11 00 ${hex16(field)} 0000 ${hex16(id)}`;
      return concatOctets(fromHex(header), SEGMENT.subarray(start, end));
    }

    it.each([
      ['IPv4', ipv4],
      ['IPv6', ipv6],
    ] as const)('of %s are put together in any order, repeated or not, one packet among others', (_, of) => {
      const frames = [of(1, 24, 58), of(2, 0, 24), of(1, 0, 16), of(1, 0, 16), of(1, 16, 24), of(2, 24, 58)];
      const datagrams = readCapture(write(pcap(true, 101, frames)));
      expect(datagrams.map(({ payload }) => payload)).toEqual([DATA, DATA]);
      expect(datagrams.map(({ timeNs }) => timeNs)).toEqual([4_000_000_000, 5_000_000_000]);
    });

    it('are told from what fills a frame up', () => {
      const ethernet = fromHex('020000000001 020000000002 0800');
      const frames = [ipv4(1, 0, 16), ipv4(1, 16, 58)].map((packet) =>
        concatOctets(ethernet, packet, new Uint8Array(10).fill(0xee)),
      );
      expect(readCapture(write(pcap(true, 1, frames)))).toMatchObject([{ payload: DATA }]);
    });

    it('show the beginning of a datagram when others lack', () => {
      const datagrams = readCapture(write(pcap(true, 101, [ipv4(1, 0, 16), ipv4(1, 24, 58), IPV4])));
      expect(datagrams).toMatchObject([fromIpv4, { payload: DATA.subarray(0, 8) }]);
      expect(readCapture(write(pcap(true, 101, [ipv4(1, 16, 58)])))).toEqual([]);
    });
  });
});
