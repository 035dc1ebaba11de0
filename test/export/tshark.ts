/** Runs tshark where it is installed; tests that need it are skipped, visibly, where it is not. */
import { execFileSync, spawnSync } from 'node:child_process';

export const hasTshark = spawnSync('tshark', ['--version'], { stdio: 'ignore' }).status === 0;

export interface TsharkSetup {
  readonly fields: readonly string[];
  readonly options?: readonly string[];
  /** Folder with key tables. */
  readonly configFolder?: string;
}

/** One row of field values a packet. */
export function readWithTshark(
  file: string,
  { fields, options = [], configFolder }: TsharkSetup,
): string[][] {
  const wanted = fields.flatMap((field) => ['-e', field]);
  const output = execFileSync('tshark', [...options, '-r', file, '-T', 'fields', ...wanted], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...(configFolder === undefined ? {} : { WIRESHARK_CONFIG_DIR: configFolder }) },
  });
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}
