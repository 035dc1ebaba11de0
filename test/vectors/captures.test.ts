import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeMessage, decodePayloads } from '../../src/ike/wire/decode.ts';
import { decodeHeader, encodeHeader } from '../../src/ike/wire/header.ts';
import { encodeMessage } from '../../src/ike/wire/encode.ts';
import type { Header } from '../../src/ike/wire/message.ts';
import { hasNonEspMarker, isNatKeepalive, stripNonEspMarker } from '../../src/ike/wire/non-esp-marker.ts';
import { WireError } from '../../src/ike/wire/wire-error.ts';
import { readCapture } from '../harness/capture.ts';
import type { CapturedDatagram } from '../harness/capture.ts';
import { describeVectors, vectorPath } from '../harness/vectors.ts';

/** ISAKMP messages among the datagrams, without their non-ESP markers. */
function messagesOf(datagrams: readonly CapturedDatagram[]): Uint8Array[] {
  return datagrams
    .filter(({ source, payload }) => source.port !== 4500 || hasNonEspMarker(payload))
    .map(({ source, payload }) => (source.port === 4500 ? stripNonEspMarker(payload) : payload));
}

/** Decodes and re-encodes the clear part; tells what was in it. */
function roundTrip(octets: Uint8Array): { header: Header; kinds: string[] | 'encrypted' } {
  const header = decodeHeader(octets);
  expect(header).toMatchObject({ version: 0x10, length: octets.length });
  expect(encodeHeader(header)).toEqual(Uint8Array.from(octets.subarray(0, 28)));
  if ((header.flags & 1) !== 0) return { header, kinds: 'encrypted' };
  const message = decodeMessage(octets);
  expect(message.consumed).toBe(octets.length - 28);
  expect(encodeMessage(message.header, message.payloads)).toEqual(Uint8Array.from(octets));
  return { header, kinds: message.payloads.map(({ kind }) => kind) };
}

/** Messages of a capture as `exchange type: kinds`. */
function storyOf(path: string): string[] {
  return messagesOf(readCapture(vectorPath(path))).map((octets) => {
    const { header, kinds } = roundTrip(octets);
    if (kinds === 'encrypted') return `${header.exchangeType}: encrypted`;
    const counts = new Map<string, number>();
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return `${header.exchangeType}: ${[...counts].map(([kind, count]) => `${kind}*${count}`).join(' ')}`;
  });
}

/** Octets that may be broken in any way: a value or a WireError, whether read as a message or as a chain. */
function expectHarmless(octets: Uint8Array): void {
  const bodies = [
    () => decodeMessage(octets),
    () => decodePayloads(octets[16] ?? 0, octets.subarray(28)),
    () => decodePayloads(octets[12] ?? 0, octets.subarray(24)),
  ];
  for (const decode of bodies) {
    try {
      decode();
    } catch (error) {
      expect(error).toBeInstanceOf(WireError);
    }
  }
}

describeVectors('captures of other implementations', () => {
  it('wireshark/ikev1-bug-12610: main mode, XAUTH, mode-config, quick mode', () => {
    expect(storyOf('wireshark/ikev1-bug-12610.pcapng.gz')).toEqual([
      '2: security-association*1 vendor-id*8',
      '2: security-association*1 vendor-id*3',
      '2: key-exchange*1 nonce*1 nat-discovery*2',
      '2: key-exchange*1 nonce*1 nat-discovery*2',
      ...Array.from({ length: 2 }, () => '2: encrypted'),
      '6: encrypted',
      '5: encrypted',
      ...Array.from({ length: 5 }, () => '6: encrypted'),
      ...Array.from({ length: 3 }, () => '32: encrypted'),
    ]);
  });

  it('tcpdump/ISAKMP_sa_setup: main mode and quick mode', () => {
    expect(storyOf('tcpdump/ISAKMP_sa_setup.pcap')).toEqual([
      '2: security-association*1 vendor-id*3',
      '2: security-association*1 vendor-id*1',
      '2: key-exchange*1 nonce*1 vendor-id*4 unknown*2',
      '2: key-exchange*1 nonce*1 vendor-id*4 unknown*2',
      '2: encrypted',
      '2: encrypted',
      '32: encrypted',
      '32: encrypted',
      '32: encrypted',
    ]);
  });

  it('tcpdump/isakmp4500: port float, quick modes, ESP and keepalives beside them', () => {
    const path = 'tcpdump/isakmp4500.pcap';
    expect(storyOf(path)).toEqual([
      '2: security-association*1 vendor-id*6',
      '2: security-association*1 vendor-id*3',
      '2: key-exchange*1 nonce*1 nat-discovery*2',
      '2: key-exchange*1 nonce*1 nat-discovery*2',
      ...Array.from({ length: 2 }, () => '2: encrypted'),
      ...Array.from({ length: 8 }, () => '32: encrypted'),
      '5: encrypted',
    ]);
    const others = readCapture(vectorPath(path)).filter(
      ({ source, payload }) => source.port === 4500 && !hasNonEspMarker(payload),
    );
    expect(others.filter(({ payload }) => isNatKeepalive(payload))).toHaveLength(4);
    expect(others).toHaveLength(12);
  });

  it('ike-scan: every IKEv1 message, with RESERVED fields that are not zero', () => {
    const directory = vectorPath('ike-scan');
    const files = readdirSync(directory).filter((name) => /^pkt-(?!v2-|ikev2|malformed).*\.dat$/.test(name));
    expect(files).toHaveLength(10);
    for (const name of files) {
      const octets = stripNonEspMarker(readFileSync(join(directory, name)));
      expect(roundTrip(octets).kinds, name).not.toBe('encrypted');
    }
  });
});

describeVectors('malformed messages', () => {
  it.each(['tcpdump/isakmp-delete-segfault.pcap', 'tcpdump/isakmp-pointer-loop.pcap'])('%s', (path) => {
    const datagrams = readCapture(vectorPath(path));
    expect(datagrams.length).toBeGreaterThan(0);
    for (const { payload } of datagrams) {
      expect(() => decodeMessage(payload)).toThrow(WireError);
      expectHarmless(payload);
    }
  });

  it('ike-scan/pkt-malformed.dat', () => {
    const octets = readFileSync(vectorPath('ike-scan/pkt-malformed.dat'));
    expect(() => decodeMessage(octets)).toThrow(WireError);
    expectHarmless(octets);
  });

  it('IKEv2 messages, whose layout is another, do no harm either', () => {
    for (const path of ['tcpdump/ikev2pI2.pcap', 'wireshark/ikev2-decrypt-3des-sha1_160.pcap']) {
      for (const { payload } of readCapture(vectorPath(path))) expectHarmless(payload);
    }
  });
});
