import { createCipheriv, createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeIpPacket } from '../../src/export/ip-packet.ts';
import { formatKeyRecord, keyRecordOf, parseKeyRecord } from '../../src/export/key-record.ts';
import { espSaLine, writeKeyTables } from '../../src/export/key-tables.ts';
import { createPcapngWriter } from '../../src/export/pcapng.ts';
import type { ChildKeys, Fact } from '../../src/peer/fact.ts';
import { ipv4 } from './endpoint.ts';
import { hasTshark, readWithTshark } from './tshark.ts';

const folder = mkdtempSync(join(tmpdir(), 'ikestorm-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

const CHILD: ChildKeys = {
  spi: Uint8Array.of(0xc0, 0, 0, 1),
  source: '10.0.0.1',
  destination: '10.0.0.2',
  encryption: 'aes128',
  integrity: 'sha256',
  esn: false,
  encryptionKey: filled(16, 0x11),
  integrityKey: filled(32, 0x22),
};
const PHASE1: Fact = {
  type: 'keys.phase1',
  keys: {
    initiatorCookie: Uint8Array.of(0x12, 0x13, 0x85, 0xe9, 0xe4, 0xa1, 0x6b, 0x60),
    responderCookie: filled(8, 2),
    skeyid: filled(32, 3),
    skeyidD: filled(32, 4),
    skeyidA: filled(32, 5),
    skeyidE: filled(32, 6),
    cipherKey: filled(16, 7),
  },
};
const CHILDREN: Fact = {
  type: 'keys.child',
  initiatorCookie: filled(8, 1),
  messageId: 0xfeedbeef,
  keys: [CHILD],
};

function lineOf(fact: Fact): string {
  const record = keyRecordOf(fact);
  if (!record) throw new Error('no keys in it');
  return formatKeyRecord(record);
}

async function tablesOf(...parts: string[]) {
  const paths = parts.map((text, index) => {
    const path = join(folder, `part-${index}.ndjson`);
    writeFileSync(path, text);
    return path;
  });
  const report = await writeKeyTables(paths, folder);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { report, log: read('keys.ndjson'), ikev1: read('ikev1_decryption_table'), esp: read('esp_sa') };
}

describe('key records', () => {
  it('hold every key of the facts, and come back from their lines', () => {
    const record = keyRecordOf(PHASE1);
    expect(record).toMatchObject({
      type: 'phase1',
      initiatorCookie: '121385e9e4a16b60',
      skeyidD: '04'.repeat(32),
      cipherKey: '07'.repeat(16),
    });
    expect(parseKeyRecord(lineOf(PHASE1).trim())).toEqual(record);
    expect(parseKeyRecord(lineOf(CHILDREN).trim())).toEqual(keyRecordOf(CHILDREN));
  });

  it('are made of key facts only', () => {
    expect(keyRecordOf({ type: 'retransmitted' })).toBeUndefined();
  });

  it.each(['', '{', 'null', '{"type":"phase1"}', '{"type":"other"}'])('are not read from %j', (line) => {
    expect(parseKeyRecord(line)).toBeUndefined();
  });
});

describe('writeKeyTables', () => {
  it('writes the tables of Wireshark and the whole log', async () => {
    const { report, log, ikev1, esp } = await tablesOf(lineOf(PHASE1), lineOf(CHILDREN));
    expect(report).toEqual({ phase1: 1, children: 1, damagedLines: 0 });
    expect(log).toBe(lineOf(PHASE1) + lineOf(CHILDREN));
    expect(ikev1).toBe(`121385e9e4a16b60,${'07'.repeat(16)}\n`);
    expect(esp).toBe(
      '"IPv4","10.0.0.1","10.0.0.2","0xc0000001","AES-CBC [RFC3602]",' +
        `"0x${'11'.repeat(16)}","HMAC-SHA-256-128 [RFC4868]","0x${'22'.repeat(32)}"\n`,
    );
  });

  it('leaves out the cut last line of a killed worker', async () => {
    const { report, log } = await tablesOf(lineOf(PHASE1) + lineOf(CHILDREN).slice(0, 40), lineOf(CHILDREN));
    expect(report).toEqual({ phase1: 1, children: 1, damagedLines: 1 });
    expect(log).toBe(lineOf(PHASE1) + lineOf(CHILDREN));
  });

  it('lets nobody but the owner read keys', async () => {
    await tablesOf(lineOf(PHASE1));
    for (const name of ['keys.ndjson', 'ikev1_decryption_table', 'esp_sa']) {
      expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    }
  });

  it('has no ESP line for algorithms that Wireshark cannot decrypt', () => {
    const child = { ...CHILD, spi: '', encryptionKey: '', integrityKey: '' };
    expect(espSaLine({ ...child, encryption: 'camellia128' })).toBeUndefined();
    expect(espSaLine({ ...child, integrity: 'aesxcbc' })).toBeUndefined();
  });
});

/** An ESP packet in UDP (RFC 3948) that carries `inner`, an IPv4 packet, as RFC 4303 §2 says. */
function espOf(child: ChildKeys, cipher: string, ivOctets: number, inner: Uint8Array): Buffer {
  const isGcm = cipher.endsWith('gcm');
  const blockOctets = isGcm ? 4 : Math.max(4, ivOctets);
  const padOctets = (blockOctets - ((inner.length + 2) % blockOctets)) % blockOctets;
  const padding = Array.from({ length: padOctets }, (_, index) => index + 1);
  const plain = Buffer.concat([inner, Uint8Array.from([...padding, padOctets, 4])]);
  const header = Buffer.concat([child.spi, Uint8Array.of(0, 0, 0, 1)]);
  const iv = Buffer.from(filled(ivOctets, 0x33));
  if (isGcm) {
    const salt = child.encryptionKey.subarray(-4);
    const key = child.encryptionKey.subarray(0, -4);
    const gcm = createCipheriv(cipher as 'aes-128-gcm', key, Buffer.concat([salt, iv]));
    gcm.setAAD(header);
    return Buffer.concat([header, iv, gcm.update(plain), gcm.final(), gcm.getAuthTag()]);
  }
  const cbc = createCipheriv(cipher, child.encryptionKey, iv).setAutoPadding(false);
  const body = Buffer.concat([header, iv, cbc.update(plain), cbc.final()]);
  const hash = createHmac(child.integrity, child.integrityKey).update(body).digest();
  return Buffer.concat([body, hash.subarray(0, child.integrity === 'sha1' ? 12 : hash.length / 2)]);
}

describe.skipIf(!hasTshark)('esp_sa, read by tshark', () => {
  it.each([
    {
      encryption: 'aes128',
      integrity: 'sha256',
      keyOctets: 16,
      hashOctets: 32,
      cipher: 'aes-128-cbc',
      ivOctets: 16,
    },
    {
      encryption: 'aes256',
      integrity: 'sha512',
      keyOctets: 32,
      hashOctets: 64,
      cipher: 'aes-256-cbc',
      ivOctets: 16,
    },
    {
      encryption: '3des',
      integrity: 'sha1',
      keyOctets: 24,
      hashOctets: 20,
      cipher: 'des-ede3-cbc',
      ivOctets: 8,
    },
    {
      encryption: 'aes128gcm16',
      integrity: '',
      keyOctets: 20,
      hashOctets: 0,
      cipher: 'aes-128-gcm',
      ivOctets: 8,
    },
  ])(
    'opens $encryption with "$integrity"',
    async ({ encryption, integrity, keyOctets, hashOctets, cipher, ivOctets }) => {
      const encryptionKey = Uint8Array.from({ length: keyOctets }, (_, index) => index * 7 + 1);
      const child: ChildKeys = {
        ...CHILD,
        encryption,
        integrity,
        encryptionKey,
        integrityKey: filled(hashOctets, 0x44),
      };
      await tablesOf(lineOf({ ...CHILDREN, keys: [child] }));
      const inner = encodeIpPacket(ipv4('172.16.0.1', 1111), ipv4('172.16.0.2', 2222), Buffer.from('inside'));
      const esp = espOf(child, cipher, ivOctets, inner);
      const blocks: Uint8Array[] = [];
      createPcapngWriter((octets) => blocks.push(octets)).write({
        epochNs: 0n,
        source: ipv4('10.0.0.1', 4500),
        destination: ipv4('10.0.0.2', 4500),
        payload: esp,
      });
      const file = join(folder, 'esp.pcapng');
      writeFileSync(file, Buffer.concat(blocks));
      const rows = readWithTshark(file, {
        fields: ['ip.src', 'udp.dstport', 'esp.icv'],
        options: ['-o', 'esp.enable_encryption_decode:TRUE'],
        configFolder: folder,
      });
      const icv = esp.subarray(hashOctets === 20 ? -12 : -Math.max(16, hashOctets / 2)).toString('hex');
      expect(rows).toEqual([['10.0.0.1,172.16.0.1', '4500,2222', icv]]);
    },
  );
});
