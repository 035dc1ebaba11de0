/** The command that repeats a run. */
import type { Manifest } from '../measure/manifest.ts';

/** What has to be known of a run to repeat it. */
export type ReplayFacts = Pick<Manifest, 'scenarioFile' | 'settings' | 'seed'> & {
  readonly workers?: number;
  /** Options as they were given, for those that change what is done. */
  readonly commandLine?: readonly string[];
};

/** One line for a shell; in virtual time it does the same to the nanosecond. */
export function replayCommand({
  scenarioFile,
  settings,
  seed,
  workers,
  commandLine = [],
}: ReplayFacts): string {
  const words = [
    'ikestorm',
    'run',
    scenarioFile,
    ...settings.flatMap((setting) => ['--set', setting]),
    ...KEPT_OPTIONS.flatMap((option) => {
      const value = optionValue(commandLine, option);
      return value === undefined ? [] : [option, value];
    }),
    '--seed',
    String(seed),
    ...(workers === undefined ? [] : ['--workers', String(workers)]),
  ];
  return words.map(quoted).join(' ');
}

/** `--option value` or `--option=value`. */
function optionValue(commandLine: readonly string[], option: string): string | undefined {
  const at = commandLine.indexOf(option);
  if (at >= 0) return commandLine[at + 1];
  return commandLine.find((word) => word.startsWith(`${option}=`))?.slice(option.length + 1);
}

/** As a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

const KEPT_OPTIONS = ['--crypto', '--target', '--source', '--placement-seed'];
