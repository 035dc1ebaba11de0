import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeIpPacket } from '../../src/export/ip-packet.ts';
import { PORT_OF_ESP } from '../../src/ike/endpoint.ts';
import { createPcapngWriter, type CapturedDatagram } from '../../src/export/pcapng.ts';
import { ipv4, ipv6 } from './endpoint.ts';
import { hasTshark, readWithTshark } from './tshark.ts';

const folder = mkdtempSync(join(tmpdir(), 'ikestorm-pcapng-'));
afterAll(() => rmSync(folder, { recursive: true }));

const V4: CapturedDatagram = {
  epochNs: 1_772_366_400_123_456_789n,
  source: ipv4('10.1.0.1', 500),
  destination: ipv4('192.0.2.1', 4500),
  payload: Uint8Array.of(1, 2, 3, 4, 5),
};
const V6: CapturedDatagram = {
  epochNs: 1_772_366_400_123_456_790n,
  source: ipv6([0xfd00, 0, 0, 0, 0, 0, 0, 1], 10500),
  destination: ipv6([0xfd00, 0, 0, 0, 0, 0, 0, 2], 10501),
  payload: Uint8Array.of(0xde, 0xad, 0xbe, 0xef),
};

function capture(datagrams: readonly CapturedDatagram[]): Buffer {
  const blocks: Uint8Array[] = [];
  const writer = createPcapngWriter((octets) => blocks.push(octets));
  for (const datagram of datagrams) writer.write(datagram);
  return Buffer.concat(blocks);
}

function blocksOf(file: Buffer): { type: number; body: Buffer }[] {
  const blocks = [];
  for (let at = 0; at < file.length;) {
    const length = file.readUInt32LE(at + 4);
    expect(length % 4).toBe(0);
    expect(file.readUInt32LE(at + length - 4)).toBe(length);
    blocks.push({ type: file.readUInt32LE(at), body: file.subarray(at + 8, at + length - 4) });
    at += length;
  }
  return blocks;
}

/** Adds up with end-around carry; a correct checksum makes it all ones (RFC 1071). */
function onesSum(...parts: Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (const [at, octet] of part.entries()) sum += at % 2 === 0 ? octet * 256 : octet;
  }
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
}

describe('createPcapngWriter', () => {
  it('writes a section, an interface of raw IP in nanoseconds, and a block each datagram', () => {
    const blocks = blocksOf(capture([V4, V6]));
    expect(blocks.map(({ type }) => type)).toEqual([0x0a0d0d0a, 1, 6, 6]);
    const [section, description, packet] = blocks;
    expect(section?.body.readUInt32LE(0)).toBe(0x1a2b3c4d);
    expect(description?.body.readUInt16LE(0)).toBe(101);
    expect(description?.body.subarray(8, 13).toString('hex')).toBe('0900010009');
    const high = BigInt(packet?.body.readUInt32LE(4) ?? 0);
    const low = BigInt(packet?.body.readUInt32LE(8) ?? 0);
    expect((high << 32n) + low).toBe(V4.epochNs);
    expect(packet?.body.readUInt32LE(12)).toBe(20 + 8 + 5);
  });

  it.skipIf(!hasTshark)('writes what tshark reads back, checksums correct', () => {
    const file = join(folder, 'both.pcapng');
    writeFileSync(file, capture([V4, V6]));
    const addresses = ['ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'udp.srcport', 'udp.dstport'];
    const rest = ['frame.time_epoch', 'udp.payload', 'ip.checksum.status', 'udp.checksum.status'];
    const rows = readWithTshark(file, {
      fields: [...addresses, ...rest],
      options: ['-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE'],
    });
    expect(rows).toEqual([
      ['10.1.0.1', '192.0.2.1', '', '', '500', '4500', '1772366400.123456789', '0102030405', '1', '1'],
      ['', '', 'fd00::1', 'fd00::2', '10500', '10501', '1772366400.123456790', 'deadbeef', '', '1'],
    ]);
  });
});

describe('encodeIpPacket', () => {
  const payload = fc.uint8Array({ maxLength: 300 });
  const port = fc.integer({ min: 1, max: 0xffff });

  it('has correct IPv4 and UDP checksums for any payload', () => {
    fc.assert(
      fc.property(payload, port, port, (octets, from, to) => {
        const packet = encodeIpPacket(ipv4('10.255.1.2', from), ipv4('203.0.113.9', to), octets);
        expect(onesSum(packet.subarray(0, 20))).toBe(0xffff);
        const udp = packet.subarray(20);
        expect(
          onesSum(packet.subarray(12, 20), Uint8Array.of(0, 17, udp.length >> 8, udp.length & 0xff), udp),
        ).toBe(0xffff);
      }),
    );
  });

  it.each([
    [ipv4('10.0.0.1', PORT_OF_ESP), ipv4('10.0.0.2', PORT_OF_ESP), 20, 9],
    [
      ipv6([0xfd00, 0, 0, 0, 0, 0, 0, 1], PORT_OF_ESP),
      ipv6([0xfd00, 0, 0, 0, 0, 0, 0, 2], PORT_OF_ESP),
      40,
      6,
    ],
  ])('puts the IP header alone before ESP', (source, destination, headerOctets, protocolAt) => {
    const payload = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const packet = encodeIpPacket(source, destination, payload);
    expect(packet[protocolAt]).toBe(50);
    expect(packet.subarray(headerOctets)).toEqual(payload);
    if (headerOctets === 20) expect(onesSum(packet.subarray(0, 20))).toBe(0xffff);
  });

  it('never has the UDP checksum zero, which would mean none', () => {
    const zeroSum = [];
    for (let word = 0; word < 0x10000; word++) {
      const packet = encodeIpPacket(
        ipv4('0.0.0.0', 1),
        ipv4('0.0.0.0', 1),
        Uint8Array.of(word >> 8, word & 0xff),
      );
      if (packet[26] === 0 && packet[27] === 0) zeroSum.push(word);
    }
    expect(zeroSum).toEqual([]);
  });

  it('refuses mixed families and what is too long', () => {
    expect(() => encodeIpPacket(V4.source, V6.destination, V4.payload)).toThrow(RangeError);
    expect(() => encodeIpPacket(V4.source, V4.destination, new Uint8Array(65508))).toThrow(RangeError);
    expect(encodeIpPacket(V4.source, V4.destination, new Uint8Array(65507))).toHaveLength(65535);
  });
});
