/** `ikestorm run`: runs a scenario and reports what came of it. */
import { Command, Option } from '@commander-js/extra-typings';
import type { RunResult } from '../../measure/result.ts';
import { NS_PER_MS } from '../../peer/timer.ts';
import { summaryText } from '../../report/summary-text.ts';
import { runScenario } from '../../run/execute.ts';
import type { RunOptions } from '../../run/execute.ts';
import { OutputError } from '../../run/output-error.ts';
import { loadScenario } from '../../scenario/load.ts';
import { collect, parseWhole } from '../argument.ts';
import type { Conclude } from '../conclude.ts';
import type { ExitCode } from '../exit-code.ts';
import { createPainter } from '../color-painter.ts';
import { createRunDisplay } from '../run-display.ts';
import { runOptionsOf, settingsOf } from '../run-flags.ts';
import type { RunFlags } from '../run-flags.ts';
import { listenForStop } from '../stop-signal.ts';
import { hasColor } from '../terminal.ts';
import { VERDICT_EXIT_CODE } from '../verdict-exit-code.ts';

export function createRunCommand(conclude: Conclude) {
  return new Command('run')
    .description('run a scenario')
    .argument('<scenario>', 'scenario file; - reads standard input')
    .option('--json', 'print the result as JSON, and nothing else, on standard output')
    .option('--seed <n>', 'what all random numbers come from', parseWhole)
    .option('--workers <n>', 'worker threads', parseWhole)
    .option('--set <path=value>', 'change a value of the scenario; can be given again', collect, [])
    .option('--out <dir>', 'where the folder of the run is made', 'results')
    .option('--target <host[:port]>', 'test this system over UDP instead of the simulated responders')
    .option('--allow-public-target', 'test a system with a public address')
    .option('--source <pool>', 'addresses of the initiators, such as 127.10.0.0/16')
    .option(
      '--keep-tunnels',
      'over UDP: do not delete the tunnels at the end, so that the gateway can be looked at',
    )
    .option('--quiet', 'show no progress')
    .option('--no-color', 'no colours')
    .addOption(
      new Option('--crypto <backend>', 'who computes').choices(['fastest', 'native', 'noble'] as const),
    )
    .option('--no-digest', 'in virtual time: make no digest')
    .option('--digest-checkpoints <ms>', 'in virtual time: note the digest this often', parseWhole)
    .option(
      '--digest-peers <ms>',
      'in virtual time: keep what each peer has done by this time, for `compare` to name those who part',
      parseWhole,
    )
    .option(
      '--placement-seed <n>',
      'draw the worker of each peer; in virtual time this changes nothing but speed',
      parseWhole,
    )
    .option('--capture', 'write a capture of all datagrams, and the keys to read it')
    .addHelpText(
      'before',
      'Examples:\n  $ ikestorm run scenario.yaml --set load.measure=30s\n' +
        '  $ ikestorm run scenario.yaml --target 192.168.1.1 --source 192.168.1.64/26\n',
    )
    .action(async (file, options) => conclude(await run(file, options)));
}

interface Flags extends RunFlags {
  readonly json?: true | undefined;
  readonly seed?: number | undefined;
  readonly out: string;
  readonly keepTunnels?: true | undefined;
  readonly quiet?: true | undefined;
  readonly color: boolean;
  readonly capture?: true | undefined;
  readonly digest: boolean;
  readonly digestCheckpoints?: number | undefined;
  readonly digestPeers?: number | undefined;
  readonly placementSeed?: number | undefined;
}

async function run(file: string, flags: Flags): Promise<ExitCode> {
  const loaded = await loadScenario(file, { settings: settingsOf(flags) });
  const isQuiet = flags.quiet === true || flags.json === true;
  const display = createRunDisplay(loaded.scenario, { isQuiet, isColorAllowed: flags.color });
  const stop = listenForStop((name) => {
    display.say(`${name}: stopping; what is in flight gets a few seconds (${name} again leaves at once)`);
  });
  let folder: string | undefined;
  let result: RunResult;
  let failure: OutputError | undefined;
  try {
    result = await runScenario(loaded, {
      ...optionsOf(flags),
      signal: stop.signal,
      onProgress: (progress) => display.show(progress),
      onWarning: (text) => display.say(`warning: ${text}`),
      onFolder: (path) => (folder = path),
    });
  } catch (error) {
    if (!(error instanceof OutputError) || error.result === undefined) throw error;
    ({ result } = error);
    failure = error;
  } finally {
    stop.release();
    display.end();
  }
  print(result, flags);
  // What was measured has been shown; that it could not be kept is what the shell has to know.
  if (failure !== undefined) throw failure;
  if (folder !== undefined) process.stderr.write(`results in ${folder}\n`);
  return VERDICT_EXIT_CODE[result.verdict];
}

function optionsOf(flags: Flags): RunOptions {
  return {
    outDirectory: flags.out,
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...runOptionsOf(flags),
    ...(flags.capture === true ? { capture: true } : {}),
    ...(flags.keepTunnels === true && { keepTunnels: true }),
    digest: flags.digest,
    ...(flags.digestCheckpoints !== undefined && { checkpointNs: flags.digestCheckpoints * NS_PER_MS }),
    ...(flags.digestPeers !== undefined && { digestPeersNs: flags.digestPeers * NS_PER_MS }),
    ...(flags.placementSeed !== undefined && { placementSeed: flags.placementSeed }),
  };
}

function print(result: RunResult, flags: Flags): void {
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const color = hasColor(process.stdout, process.env, flags.color);
  process.stdout.write(summaryText(result, createPainter(color)));
}
