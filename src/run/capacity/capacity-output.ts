/** Writes what a capacity search found. */
import { join } from 'node:path';
import type { CapacityResult } from '../../measure/capacity-result.ts';
import { capacityMarkdown } from '../../report/capacity-report.ts';
import { capacitySvg } from '../../report/chart/capacity-chart.ts';
import { writeWhole } from '../result-folder.ts';
import { SUMMARY_FILE } from '../result-writer.ts';

/**
 * Writes capacity.json, capacity.svg and summary.md into a folder that is there.
 * @throws OutputError
 */
export async function writeCapacity(folder: string, result: CapacityResult): Promise<void> {
  await writeWhole(join(folder, CAPACITY_FILE), `${JSON.stringify(result, null, 2)}\n`);
  await writeWhole(join(folder, CAPACITY_PICTURE), capacitySvg(result));
  await writeWhole(join(folder, SUMMARY_FILE), capacityMarkdown(result, CAPACITY_PICTURE));
}

export const CAPACITY_FILE = 'capacity.json';
const CAPACITY_PICTURE = 'capacity.svg';
