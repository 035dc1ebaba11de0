import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEchoTime, encodeEchoData } from '../../../src/ike/esp/echo-timestamp.ts';
import {
  answerEcho,
  answerTransportEcho,
  decodeEcho,
  decodeEchoPacket,
  encodeEcho,
  encodeEchoPacket,
} from '../../../src/ike/esp/icmp-echo.ts';
import type { Echo } from '../../../src/ike/esp/icmp-echo.ts';
import { decodeInnerPacket, encodeInnerPacket } from '../../../src/ike/esp/inner-packet.ts';
import { foldChecksum, sumWords } from '../../../src/ike/esp/internet-checksum.ts';
import { concatOctets, fromHex, toHex } from '../../../src/ike/wire/octets.ts';

const IPV4 = { source: Uint8Array.of(10, 1, 0, 5), destination: Uint8Array.of(10, 2, 0, 9) };
const IPV6 = {
  source: fromHex('20010db8000000000000000000000001'),
  destination: fromHex('20010db8000000000000000000000002'),
};
const FAMILIES = [
  ['IPv4', IPV4],
  ['IPv6', IPV6],
] as const;
const REQUEST: Echo = { kind: 'request', identifier: 0xa70a, sequence: 1, data: fromHex('0102030405') };

const echoes = fc.record({
  kind: fc.constantFrom('request', 'reply'),
  identifier: fc.nat(0xffff),
  sequence: fc.nat(0xffff),
  data: fc.uint8Array({ maxLength: 100 }),
});

/** The packet with one octet set, and the checksum of an IPv4 header made right again. */
function patched(packet: Uint8Array, offset: number, value: number): Uint8Array {
  const octets = packet.slice();
  octets[offset] = value;
  octets.set([0, 0], 10);
  const checksum = foldChecksum(sumWords(octets.subarray(0, 20)));
  octets.set([checksum >>> 8, checksum & 0xff], 10);
  return octets;
}

describe('checksums', () => {
  it('give the example of RFC 1071 §3', () => {
    expect(sumWords(fromHex('0001f203f4f5f6f7'))).toBe(0x2ddf0);
    expect(foldChecksum(0x2ddf0)).toBe(0x220d);
  });

  it('of an odd number of octets, none, and the most that fits', () => {
    expect(sumWords(Uint8Array.of(0x12))).toBe(0x1200);
    expect(foldChecksum(sumWords(new Uint8Array(0)))).toBe(0xffff);
    expect(foldChecksum(sumWords(new Uint8Array(65_534).fill(0xff)))).toBe(0);
  });
});

describe('a ping of RFC 3602 §4', () => {
  const CASE_8 =
    '45000044090c00004001f990c0a87b03c0a87bc80800d63caa0a0200c69c083da3de0300ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff';

  it('is read, and made again but for the identification of its header', () => {
    const read = decodeEchoPacket(fromHex(CASE_8));
    expect(read?.echo).toMatchObject({ kind: 'request', identifier: 0xaa0a, sequence: 0x0200 });
    expect(read && toHex(read.addresses.destination)).toBe('c0a87bc8');
    expect(read && toHex(encodeEcho(read.echo, read.addresses))).toBe(CASE_8.slice(40));
  });
});

describe('the checksum of ICMPv6', () => {
  it('covers addresses, length and next header, as computed by hand', () => {
    expect(toHex(encodeEcho(REQUEST, IPV6))).toBe('80007431a70a00010102030405');
  });
});

