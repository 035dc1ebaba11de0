import { expect, it } from 'vitest';
import { decodeEchoPacket } from '../../src/ike/esp/icmp-echo.ts';
import { decodeInnerPacket } from '../../src/ike/esp/inner-packet.ts';
import type { InnerPacket } from '../../src/ike/esp/inner-packet.ts';
import { openPacket, sealPacket, spiOf } from '../../src/ike/esp/packet.ts';
import { padContent, unpadContent } from '../../src/ike/esp/padding.ts';
import { createEspSa } from '../../src/ike/esp/sa.ts';
import type { EspSaSetup } from '../../src/ike/esp/sa.ts';
import { classifyDatagram } from '../../src/ike/esp/udp-encapsulation.ts';
import { concatOctets, fromHex, toHex, uint32At } from '../../src/ike/wire/octets.ts';
import { createCryptoSuite } from '../../src/crypto/registry.ts';
import { readCapture, readIpPackets } from '../harness/capture.ts';
import { describeVectors, readVectorText, vectorPath } from '../harness/vectors.ts';

const ESP = 50;
const suite = createCryptoSuite('fastest');
const AES_SHA1 = { encryption: 'aes-cbc', keyBits: 128, integrity: 'sha1' } as const;

/** The SA before a packet of it. */
function setupBefore(packet: Uint8Array, encryptionKey: Uint8Array, integrityKey: Uint8Array): EspSaSetup {
  return {
    keys: { spi: packet.slice(0, 4), encryptionKey, integrityKey },
    transform: AES_SHA1,
    replayWindow: 32,
    esn: false,
    sequence: { high: 0, low: uint32At(packet, 4) - 1 },
  };
}

function ivOf(packet: Uint8Array): () => Uint8Array {
  return () => packet.slice(8, 24);
}

describeVectors('ESP of Wireshark', () => {
  /** Cipher and integrity key by SPI, from lines of quoted fields. */
  function readKeys(): Map<number, readonly [Uint8Array, Uint8Array]> {
    const lines = readVectorText('wireshark/esp_sa.tmpl').trim().split('\n');
    return new Map(
      lines.map((line) => {
        const fields = line.split(',').map((field) => field.replace(/^"(?:0x)?|"$/g, ''));
        const octetsOf = (index: number) => fromHex(fields[index] ?? '');
        return [uint32At(octetsOf(3), 0), [octetsOf(5), octetsOf(7)]];
      }),
    );
  }

  function readEspPackets(): InnerPacket[] {
    return readIpPackets(vectorPath('wireshark/esp-bug-12671.pcapng.gz')).flatMap((octets) => {
      const packet = decodeInnerPacket(octets);
      return packet?.protocol === ESP ? packet : [];
    });
  }

  it('opens all six packets, pings and their answers, and seals them to the same octets', () => {
    const keys = readKeys();
    const packets = readEspPackets();
    expect(packets.length).toBe(6);
    const kinds = packets.map(({ payload: packet }) => {
      const [encryptionKey, integrityKey] = keys.get(spiOf(packet) ?? 0) ?? [];
      if (encryptionKey === undefined || integrityKey === undefined) throw new Error('no keys for the SPI');
      const setup = setupBefore(packet, encryptionKey, integrityKey);
      const opened = openPacket(createEspSa(suite, setup), packet);
      if ('drop' in opened) throw new Error(`dropped: ${opened.drop}`);
      expect(opened.nextHeader).toBe(4);
      const echo = decodeEchoPacket(opened.payload)?.echo;
      expect(echo && toHex(echo.data)).toContain('08090a0b0c0d0e0f1011121314151617');
      expect(sealPacket(createEspSa(suite, setup), opened.payload, 4, ivOf(packet))).toEqual(packet);
      return `${echo?.kind} ${uint32At(packet, 4)}`;
    });
    expect(kinds).toEqual([1, 2, 3].flatMap((sequence) => [`request ${sequence}`, `reply ${sequence}`]));
  });

  it('opens them in one SA a direction, and drops them when they come again', () => {
    const keys = readKeys();
    const packets = readEspPackets().map(({ payload }) => payload);
    const spis = new Set(packets.map(spiOf));
    expect(spis.size).toBe(2);
    for (const spi of spis) {
      const ofSa = packets.filter((packet) => spiOf(packet) === spi);
      const [first = new Uint8Array(0)] = ofSa;
      const [encryptionKey, integrityKey] = keys.get(spi ?? 0) ?? [new Uint8Array(0), new Uint8Array(0)];
      const sa = createEspSa(suite, setupBefore(first, encryptionKey, integrityKey));
      for (const packet of ofSa.toReversed()) expect(openPacket(sa, packet)).toHaveProperty('payload');
      for (const packet of ofSa) expect(openPacket(sa, packet)).toEqual({ drop: 'replayed' });
      expect(sa.counters).toMatchObject({ packets: 3, octets: 3 * 84, drops: { replayed: 3 } });
    }
  });
});

