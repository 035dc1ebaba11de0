/** Writes the files of a run's folder. */
import { join } from 'node:path';
import type { RunResult } from '../measure/result.ts';
import { summaryMarkdown } from '../report/summary-markdown.ts';
import { writeWhole } from './result-folder.ts';

/**
 * Writes result.json and summary.md.
 * @throws OutputError
 */
export async function writeResult(folder: string, result: RunResult): Promise<void> {
  await writeWhole(join(folder, RESULT_FILE), `${JSON.stringify(result, null, 2)}\n`);
  await writeWhole(join(folder, SUMMARY_FILE), summaryMarkdown(result));
}

export const RESULT_FILE = 'result.json';
export const SUMMARY_FILE = 'summary.md';
