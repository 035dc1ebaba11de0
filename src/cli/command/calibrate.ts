/** `ikestorm calibrate`: what operations cost on this machine or at a real gateway, as a card for simulations. */
import { Command, Option } from '@commander-js/extra-typings';
import { calibrateMachine } from '../../run/calibrate/calibrate-machine.ts';
import type { CalibratedCrypto } from '../../run/calibrate/calibrate-machine.ts';
import { calibrateTarget } from '../../run/calibrate/calibrate-target.ts';
import { cardTable } from '../../report/card-table.ts';
import { REFERENCE_NAME, readCard, writeCard } from '../../run/calibrate/card-output.ts';
import { loadScenario } from '../../scenario/load.ts';
import { collect, parseCount } from '../argument.ts';
import type { Conclude } from '../conclude.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { listenForStop } from '../stop-signal.ts';

/** Where runs keep the certificates that they make. */
const RESULTS = 'results';

const EXAMPLES = `Examples:
  $ ikestorm calibrate --out card.json
  $ ikestorm calibrate --target 192.168.1.1 --target-cores 4 --out gateway.json psk.yaml certificates.yaml
  $ ikestorm calibrate --target 127.0.0.1 --target-pid 4711 psk.yaml

Without --target the costs of ikestorm's own code are measured. With it, each scenario (at most three) is a load
that a real gateway is put under, over UDP, first with one host and then as it says; the card says what makes the
gateway take the time that it took. Scenarios that differ in group or method tell their costs apart.
`;

interface CalibrateFlags {
  readonly out?: string | undefined;
  readonly name?: string | undefined;
  readonly json?: true | undefined;
  readonly crypto: CalibratedCrypto;
  readonly target?: string | undefined;
  readonly targetPid?: number | undefined;
  readonly targetCores: number;
  readonly basic: string;
  readonly generatorOut?: string | undefined;
  readonly source?: string | undefined;
  readonly allowPublicTarget?: true | undefined;
  readonly set: readonly string[];
}

export function createCalibrateCommand(conclude: Conclude) {
  return new Command('calibrate')
    .description(
      'measure what operations cost, on this machine or at a real gateway, for gateways in virtual time',
    )
    .argument('[scenario...]', 'with --target: loads to measure the gateway under')
    .option('--out <file>', 'write the card there; without it the table alone is printed')
    .option('--name <text>', 'name of the card; default: the processor and the cryptography, or the gateway')
    .addOption(
      new Option('--crypto <backend>', 'whose cryptography, without --target')
        .choices(['fastest', 'native', 'noble'] as const)
        .default('fastest' as const),
    )
    .option('--json', 'print the card as JSON, and nothing else, on standard output')
    .option('--target <host[:port]>', 'fit a card to this real gateway')
    .option('--target-pid <pid>', 'its process on this machine, whose CPU time then counts', parseCount)
    .option('--target-cores <n>', 'how many cores the gateway may use', parseCount, 1)
    .option('--basic <card>', 'card whose costs are scaled to the gateway', REFERENCE_NAME)
    .option(
      '--generator-out <file>',
      'with --target: write the card of the hosts there, that is of this process',
    )
    .option('--source <pool>', 'addresses of the initiators, such as 127.10.0.0/16')
    .option('--allow-public-target', 'measure a gateway with a public address')
    .option('--set <path=value>', 'change a value of every scenario; can be given again', collect, [])
    .addHelpText('before', EXAMPLES)
    .action(async (files, flags) => {
      await calibrate(files, flags);
      conclude(EXIT_CODE.pass);
    });
}

async function calibrate(files: readonly string[], flags: CalibrateFlags): Promise<void> {
  const say = (text: string): unknown => process.stderr.write(`${text}\n`);
  const card =
    flags.target === undefined
      ? await ofMachine(files, flags, say)
      : await ofTarget(files, flags.target, flags, say);
  if (flags.out !== undefined) await writeCard(flags.out, card);
  process.stdout.write(flags.json === true ? `${JSON.stringify(card, null, 2)}\n` : cardTable(card));
}

type Say = (text: string) => unknown;

function ofMachine(files: readonly string[], { crypto, name, generatorOut }: CalibrateFlags, say: Say) {
  if (generatorOut !== undefined) {
    throw new UsageError(
      '--generator-out is about hosts that call a gateway, and none is named',
      'add --target HOST',
    );
  }
  if (files.length > 0) {
    throw new UsageError('scenarios are loads for a gateway, and none is named', 'add --target HOST');
  }
  return calibrateMachine({
    crypto,
    ...(name !== undefined && { name }),
    onOperation: (operation) => say(`measuring ${operation}`),
  });
}

async function ofTarget(files: readonly string[], target: string, flags: CalibrateFlags, say: Say) {
  const { targetPid: pid, targetCores: cores, source, name } = flags;
  const settings = ['runtime=udp', ...flags.set];
  const scenarios = [];
  for (const file of files) scenarios.push(await loadScenario(file, { settings }));
  const basic = await readCard(flags.basic);
  const stop = listenForStop((signal) => say(`${signal}: stopping`));
  try {
    const { card, generatorCard, warnings } = await calibrateTarget(scenarios, {
      ...{ target, cores, basic, outDirectory: RESULTS, signal: stop.signal },
      allowPublicTarget: flags.allowPublicTarget === true,
      ...(pid !== undefined && { pid }),
      ...(source !== undefined && { source }),
      ...(name !== undefined && { name }),
      onStep: say,
    });
    for (const warning of warnings) say(`warning: ${warning}`);
    if (flags.generatorOut !== undefined) await writeCard(flags.generatorOut, generatorCard);
    return card;
  } finally {
    stop.release();
  }
}
