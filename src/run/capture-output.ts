/** Makes the captures and key tables of a run from the parts that its workers left in the folder. */
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mergeCaptureParts } from '../export/capture-merge.ts';
import { writeKeyTables } from '../export/key-tables.ts';
import { OutputError } from './output-error.ts';

/**
 * Writes capture.pcapng, capture-retransmissions.pcapng, ikev1_decryption_table, esp_sa and
 * keys.ndjson, and removes the parts. Returns sentences about what is incomplete.
 * `clockEpochNs`: UTC time of 0 on the run's clock, nanoseconds since 1970.
 * @throws OutputError; the parts are then left where they are.
 */
export async function writeCapture(folder: string, clockEpochNs: bigint): Promise<string[]> {
  try {
    const names = (await readdir(folder)).toSorted();
    const captures = pathsOf(folder, names, /^capture-\d+\.part$/);
    const keys = pathsOf(folder, names, /^keys-\d+\.part$/);
    const [capture, retransmissions] = ['capture.pcapng', 'capture-retransmissions.pcapng'].map((name) =>
      join(folder, name),
    ) as [string, string];
    const report = mergeCaptureParts({
      parts: captures,
      capturePath: `${capture}.new`,
      retransmissionsPath: `${retransmissions}.new`,
      clockEpochNs,
    });
    const keyReport = await writeKeyTables(keys, folder);
    for (const path of [capture, retransmissions]) await rename(`${path}.new`, path);
    for (const path of [...captures, ...keys]) await rm(path);
    const warnings = report.damagedParts.map(
      (part) => `the capture is incomplete: the end of ${part} is damaged`,
    );
    if (keyReport.damagedLines > 0)
      warnings.push(`${keyReport.damagedLines} keys were not logged completely`);
    return warnings;
  } catch (cause) {
    throw new OutputError(folder, cause);
  }
}

function pathsOf(folder: string, names: readonly string[], pattern: RegExp): string[] {
  return names.filter((name) => pattern.test(name)).map((name) => join(folder, name));
}
