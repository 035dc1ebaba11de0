/**
 * Key tables for Wireshark and tshark: put `ikev1_decryption_table` and `esp_sa` into a profile
 * folder (or name it in WIRESHARK_CONFIG_DIR) and the capture of the run opens decrypted. The
 * parts that workers logged become keys.ndjson, which has every key of RFC 2409 §5.
 */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { formatKeyRecord, parseKeyRecord, type ChildKeyRecord, type KeyRecord } from './key-record.ts';

/** Wireshark's names of the ESP ciphers that a scenario can ask for, whatever the key length. */
const CIPHER_NAMES: readonly (readonly [prefix: RegExp, name: string])[] = [
  [/^aes\d*gcm/, 'AES-GCM with 16 octet ICV [RFC4106]'],
  [/^aes/, 'AES-CBC [RFC3602]'],
  [/^3des/, 'TripleDES-CBC [RFC2451]'],
  [/^null/, 'NULL'],
];
const INTEGRITY_NAMES: Readonly<Record<string, string>> = {
  md5: 'HMAC-MD5-96 [RFC2403]',
  sha1: 'HMAC-SHA-1-96 [RFC2404]',
  sha256: 'HMAC-SHA-256-128 [RFC4868]',
  sha384: 'HMAC-SHA-384-192 [RFC4868]',
  sha512: 'HMAC-SHA-512-256 [RFC4868]',
};

/** `cookie,key`: a line of Wireshark's ikev1_decryption_table. */
export function ikev1DecryptionLine(record: KeyRecord & { type: 'phase1' }): string {
  return `${record.initiatorCookie},${record.cipherKey}\n`;
}

/**
 * A line of Wireshark's esp_sa for one direction; undefined for algorithms that it has no name for. An
 * AES-GCM key has its 4 octets of salt at the end and no integrity algorithm.
 */
export function espSaLine(child: ChildKeyRecord): string | undefined {
  const cipher = CIPHER_NAMES.find(([prefix]) => prefix.test(child.encryption))?.[1];
  const integrity = child.integrity === '' ? 'NULL' : INTEGRITY_NAMES[child.integrity];
  if (cipher === undefined || integrity === undefined) return undefined;
  const fields = [
    child.source.includes(':') ? 'IPv6' : 'IPv4',
    child.source,
    child.destination,
    `0x${child.spi}`,
    cipher,
    keyField(child.encryptionKey),
    integrity,
    keyField(child.integrityKey),
  ];
  return `${fields.map((field) => `"${field}"`).join(',')}\n`;
}

function keyField(key: string): string {
  return key === '' ? '' : `0x${key}`;
}

export interface KeyTablesReport {
  readonly phase1: number;
  readonly children: number;
  /** Lines that were cut or are no key records; left out. */
  readonly damagedLines: number;
}

/** Keys open every tunnel of the run: readable by the owner alone. */
const OWNER_ONLY = 0o600;

/**
 * Reads the parts line by line and writes `keys.ndjson`, `ikev1_decryption_table` and `esp_sa`
 * into `folder`, replacing older ones.
 * @throws Error of node:fs when a file cannot be read or written.
 */
export async function writeKeyTables(parts: readonly string[], folder: string): Promise<KeyTablesReport> {
  const files: FileHandle[] = [];
  try {
    for (const name of ['keys.ndjson', 'ikev1_decryption_table', 'esp_sa']) {
      const file = await open(join(folder, name), 'w', OWNER_ONLY);
      files.push(file);
      await file.chmod(OWNER_ONLY);
    }
    const tables = files.map((file) => new TableWriter(file));
    const report = await copyRecords(parts, tables);
    for (const table of tables) await table.flush();
    return report;
  } finally {
    for (const file of files) await file.close();
  }
}

async function copyRecords(
  parts: readonly string[],
  tables: readonly TableWriter[],
): Promise<KeyTablesReport> {
  const [log, ikev1, esp] = tables;
  const report = { phase1: 0, children: 0, damagedLines: 0 };
  for (const part of parts) {
    for await (const line of createInterface({ input: createReadStream(part), crlfDelay: Infinity })) {
      if (line === '') continue;
      const record = parseKeyRecord(line);
      if (record === undefined) {
        report.damagedLines += 1;
        continue;
      }
      await log?.append(formatKeyRecord(record));
      if (record.type === 'phase1') {
        report.phase1 += 1;
        await ikev1?.append(ikev1DecryptionLine(record));
      } else {
        report.children += record.children.length;
        for (const child of record.children) await esp?.append(espSaLine(child) ?? '');
      }
    }
  }
  return report;
}

const BATCH_LENGTH = 64 * 1024;

/** Collects lines, so that not every one is a system call. */
class TableWriter {
  readonly #file: FileHandle;
  #lines = '';

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async append(line: string): Promise<void> {
    this.#lines += line;
    if (this.#lines.length >= BATCH_LENGTH) await this.flush();
  }

  async flush(): Promise<void> {
    await this.#file.writeFile(this.#lines);
    this.#lines = '';
  }
}
