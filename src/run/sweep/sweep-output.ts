/** Writes what a sweep came to. */
import { join } from 'node:path';
import type { SweepResult } from '../../measure/sweep-result.ts';
import { sweepSvg } from '../../report/chart/sweep-chart.ts';
import { sweepCsv, sweepMarkdown } from '../../report/sweep-report.ts';
import { writeWhole } from '../result-folder.ts';
import { SUMMARY_FILE } from '../result-writer.ts';

/**
 * Writes sweep.json, sweep.csv, sweep.svg and summary.md into a folder that is there.
 * @throws OutputError
 */
export async function writeSweep(folder: string, result: SweepResult): Promise<void> {
  await writeWhole(join(folder, 'sweep.json'), `${JSON.stringify(result, null, 2)}\n`);
  await writeWhole(join(folder, 'sweep.csv'), sweepCsv(result));
  await writeWhole(join(folder, SWEEP_PICTURE), sweepSvg(result));
  await writeWhole(join(folder, SUMMARY_FILE), sweepMarkdown(result, SWEEP_PICTURE));
}

const SWEEP_PICTURE = 'sweep.svg';
