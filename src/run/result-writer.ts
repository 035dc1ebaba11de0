/** Writes the files of a run's folder. */
import { join } from 'node:path';
import type { RunResult } from '../measure/result.ts';
import { recoverySvg } from '../report/chart/recovery-chart.ts';
import { summaryMarkdown } from '../report/summary-markdown.ts';
import { writeWhole } from './result-folder.ts';

/**
 * Writes result.json and summary.md, and recovery.svg where there is a recovery to see.
 * @throws OutputError
 */
export async function writeResult(folder: string, result: RunResult): Promise<void> {
  await writeWhole(join(folder, RESULT_FILE), `${JSON.stringify(result, null, 2)}\n`);
  const picture = recoverySvg(result);
  if (picture !== undefined) await writeWhole(join(folder, RECOVERY_PICTURE), picture);
  await writeWhole(join(folder, SUMMARY_FILE), summaryMarkdown(result, RECOVERY_PICTURE));
}

export const RESULT_FILE = 'result.json';
export const SUMMARY_FILE = 'summary.md';
const RECOVERY_PICTURE = 'recovery.svg';
