/** `ikestorm sweep`: runs a scenario with every combination of some values, and compares. */
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { SweepResult, SweepRun } from '../../measure/sweep-result.ts';
import { sweepCsv, sweepText } from '../../report/sweep-report.ts';
import { parseVariation } from '../../run/sweep/grid.ts';
import { runSweep } from '../../run/sweep/run-sweep.ts';
import { writeSweep } from '../../run/sweep/sweep-output.ts';
import { loadScenario } from '../../scenario/load.ts';
import { collect, parseCount, parseWhole } from '../argument.ts';
import type { Conclude } from '../conclude.ts';
import { EXIT_CODE } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { listenForStop } from '../stop-signal.ts';

export function createSweepCommand(conclude: Conclude) {
  return new Command('sweep')
    .description('run a scenario with every combination of some values; goes on where it was stopped')
    .argument('<scenario>', 'scenario file; - reads standard input')
    .option(
      '--vary <path=a,b,c>',
      'values to try; path+path=a,b changes several together; can be given again',
      collect,
      [],
    )
    .option('--seeds <n>', 'runs of each combination, each with a seed of its own', parseCount, 1)
    .option('--seed <n>', 'the first of them; default: that of the scenario, else 1', parseWhole)
    .option('--parallel <n>', 'runs at once; default: one for each core, in real time one', parseRunsAtOnce)
    .option('--set <path=value>', 'change a value of the scenario; can be given again', collect, [])
    .option('--out <dir>', 'where the folder of the sweep is made', 'results')
    .addOption(
      new Option('--crypto <backend>', 'who computes').choices(['fastest', 'native', 'noble'] as const),
    )
    .addOption(
      new Option('--format <format>', 'what is printed')
        .choices(['text', 'csv', 'json'] as const)
        .default('text' as const),
    )
    .option('--quiet', 'show no progress')
    .addHelpText(
      'before',
      'Examples:\n  $ ikestorm sweep storm.yaml --vary peers.gateways.count=2,4,8 --seeds 3\n' +
        "  $ ikestorm sweep office.yaml --vary 'peers.users.ike+peers.office.ike=[aes128-sha256-modp2048],[aes128-sha256-x25519]'\n",
    )
    .action(async (file, flags) => conclude(await sweep(file, flags)));
}

interface SweepFlags {
  readonly vary: readonly string[];
  readonly seeds: number;
  readonly seed?: number | undefined;
  readonly parallel?: number | undefined;
  readonly set: readonly string[];
  readonly out: string;
  readonly crypto?: 'fastest' | 'native' | 'noble' | undefined;
  readonly format: 'text' | 'csv' | 'json';
  readonly quiet?: true | undefined;
}

async function sweep(file: string, flags: SweepFlags): Promise<ExitCode> {
  if (flags.vary.length === 0) {
    throw new UsageError('there is nothing to vary', 'add --vary path=value,value');
  }
  const variations = flags.vary.map(parseVariation);
  const loaded = await loadScenario(file, { settings: flags.set });
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const show = flags.quiet === true ? () => {} : say;
  let runs = 0;
  const stop = listenForStop((name) => say(`${name}: stopping; what is done is kept`));
  try {
    const { folder, result } = await runSweep(loaded, {
      variations,
      seeds: flags.seeds,
      outDirectory: flags.out,
      ...(flags.seed !== undefined && { seed: flags.seed }),
      ...(flags.parallel !== undefined && { parallel: flags.parallel }),
      ...(flags.crypto !== undefined && { crypto: flags.crypto }),
      signal: stop.signal,
      onPlan(plan) {
        ({ runs } = plan);
        show(`${plan.runs} runs in ${plan.folder}, ${plan.kept} of them there already`);
      },
      onRun: (run, done) => show(runLine(run, done, runs)),
      onWarning: (text) => say(`warning: ${text}`),
    });
    process.stdout.write(textOf(result, flags.format));
    if (result.runs.length > 0) await writeSweep(folder, result);
    say(`results in ${folder}`);
    return exitCodeOf(result);
  } finally {
    stop.release();
  }
}

function textOf(result: SweepResult, format: SweepFlags['format']): string {
  if (format === 'json') return `${JSON.stringify(result, null, 2)}\n`;
  return format === 'csv' ? sweepCsv(result) : sweepText(result);
}

function runLine({ folder, verdict }: SweepRun, done: number, runs: number): string {
  return `${done} of ${runs}: ${folder} ${verdict}`;
}

/** A what-if that fails its thresholds is an answer, and no failure of the sweep. */
function exitCodeOf({ isComplete, runs }: SweepResult): ExitCode {
  if (!isComplete) return EXIT_CODE.stoppedBySignal;
  return runs.some(({ verdict }) => verdict === 'invalid') ? EXIT_CODE.notTrustworthy : EXIT_CODE.pass;
}

function parseRunsAtOnce(text: string): number {
  const runs = parseCount(text);
  if (runs > RUNS_AT_ONCE_MAXIMUM)
    throw new InvalidArgumentError(`It can be ${RUNS_AT_ONCE_MAXIMUM} at most.`);
  return runs;
}

const RUNS_AT_ONCE_MAXIMUM = 256;
