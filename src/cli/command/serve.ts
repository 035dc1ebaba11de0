/** `ikestorm serve`: one gateway of a scenario for real clients. */
import { isIP } from 'node:net';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { CERTIFICATE_FOLDER } from '../../run/prepare-certificates.ts';
import { serveGateway, ServeError } from '../../run/serve.ts';
import type { ServedGateway } from '../../run/serve.ts';
import type { ServeCounters } from '../../run/serve-meter.ts';
import { formatEspTransform, formatIkeTransform } from '../../scenario/keyword.ts';
import { loadScenario } from '../../scenario/load.ts';
import { parseWhole } from '../argument.ts';
import type { Conclude } from '../conclude.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { UsageError } from '../failure.ts';

/** Where runs put their results, and the certificates that they share. */
const RESULTS = 'results';

interface ServeCommandOptions {
  readonly group?: string;
  readonly bind?: string;
  readonly port?: number;
  readonly natPort?: number;
  readonly keyLog?: string;
  readonly seed?: number;
  readonly statsInterval: number;
  readonly set?: string[];
  readonly json?: true;
}

export function createServeCommand(conclude: Conclude) {
  return new Command('serve')
    .description('answer real IKE clients as one gateway of a scenario')
    .argument('<scenario>', 'scenario file; - reads standard input')
    .option('--group <name>', 'group whose first peer is served (default: the one that others connect to)')
    .option('--bind <address>', 'address to listen at (default: as the scenario says)', parseIpAddress)
    .option(
      '--port <number>',
      'UDP port of IKE, 0 for any free one (default: as the scenario says)',
      parsePort,
    )
    .option('--nat-port <number>', 'UDP port for clients behind a NAT, 0 for any free one', parsePort)
    .option(
      '--key-log <folder>',
      'write the keys of all SAs there, as tables for Wireshark and as JSON lines',
    )
    .option('--seed <number>', 'make cookies and keys repeatable (default: true random numbers)', parseWhole)
    .option('--stats-interval <seconds>', 'time between two lines of counters, 0 for none', parseSeconds, 1)
    .option('--set <path=value...>', 'change a setting of the scenario')
    .option('--json', 'print the counters as JSON at the end')
    .addHelpText(
      'before',
      'Examples:\n  $ ikestorm serve scenario.yaml --bind 127.0.0.1 --port 10500 --nat-port 10501\n' +
        '  $ ikestorm serve scenario.yaml --group gateway --key-log keys/\n',
    )
    .action(async (file, options) => {
      await serve(file, options);
      conclude(EXIT_CODE.pass);
    });
}

async function serve(file: string, options: ServeCommandOptions): Promise<void> {
  const { scenario } = await loadScenario(file, { settings: options.set ?? [] });
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    const { group, bind, port, natPort, keyLog, seed, statsInterval } = options;
    const counters = await serveGateway(scenario, {
      signal: stop.signal,
      scenarioFile: file,
      certificateFolder: join(RESULTS, CERTIFICATE_FOLDER),
      ...(group === undefined ? {} : { group }),
      ...(bind === undefined ? {} : { address: bind }),
      ...(port === undefined ? {} : { port }),
      ...(natPort === undefined ? {} : { natPort }),
      ...(keyLog === undefined ? {} : { keyLogFolder: keyLog }),
      ...(seed === undefined ? {} : { seed }),
      onReady: announce,
      ...(statsInterval > 0 ? { statsIntervalMs: statsInterval * 1000, onStats: createStatsPrinter() } : {}),
    });
    process.stderr.write(`${formatCounters(counters)}\n`);
    if (options.json) process.stdout.write(`${JSON.stringify(counters, undefined, 2)}\n`);
  } catch (error) {
    if (error instanceof ServeError) throw new UsageError(error.message, error.hint);
    throw error;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Tells people what is offered, and programs that it may begin. */
function announce({ group, address, port, natPort }: ServedGateway): void {
  const lines = [
    `serving group ${group.name} at ${address}, UDP ${port} and ${natPort} (Ctrl-C ends it)`,
    `  modes: ${group.acceptedModes.join(', ')}`,
    `  ike:   ${group.ike.map(formatIkeTransform).join(', ')}`,
    `  esp:   ${group.esp.map(formatEspTransform).join(', ')} (${group.encapsulation})`,
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.stdout.write(`READY ${address} ${port} ${natPort}\n`);
}

/** Prints counters when they have changed. */
function createStatsPrinter(): (counters: ServeCounters) => void {
  let last = '';
  return (counters) => {
    const { elapsedNs: _, ...rest } = counters;
    const text = JSON.stringify(rest);
    if (text === last) return;
    last = text;
    process.stderr.write(`${formatCounters(counters)}\n`);
  };
}

function formatCounters(counters: ServeCounters): string {
  const { phase1Established, childrenEstablished, phase1Held, childrenHeld } = counters;
  const parts = [
    `${(counters.elapsedNs / 1e9).toFixed(0)} s`,
    `phase 1: ${phase1Established} (${phase1Held} held)`,
    `child SAs: ${childrenEstablished} (${childrenHeld} held)`,
    ...(counters.echoesAnswered > 0 ? [`pings answered: ${counters.echoesAnswered}`] : []),
    `failed: ${formatCounts(counters.failures)}`,
    `dropped: ${formatCounts({ ...counters.drops, ...counters.losses })}`,
  ];
  return parts.join('  ');
}

function formatCounts(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  if (entries.length === 0) return '0';
  return entries.map(([reason, count]) => `${count} ${reason}`).join(', ');
}

function parseIpAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('Write an IP address such as 192.0.2.1.');
  return text;
}

function parsePort(text: string): number {
  const port = parseWhole(text);
  if (port > 65_535) throw new InvalidArgumentError('Write a port from 0 to 65535.');
  return port;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0 && seconds <= 3600)) {
    throw new InvalidArgumentError('Write seconds from 0 to 3600.');
  }
  return seconds;
}
