/** The folder of one run's output: `<out>/<scenario>-<UTC time>/`, and files in it that are either whole or not there. */
import { open, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OutputError } from './output-error.ts';

/**
 * Makes the folder of a run that started at `startedAt`. A second run of the same second gets a
 * number behind its name.
 * @throws OutputError
 */
export async function createResultFolder(out: string, scenario: string, startedAt: Date): Promise<string> {
  const name = `${scenario}-${timeName(startedAt)}`;
  try {
    await mkdir(out, { recursive: true });
  } catch (cause) {
    throw new OutputError(out, cause);
  }
  for (let number = 1; ; number++) {
    const path = join(out, number === 1 ? name : `${name}-${number}`);
    try {
      await mkdir(path);
      return path;
    } catch (cause) {
      if (isTaken(cause) && number < NAMES_TRIED) continue;
      throw new OutputError(path, cause);
    }
  }
}

/**
 * Writes a file that is complete under its name or not there at all, also when the machine stops.
 * @throws OutputError
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.part`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new OutputError(path, cause);
  }
}

/** `20260203T040506Z` */
function timeName(time: Date): string {
  return time.toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
}

const NAMES_TRIED = 1000;
