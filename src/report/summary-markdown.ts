/** A result as summary.md: for pull requests, tickets and the folder of the run. */
import type { RunResult } from '../measure/result.ts';
import {
  formatObserved,
  formatSpan,
  formatThroughput,
  generatorSentence,
  simulationSentence,
  initiatingGroups,
  latencyRows,
  listCounts,
  comeBackSentence,
  computerSentence,
  faultSentence,
  misbehaviourSentence,
  pingSentence,
  networkRows,
  ranked,
  rebindings,
  recoverySentences,
  VERDICT_MEANING,
  VERDICT_WORD,
} from './content.ts';
import { codeCell } from './code-cell.ts';
import { replayCommand } from './replay.ts';
import { formatCount, formatDuration, formatOctets, formatRate, formatShare } from './quantity.ts';

/**
 * Markdown text, verdict first; every number stands with the window that it is of. `recoveryPicture` is the name of a
 * file beside it.
 */
export function summaryMarkdown(result: RunResult, recoveryPicture?: string): string {
  const sections = [
    head(result),
    negotiations(result),
    recovery(result, recoveryPicture),
    faults(result),
    latencies(result),
    failures(result),
    groups(result),
    network(result),
    computers(result),
    thresholds(result),
    generator(result),
    making(result),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** Text that Markdown shows as it is, also inside a table. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
}

/** Columns after the first hold numbers and are aligned to the right. */
function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const ruler = headings.map((_, column) => (column === 0 ? ':--' : '--:'));
  return [line(headings), line(ruler), ...rows.map(line)].join('\n');
}

function computers({ computers: all = {} }: RunResult): string {
  const lines = Object.entries(all).flatMap(([name, each]) => [
    `- **${plain(name)}**: ${computerSentence(each)}`,
    ...each.warnings.map((warning) => `- Warning: ${plain(warning)}`),
  ]);
  return lines.length === 0 ? '' : `## Computers of gateways, whole run\n\n${lines.join('\n')}`;
}

function head({ scenario, verdict, reasons, windows }: RunResult): string {
  const list = reasons.map((reason) => `- ${plain(reason)}`).join('\n');
  const window = `Numbers are of the measure window, ${formatSpan(windows.measure)} of the run`;
  const others = `warm-up ${formatSpan(windows.warmUp)}, drain ${formatSpan(windows.drain)}`;
  return `# ${VERDICT_WORD[verdict]}: ${plain(scenario)}\n\n${VERDICT_MEANING[verdict]}\n\n${list}\n\n${window} (${others}), unless they say otherwise.`;
}

function negotiations(result: RunResult): string {
  const { negotiations: n, wholeRun, rates, windows } = result;
  const share = (count: number, of: number) => (of === 0 ? '' : ` (${formatShare(count / of)})`);
  const row = (label: string, key: keyof typeof n, isShare: boolean) => [
    label,
    formatCount(n[key]) + (isShare ? share(n[key], n.started) : ''),
    formatCount(wholeRun[key]) + (isShare ? share(wholeRun[key], wholeRun.started) : ''),
  ];
  const counts = table(
    ['negotiations', `measured, ${formatSpan(windows.measure)}`, 'whole run'],
    [
      row('started', 'started', false),
      row('succeeded', 'succeeded', true),
      row('at the first try', 'firstTry', true),
      row('after retransmissions', 'retried', true),
      row('failed', 'failed', true),
      row('in flight at the end', 'inFlightAtEnd', false),
      row('starts dropped', 'droppedStarts', false),
    ],
  );
  const rate = `**Throughput: ${formatThroughput(result)}** succeeded, ${formatRate(rates.startedHz)} started (${formatSpan(rates)}).`;
  const sentence = pingSentence(result.pings);
  const pings = sentence === undefined ? '' : `\n\nPings through tunnels: ${sentence}.`;
  return `## Negotiations\n\n${counts}\n\n${rate}${pings}`;
}

function recovery(result: RunResult, picture: string | undefined): string {
  const [outcome, ...rest] = recoverySentences(result);
  if (outcome === undefined) return '';
  const list = rest.map((each) => `- ${each}`).join('\n');
  const image = picture === undefined ? '' : `\n\n![Connected peers over time](${picture})`;
  return `## Recovery, whole run\n\n**${outcome}.**\n\n${list}${image}`;
}

function faults({ faults: all = [], misbehaviour = [], comeBack }: RunResult): string {
  const sentence = comeBackSentence(comeBack);
  if (all.length === 0 && misbehaviour.length === 0 && sentence === undefined) return '';
  const sentences = [...all.map(faultSentence), ...misbehaviour.map(misbehaviourSentence)];
  const list = sentences.map((each) => `- ${plain(each)}`).join('\n');
  const back = sentence === undefined ? '' : `Initiators: ${sentence}.`;
  return ['## Faults, whole run', list, back].filter((part) => part !== '').join('\n\n');
}

function latencies(result: RunResult): string {
  const rows = latencyRows(result.latency).map(({ label, summary: s }) => [
    label,
    formatCount(s.count),
    ...[s.minNs, s.meanNs, s.p50Ns, s.p90Ns, s.p95Ns, s.p99Ns, s.p999Ns, s.maxNs].map(formatDuration),
  ]);
  const headings = ['latency', 'count', 'min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'];
  const title = `## Latency, ${formatSpan(result.windows.measure)}`;
  return rows.length === 0 ? `${title}\n\nNo samples.` : `${title}\n\n${table(headings, rows)}`;
}

