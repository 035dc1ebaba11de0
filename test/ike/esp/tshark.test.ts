import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { espSaLine } from '../../../src/export/key-tables.ts';
import { encodeEchoData } from '../../../src/ike/esp/echo-timestamp.ts';
import { answerEcho, encodeEchoPacket } from '../../../src/ike/esp/icmp-echo.ts';
import { encodeInnerPacket } from '../../../src/ike/esp/inner-packet.ts';
import type { InnerAddresses } from '../../../src/ike/esp/inner-packet.ts';
import { tunnelNextHeader } from '../../../src/ike/esp/next-header.ts';
import { encryptionKeyword } from '../../../src/ike/transform.ts';
import { fromHex, toHex } from '../../../src/ike/wire/octets.ts';
import { hasTshark, readWithTshark } from '../../export/tshark.ts';
import { TRANSFORMS, createPair, seal, setupOf, titleOf } from './sa-pair.ts';

const folder = mkdtempSync(join(tmpdir(), 'ikestorm-esp-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ESP = 50;
const IPV4 = { source: Uint8Array.of(10, 1, 0, 5), destination: Uint8Array.of(10, 2, 0, 9) };
const IPV6 = {
  source: fromHex('20010db8000000000000000000000001'),
  destination: fromHex('20010db8000000000000000000000002'),
};
const OUTER = { source: Uint8Array.of(192, 0, 2, 1), destination: Uint8Array.of(192, 0, 2, 2) };
const CHECKSUM_GOOD = '1';

/** A pcap file of bare IP packets, link type 101. */
function captureOf(name: string, packets: readonly Uint8Array[]): string {
  const header = Buffer.from('a1b2c3d40002000400000000000000000004000000000065', 'hex');
  const file = Buffer.concat([
    header,
    ...packets.flatMap((packet) => {
      const record = Buffer.alloc(16);
      record.writeUInt32BE(packet.length, 8);
      record.writeUInt32BE(packet.length, 12);
      return [record, packet];
    }),
  ]);
  const path = join(folder, name);
  writeFileSync(path, file);
  return path;
}

function pingOf(addresses: InnerAddresses): Uint8Array {
  const data = encodeEchoData(123_456_789, 56);
  return encodeEchoPacket({ addresses, echo: { kind: 'request', identifier: 0x1234, sequence: 7, data } });
}

if (!hasTshark) console.warn('skipped, because tshark is not installed: ESP and echoes as others read them');

describe.skipIf(!hasTshark)('tshark', () => {
  it.each([
    ['IPv4', IPV4, 'icmp', ['icmp.type', 'icmp.ident', 'icmp.seq', 'ip.checksum.status'], '8', '0'],
    [
      'IPv6',
      IPV6,
      'icmpv6',
      ['icmpv6.type', 'icmpv6.echo.identifier', 'icmpv6.echo.sequence_number', 'ipv6.nxt'],
      '128',
      '129',
    ],
  ] as const)(
    'finds echoes over %s and their checksums right',
    (name, addresses, protocol, fields, request, reply) => {
      const ping = pingOf(addresses);
      const file = captureOf(`${name}.pcap`, [ping, answerEcho(ping) ?? new Uint8Array(0)]);
      const rows = readWithTshark(file, {
        fields: [`${protocol}.checksum.status`, ...fields],
        options: ['-o', 'ip.check_checksum:TRUE'],
      });
      expect(
        rows.map(([status, type, identifier, sequence]) => [status, type, Number(identifier), sequence]),
      ).toEqual([request, reply].map((type) => [CHECKSUM_GOOD, type, 0x1234, '7']));
      if (name === 'IPv4') for (const row of rows) expect(row.at(-1)).toBe(CHECKSUM_GOOD);
    },
  );

  it.each(TRANSFORMS.map((transform) => [titleOf(transform), transform] as const))(
    'opens our packets of %s and finds the ICV right',
    (title, transform) => {
      const { keys } = setupOf(transform);
      const table = espSaLine({
        spi: toHex(keys.spi),
        source: '192.0.2.1',
        destination: '192.0.2.2',
        encryption: encryptionKeyword(transform),
        integrity: transform.integrity ?? '',
        esn: false,
        encryptionKey: toHex(keys.encryptionKey),
        integrityKey: toHex(keys.integrityKey),
      });
      writeFileSync(join(folder, 'esp_sa'), table ?? '');
      const { sender } = createPair(transform);
      const packets = [IPV4, IPV6, IPV4].map((addresses) => {
        const ping = pingOf(addresses);
        const payload = seal(sender, ping, tunnelNextHeader(ping) ?? 0);
        return encodeInnerPacket({ addresses: OUTER, protocol: ESP, payload });
      });
      const rows = readWithTshark(captureOf(`${title}.pcap`, packets), {
        fields: ['esp.sequence', 'esp.icv_good', 'icmp.checksum.status', 'icmpv6.checksum.status'],
        options: [
          ...['-o', 'esp.enable_encryption_decode:TRUE', '-o', 'esp.enable_authentication_check:TRUE'],
          ...['-o', 'esp.enable_null_encryption_decode_heuristic:FALSE'],
        ],
        configFolder: folder,
      });
      const isGood = '1';
      expect(rows).toEqual([
        ['1', isGood, CHECKSUM_GOOD, ''],
        ['2', isGood, '', CHECKSUM_GOOD],
        ['3', isGood, CHECKSUM_GOOD, ''],
      ]);
    },
  );
});
