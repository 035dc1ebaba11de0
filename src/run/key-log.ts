/** Writes keys as soon as they exist, so that a running capture can be read in Wireshark at once. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { formatKeyRecord, keyRecordOf } from '../export/key-record.ts';
import { espSaLine, ikev1DecryptionLine } from '../export/key-tables.ts';
import type { Fact } from '../peer/fact.ts';
import { OutputError } from './output-error.ts';

export interface KeyLog {
  /** Takes `keys.*` facts; others are none of its business. */
  fact(fact: Fact): void;
  close(): void;
}

/**
 * Appends to `keys.ndjson`, `ikev1_decryption_table` and `esp_sa` in `folder`, which is made.
 * @throws OutputError, also from `fact` when the disk is full.
 */
export function openKeyLog(folder: string): KeyLog {
  const open = (name: string): number => openSync(join(folder, name), 'a', OWNER_ONLY);
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw new OutputError(folder, cause);
    }
  };
  const [log, ikev1, esp] = guarded(() => {
    mkdirSync(folder, { recursive: true });
    return [open('keys.ndjson'), open('ikev1_decryption_table'), open('esp_sa')] as const;
  });
  return {
    fact(fact) {
      const record = keyRecordOf(fact);
      if (record === undefined) return;
      guarded(() => {
        writeSync(log, formatKeyRecord(record));
        if (record.type === 'phase1') writeSync(ikev1, ikev1DecryptionLine(record));
        else for (const child of record.children) writeSync(esp, espSaLine(child) ?? '');
      });
    },
    close: () => {
      for (const file of [log, ikev1, esp]) closeSync(file);
    },
  };
}

/** Keys open every tunnel: readable by the owner alone. */
const OWNER_ONLY = 0o600;