function failures(result: RunResult): string {
  const title = `## Failures, ${formatSpan(result.windows.measure)}`;
  const rows = ranked(result.failures).map(([cause, count]) => [
    cause,
    formatCount(count),
    formatShare(count / result.negotiations.started),
  ]);
  const causes = rows.length === 0 ? 'None.' : table(['cause', 'count', 'of started'], rows);
  const datagrams = `Whole run: retransmissions ${formatCount(result.retransmissions)}; drops: ${listCounts(result.drops)}; lifecycle: ${listCounts(result.lifecycle)}.`;
  const { phase1, phase2, failures: refused } = result.responder;
  const responders = `Simulated responders, whole run: ${formatCount(phase1)} phase 1, ${formatCount(phase2)} phase 2; failures: ${listCounts(refused)}.`;
  return `${title}\n\n${causes}\n\n${datagrams}\n${phase1 + phase2 > 0 ? responders : ''}`.trimEnd();
}

function groups(result: RunResult): string {
  const list = initiatingGroups(result);
  if (list.length < 2) return '';
  const rows = list.map(([name, { negotiations: n, rates, latency, failures: causes }]) => [
    plain(name),
    formatCount(n.started),
    formatCount(n.succeeded),
    formatCount(n.failed),
    formatRate(rates.succeededHz),
    formatDuration(latency.whole?.p50Ns),
    formatDuration(latency.whole?.p99Ns),
    listCounts(causes),
  ]);
  const headings = ['group', 'started', 'succeeded', 'failed', 'throughput', 'p50', 'p99', 'causes'];
  return `## Groups, ${formatSpan(result.windows.measure)}\n\n${table(headings, rows)}`;
}

function network(result: RunResult): string {
  const rows = networkRows(result).map(({ label, sent, delivered, duplicated, dropped }) => [
    plain(label),
    formatCount(sent),
    formatCount(delivered),
    formatCount(duplicated),
    formatCount(sent + duplicated - delivered),
    listCounts(dropped),
  ]);
  if (rows.length === 0) return '';
  const headings = ['part', 'sent', 'arrived', 'twice', 'dropped', 'why'];
  const rebound = `Hosts that came back on another port: ${plain(listCounts(rebindings(result)))}.`;
  const nats = Object.keys(result.network?.nats ?? {}).length === 0 ? '' : `\n\n${rebound}`;
  return `## Network, whole run\n\n${table(headings, rows)}${nats}`;
}

function thresholds(result: RunResult): string {
  if (result.thresholds.length === 0) return '';
  const rows = result.thresholds.map((threshold) => [
    plain(threshold.text),
    plain(formatObserved(threshold)),
    threshold.passed ? 'met' : '**not met**',
  ]);
  return `## Thresholds, ${formatSpan(result.windows.measure)}\n\n${table(['demand', 'observed', 'result'], rows)}`;
}

function generator(result: RunResult): string {
  const losses = `Datagrams lost by the runtime, whole run: ${plain(listCounts(result.generator.losses))}.`;
  const simulation = simulationSentence(result);
  const virtual = simulation === undefined ? '' : ` Simulation: ${plain(simulation)}.`;
  return `## Generator\n\nThe generator ${generatorSentence(result)}. ${losses}${virtual}`;
}

function making({ manifest: m }: RunResult): string {
  const backends = Object.entries(m.cryptoBackends).map(([primitive, backend]) => `${primitive} ${backend}`);
  const buffers = m.udpBuffers
    ? `receive ${formatOctets(m.udpBuffers.receiveOctets)}, send ${formatOctets(m.udpBuffers.sendOctets)}`
    : 'not known';
  const rows = [
    ['started', m.startedAt],
    ['command', m.commandLine.join(' ')],
    ['scenario', `${m.scenarioFile}, SHA-256 ${m.scenarioSha256}`],
    ['settings', m.settings.length === 0 ? 'none' : m.settings.join(', ')],
    ['seed', String(m.seed)],
    ['runtime', `${m.runtime}, ${m.workers} workers`],
    ['target', m.target ?? 'simulated'],
    ['source addresses', m.sourceAddresses.join(', ')],
    ['UDP buffers', buffers],
    ['cryptography', backends.join(', ')],
    [
      'versions',
      `ikestorm ${m.ikestormVersion}, Node ${m.nodeVersion}, V8 ${m.v8Version}, OpenSSL ${m.opensslVersion}`,
    ],
    ['machine', `${m.cpuModel}, ${m.cores} cores, ${formatOctets(m.memoryOctets)}`],
    ['system', `${m.os}, kernel ${m.kernel}`],
  ];
  const lines = rows.map(([name, value]) => `| ${name} | ${plain(value ?? '')} |`);
  const what = m.clock === 'virtual' ? 'repeats it' : 'same starts again';
  lines.push(`| ${what} | ${codeCell(replayCommand(m))} |`);
  return ['## How it was made', '', '| what | value |', '| :-- | :-- |', ...lines].join('\n');
}
