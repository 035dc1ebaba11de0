/** Reads the result of an earlier run. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRunResult } from '../measure/result.ts';
import type { RunResult } from '../measure/result.ts';
import { PlanError } from './plan.ts';
import { RESULT_FILE } from './result-writer.ts';

/**
 * The result in a file, or in the result.json of a folder.
 * @throws PlanError when there is none, or it is of another format.
 */
export async function readResult(path: string): Promise<RunResult> {
  let text: string;
  try {
    text = await readFile((await stat(path)).isDirectory() ? join(path, RESULT_FILE) : path, 'utf8');
  } catch {
    throw new PlanError(`${path} cannot be read`, 'name a result.json, or the folder of a run');
  }
  try {
    return parseRunResult(JSON.parse(text));
  } catch {
    throw new PlanError(`${path} is no result of a run`, 'ikestorm schema result says what one is');
  }
}