describe.each(FAMILIES)('echoes over %s', (family, addresses) => {
  const isIpv4 = family === 'IPv4';
  const headerLength = isIpv4 ? 20 : 40;

  it('come back as they were, as a message and as a packet', () => {
    fc.assert(
      fc.property(echoes, (echo) => {
        expect(decodeEcho(encodeEcho(echo, addresses), addresses)).toEqual(echo);
        expect(decodeEchoPacket(encodeEchoPacket({ addresses, echo }))).toEqual({ addresses, echo });
      }),
    );
  });

  it('are not read when one bit of the message is another, or it is cut', () => {
    const message = encodeEcho(REQUEST, addresses);
    for (let bit = 0; bit < 8 * message.length; bit++) {
      const changed = message.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeEcho(changed, addresses)).toBeUndefined();
    }
    for (let length = 0; length < 8; length++) {
      expect(decodeEcho(message.subarray(0, length), addresses)).toBeUndefined();
    }
    const packet = encodeEchoPacket({ addresses, echo: REQUEST });
    for (let length = 0; length < packet.length; length++) {
      expect(decodeInnerPacket(packet.subarray(0, length))).toBeUndefined();
      expect(decodeEchoPacket(packet.subarray(0, length))).toBeUndefined();
    }
  });

  it('are not what a message of another code is', () => {
    const message = encodeEcho(REQUEST, addresses);
    // One more in the code and one less in the checksum: right again.
    message[1] = 1;
    message[3] = (message[3] ?? 0) - 1;
    expect(decodeEcho(message, addresses)).toBeUndefined();
    message[1] = 0;
    message[3] = (message[3] ?? 0) + 1;
    expect(decodeEcho(message, addresses)).toEqual(REQUEST);
  });

  it('are read from packets that are padded against traffic analysis', () => {
    const packet = encodeEchoPacket({ addresses, echo: REQUEST });
    const padded = concatOctets(packet, new Uint8Array(77).fill(0xee));
    expect(decodeEchoPacket(padded)?.echo).toEqual(REQUEST);
  });

  it('are answered with the same data, the other way round', () => {
    const answer = answerEcho(encodeEchoPacket({ addresses, echo: REQUEST })) ?? new Uint8Array(0);
    expect(decodeEchoPacket(answer)).toEqual({
      addresses: { source: addresses.destination, destination: addresses.source },
      echo: { ...REQUEST, kind: 'reply' },
    });
    expect(answerEcho(answer)).toBeUndefined();
    const message = answerTransportEcho(encodeEcho(REQUEST, addresses), addresses);
    expect(message).toEqual(answer.subarray(headerLength));
    expect(message && answerTransportEcho(message, addresses)).toBeUndefined();
  });

  it('are not answered when they went to or came from more than one host', () => {
    const many = addresses.source.map((_, i) => (i === 0 ? (isIpv4 ? 224 : 0xff) : 1));
    const none = new Uint8Array(many.length);
    for (const address of isIpv4 ? [many, none, many.map(() => 255)] : [many, none]) {
      const to = encodeEchoPacket({ addresses: { ...addresses, destination: address }, echo: REQUEST });
      const from = encodeEchoPacket({ addresses: { ...addresses, source: address }, echo: REQUEST });
      expect(answerEcho(to)).toBeUndefined();
      expect(answerEcho(from)).toBeUndefined();
    }
  });

  it('are not found in other packets', () => {
    const other = encodeInnerPacket({ addresses, protocol: 17, payload: encodeEcho(REQUEST, addresses) });
    expect(decodeInnerPacket(other)?.protocol).toBe(17);
    expect(decodeEchoPacket(other)).toBeUndefined();
    expect(answerEcho(other)).toBeUndefined();
  });

  it('are refused with numbers that do not fit', () => {
    expect(() => encodeEcho({ ...REQUEST, identifier: 0x1_0000 }, addresses)).toThrow(RangeError);
    expect(() => encodeEcho({ ...REQUEST, sequence: -1 }, addresses)).toThrow(RangeError);
    const data = new Uint8Array(0x1_0000);
    expect(() => encodeEchoPacket({ addresses, echo: { ...REQUEST, data } })).toThrow(RangeError);
  });
});

describe('inner packets', () => {
  const packet = encodeEchoPacket({ addresses: IPV4, echo: REQUEST });

  it('of IPv4 with options are read behind them', () => {
    const header = concatOctets(packet.subarray(0, 20), Uint8Array.of(1, 1, 1, 0));
    header[0] = 0x46;
    header[3] = packet.length + 4;
    header.set([0, 0], 10);
    const checksum = foldChecksum(sumWords(header));
    header.set([checksum >>> 8, checksum & 0xff], 10);
    expect(decodeEchoPacket(concatOctets(header, packet.subarray(20)))?.echo).toEqual(REQUEST);
  });

  it('that are fragments, or damaged in the header, are not read', () => {
    expect(decodeEchoPacket(patched(packet, 8, 1))).toBeDefined();
    expect(decodeEchoPacket(patched(packet, 6, 0x20))).toBeUndefined();
    expect(decodeEchoPacket(patched(packet, 7, 1))).toBeUndefined();
    expect(decodeEchoPacket(patched(packet, 0, 0x44))).toBeUndefined();
    expect(decodeEchoPacket(patched(packet, 3, 19))).toBeUndefined();
    const damaged = packet.slice();
    damaged[8] = 1;
    expect(decodeEchoPacket(damaged)).toBeUndefined();
  });

  it('need two addresses of one version', () => {
    const mixed = { source: IPV4.source, destination: IPV6.destination };
    expect(() => encodeEchoPacket({ addresses: mixed, echo: REQUEST })).toThrow(RangeError);
    const short = { source: new Uint8Array(3), destination: new Uint8Array(3) };
    expect(() => encodeEcho(REQUEST, short)).toThrow(RangeError);
  });

  it('of any octets never throw', () => {
    const hostile = fc
      .record({ first: fc.constantFrom(0x45, 0x4f, 0x60, 0x00), rest: fc.uint8Array({ maxLength: 100 }) })
      .map(({ first, rest }) => Uint8Array.of(first, ...rest));
    fc.assert(
      fc.property(hostile, (octets) => {
        decodeInnerPacket(octets);
        answerEcho(octets);
        for (const [, addresses] of FAMILIES) answerTransportEcho(octets, addresses);
      }),
      { numRuns: 500 },
    );
  });
});

describe('echo data', () => {
  it('begin with the time and go on as ping does', () => {
    expect(toHex(encodeEchoData(0x1_0000_0002, 12))).toBe('000000010000000208090a0b');
    expect(encodeEchoData(1, 56).length).toBe(56);
  });

  it('give back any time', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (timeNs) => {
        expect(decodeEchoTime(encodeEchoData(timeNs, 8))).toBe(timeNs);
      }),
    );
  });

  it('of others have no time', () => {
    expect(decodeEchoTime(new Uint8Array(7))).toBeUndefined();
    expect(decodeEchoTime(new Uint8Array(8).fill(0xff))).toBeUndefined();
  });

  it('refuse what is no time or no room', () => {
    expect(() => encodeEchoData(0, 7)).toThrow(RangeError);
    expect(() => encodeEchoData(-1, 8)).toThrow(RangeError);
    expect(() => encodeEchoData(1.5, 8)).toThrow(RangeError);
  });
});
