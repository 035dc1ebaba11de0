/** Keys as a worker logs them: one JSON object a line, which is also the content of keys.ndjson. */
import { z } from 'zod';
import type { Fact } from '../peer/fact.ts';

const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);

const phase1Schema = z.object({
  type: z.literal('phase1'),
  initiatorCookie: hex,
  responderCookie: hex,
  skeyid: hex,
  skeyidD: hex,
  skeyidA: hex,
  skeyidE: hex,
  cipherKey: hex,
});
const childSchema = z.object({
  spi: hex,
  source: z.string(),
  destination: z.string(),
  encryption: z.string(),
  integrity: z.string(),
  esn: z.boolean(),
  encryptionKey: hex,
  integrityKey: hex,
});
const childrenSchema = z.object({
  type: z.literal('child'),
  initiatorCookie: hex,
  messageId: z.number().int(),
  children: z.array(childSchema),
});
const keyRecordSchema = z.discriminatedUnion('type', [phase1Schema, childrenSchema]);

/** All octet strings are lower-case hex. */
export type KeyRecord = z.infer<typeof keyRecordSchema>;
export type ChildKeyRecord = z.infer<typeof childSchema>;

function toHex(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('hex');
}

/** The record of a `keys.*` fact; undefined for every other fact. */
export function keyRecordOf(fact: Fact): KeyRecord | undefined {
  if (fact.type === 'keys.phase1') {
    const { keys } = fact;
    return {
      type: 'phase1',
      initiatorCookie: toHex(keys.initiatorCookie),
      responderCookie: toHex(keys.responderCookie),
      skeyid: toHex(keys.skeyid),
      skeyidD: toHex(keys.skeyidD),
      skeyidA: toHex(keys.skeyidA),
      skeyidE: toHex(keys.skeyidE),
      cipherKey: toHex(keys.cipherKey),
    };
  }
  if (fact.type !== 'keys.child') return undefined;
  const children = fact.keys.map((child) => ({
    spi: toHex(child.spi),
    source: child.source,
    destination: child.destination,
    encryption: child.encryption,
    integrity: child.integrity,
    esn: child.esn,
    encryptionKey: toHex(child.encryptionKey),
    integrityKey: toHex(child.integrityKey),
  }));
  return {
    type: 'child',
    initiatorCookie: toHex(fact.initiatorCookie),
    messageId: fact.messageId,
    children,
  };
}

/** One line of keys.ndjson, with its line end. */
export function formatKeyRecord(record: KeyRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Reads a line back; undefined when it is cut or no key record. */
export function parseKeyRecord(line: string): KeyRecord | undefined {
  try {
    return keyRecordSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
