/** `ikestorm capacity`: finds the highest rate that keeps the thresholds. */
import { join } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import type { CapacityResult } from '../../measure/capacity-result.ts';
import { capacityStepLine, capacityText } from '../../report/capacity-report.ts';
import { formatDuration } from '../../report/quantity.ts';
import { ratedExecutorOf } from '../../run/capacity/branch-load.ts';
import { writeCapacity } from '../../run/capacity/capacity-output.ts';
import { findCapacity } from '../../run/capacity/find-capacity.ts';
import type { CapacityOptions } from '../../run/capacity/find-capacity.ts';
import { createResultFolder } from '../../run/result-folder.ts';
import { loadScenario } from '../../scenario/load.ts';
import {
  collect,
  parseCount,
  parseDuration,
  parseFactor,
  parseRate,
  parseTolerance,
  parseWhole,
} from '../argument.ts';
import type { Conclude } from '../conclude.ts';
import { EXIT_CODE } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { runOptionsOf, settingsOf } from '../run-flags.ts';
import type { RunFlags } from '../run-flags.ts';
import { listenForStop } from '../stop-signal.ts';

export function createCapacityCommand(conclude: Conclude) {
  return new Command('capacity')
    .description('find the highest rate that keeps the thresholds, before and after an overload')
    .argument('<scenario>', 'scenario file whose load has a rate; - reads standard input')
    .option('--from <rate>', 'first rate, such as 100/s; default: that of the scenario', parseRate)
    .option('--to <rate>', 'highest rate; default: no limit', parseRate)
    .option(
      '--tolerance <share>',
      'how far the failing rate may be above the holding one',
      parseTolerance,
      0.05,
    )
    .option('--repeats <n>', 'runs of a rate at most, each with a seed of its own', parseCount, 3)
    .option('--max-steps <n>', 'rates tried at most, before and after an overload each', parseCount, 24)
    .option('--overload <factor>', 'overload, as a multiple of the rate that holds', parseFactor, 2)
    .option('--overload-time <duration>', 'how long it lasts; default: the measure window', parseDuration)
    .option('--settle <duration>', 'time to recover from it; default: four times as long', parseDuration)
    .option('--no-falling', 'do not look for the rate that holds after an overload')
    .option(
      '--pause <duration>',
      'over UDP, wait after a run that left unfinished negotiations at the gateway; default: 30s',
      parseDuration,
    )
    .option('--seed <n>', 'seed of the first run of each rate; others count up from it', parseWhole)
    .option('--workers <n>', 'worker threads', parseCount)
    .option('--set <path=value>', 'change a value of the scenario; can be given again', collect, [])
    .option('--out <dir>', 'where the folder of the search is made', 'results')
    .option('--target <host[:port]>', 'test this system over UDP instead of the simulated responders')
    .option('--allow-public-target', 'test a system with a public address')
    .option('--source <pool>', 'addresses of the initiators, such as 127.10.0.0/16')
    .addOption(
      new Option('--crypto <backend>', 'who computes').choices(['fastest', 'native', 'noble'] as const),
    )
    .option('--json', 'print the result as JSON, and nothing else, on standard output')
    .option('--quiet', 'show no progress')
    .addHelpText(
      'before',
      'Examples:\n  $ ikestorm capacity scenario.yaml --from 100/s\n' +
        '  $ ikestorm capacity scenario.yaml --target 192.168.1.1 --source 192.168.1.64/26 --no-falling\n',
    )
    .action(async (file, flags) => conclude(await capacity(file, flags)));
}

interface CapacityFlags extends RunFlags {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly tolerance: number;
  readonly repeats: number;
  readonly maxSteps: number;
  readonly overload: number;
  readonly overloadTime?: number | undefined;
  readonly settle?: number | undefined;
  readonly falling: boolean;
  readonly pause?: number | undefined;
  readonly seed?: number | undefined;
  readonly out: string;
  readonly json?: true | undefined;
  readonly quiet?: true | undefined;
}

async function capacity(file: string, flags: CapacityFlags): Promise<ExitCode> {
  const loaded = await loadScenario(file, { settings: settingsOf(flags) });
  // A load without a rate is refused before anything is made.
  ratedExecutorOf(loaded.scenario);
  const isQuiet = flags.quiet === true || flags.json === true;
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const options = optionsOf(flags, isQuiet ? () => {} : say);
  const folder = await createResultFolder(flags.out, `${loaded.scenario.name}-capacity`, new Date());
  const stop = listenForStop((name) => say(`${name}: stopping; what was measured is kept`));
  try {
    const result = await findCapacity(loaded, { ...options, folder, signal: stop.signal });
    process.stdout.write(flags.json === true ? `${JSON.stringify(result, null, 2)}\n` : capacityText(result));
    await writeCapacity(folder, result);
    say(`results in ${folder}, in ${join(folder, 'summary.md')} with a picture`);
    return exitCodeOf(result);
  } finally {
    stop.release();
  }
}

function optionsOf(flags: CapacityFlags, say: (line: string) => void): CapacityOptions {
  const { overloadTime, settle } = flags;
  const warn = (text: string): void => say(`warning: ${text}`);
  return {
    ...(flags.from !== undefined && { fromHz: flags.from }),
    ...(flags.to !== undefined && { toHz: flags.to }),
    tolerance: flags.tolerance,
    repeats: flags.repeats,
    maximumRates: flags.maxSteps,
    ...(flags.falling && {
      overload: {
        factor: flags.overload,
        ...(overloadTime !== undefined && { durationNs: overloadTime }),
        ...(settle !== undefined && { settleNs: settle }),
      },
    }),
    run: { ...runOptionsOf(flags), onWarning: warn },
    onWarning: warn,
    ...(flags.pause !== undefined && { restNs: flags.pause }),
    onRest: (restNs) =>
      say(`waiting ${formatDuration(restNs)} for the gateway to forget unfinished negotiations`),
    ...(flags.seed !== undefined && { seed: flags.seed }),
    outDirectory: flags.out,
    onStep: (step) => say(capacityStepLine(step)),
  };
}

/** What was found on the rising branch decides: the falling one is there to be looked at. */
function exitCodeOf({ rising, falling }: CapacityResult): ExitCode {
  const ends = [rising.end, falling?.end];
  if (ends.includes('signal')) return EXIT_CODE.stoppedBySignal;
  if (ends.includes('unreachable')) return EXIT_CODE.targetUnreachable;
  if (ends.includes('invalid')) return EXIT_CODE.notTrustworthy;
  if (rising.holdingHz !== null) return EXIT_CODE.pass;
  return rising.isGeneratorLimited ? EXIT_CODE.notTrustworthy : EXIT_CODE.thresholdsFailed;
}