describeVectors('ESP in UDP, of tcpdump', () => {
  it('tells IKE, ESP and keepalives of isakmp4500.pcap apart', () => {
    const datagrams = readCapture(vectorPath('tcpdump/isakmp4500.pcap'), [4500]);
    const counts = { ike: 0, esp: 0, keepalive: 0, malformed: 0 };
    for (const { payload } of datagrams) counts[classifyDatagram(payload)] += 1;
    // As many as tshark 4.0 counts.
    expect(counts).toEqual({ ike: 11, esp: 8, keepalive: 4, malformed: 0 });
  });
});

describeVectors('ESP of IPsec-StateMachineExtractor', () => {
  interface Statement {
    readonly context: string;
    readonly hex: string | readonly string[];
  }
  type Tests = Readonly<Record<string, Readonly<Record<string, readonly Statement[]>>>>;

  function readStatements(test: string): readonly Statement[] {
    const text = readVectorText('rub-nds-ikev1/hex-by-test.json');
    const statements = (JSON.parse(text) as { tests: Tests }).tests['ESPMessageTest']?.[test];
    if (statements === undefined) throw new Error(`there is no ESPMessageTest.${test}`);
    return statements;
  }

  function octetsOf(name: string): Uint8Array {
    const found = readStatements('static').filter(({ context }) => context.includes(` ${name} =`));
    const [hex] = found.flatMap((statement) => statement.hex);
    if (found.length !== 1 || hex === undefined) throw new Error(`${found.length} values of ${name}`);
    return fromHex(hex);
  }

  it.each([
    ['CASE5', 'CASE56', 1],
    ['CASE6', 'CASE56', 1],
    ['CASE7', 'CASE78', 4],
    ['CASE8', 'CASE78', 4],
  ])('%s of RFC 3602, which has no ICV, is what comes before ours', (name, keyName, nextHeader) => {
    const [body, payload] = [octetsOf(`${name}_MSG`), octetsOf(`${name}_PAYLOAD`)];
    const integrityKey = new Uint8Array(20).fill(7);
    const setup = setupBefore(body, octetsOf(`${keyName}_KEY`), integrityKey);
    const packet = concatOctets(body, suite.hash('sha1').hmac(integrityKey, body).subarray(0, 12));
    expect(sealPacket(createEspSa(suite, setup), payload, nextHeader, ivOf(body))).toEqual(packet);
    expect(openPacket(createEspSa(suite, setup), packet)).toEqual({ payload, nextHeader });
  });

  it('a packet with HMAC-SHA1-96 opens, and is sealed to the same octets', () => {
    const [packet, payload] = [octetsOf('WITHAUTH_MSG'), octetsOf('WITHAUTH_PAYLOAD')];
    const setup = setupBefore(packet, octetsOf('WITHAUTH_ENC_KEY'), octetsOf('WITHAUTH_AUTH_KEY'));
    const opened = openPacket(createEspSa(suite, setup), packet);
    expect(opened).toEqual({ payload, nextHeader: 4 });
    expect(sealPacket(createEspSa(suite, setup), payload, 4, ivOf(packet))).toEqual(packet);
  });

  it('padding to a block of 16 is what ours is', () => {
    const padded = readStatements('testAddRFC2406Padding')
      .filter(({ context }) => context.includes('expResult'))
      .flatMap(({ hex }) => hex)
      .map(fromHex);
    expect(padded.length).toBe(4);
    for (const plaintext of padded) {
      const content = unpadContent(plaintext);
      expect(content?.nextHeader).toBe(0);
      expect(content && padContent(content, 16)).toEqual(plaintext);
    }
  });
});
