/** A result as text for a terminal, 80 columns wide. */
import type { RunResult, Verdict } from '../measure/result.ts';
import {
  comeBackSentence,
  computerSentence,
  faultSentence,
  misbehaviourSentence,
  formatObserved,
  formatSpan,
  formatThroughput,
  generatorSentence,
  initiatingGroups,
  latencyRows,
  listCounts,
  pingSentence,
  networkRows,
  rebindings,
  recoverySentences,
  simulationSentence,
  VERDICT_MEANING,
  VERDICT_WORD,
} from './content.ts';
import type { Painter } from './painter.ts';
import { PLAIN_PAINTER } from './painter.ts';
import { replayCommand } from './replay.ts';
import { formatCount, formatQuantity, formatRate, formatShare, formatShortDuration } from './quantity.ts';
import { textTable } from './text-table.ts';

const COLUMNS = 80;
const LABEL_COLUMNS = 14;
const BREAK = / (?!(?:ns|us|ms|s|min|h|%|[kM]?\/s)(?!\w))/;

/** The lines of a summary, each with a line end. Colours come from `painter`. */
export function summaryText(result: RunResult, painter: Painter = PLAIN_PAINTER): string {
  const blocks = [
    headLines(result, painter),
    negotiationLines(result),
    recoveryLines(result, painter),
    faultLines(result),
    latencyLines(result, painter),
    groupLines(result, painter),
    networkLines(result, painter),
    computerLines(result),
    thresholdLines(result, painter),
    healthLines(result, painter),
    replayLines(result),
  ];
  const lines = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `${lines.join('\n\n')}\n`;
}

function recoveryLines(result: RunResult, painter: Painter): string[] {
  const [outcome, ...rest] = recoverySentences(result);
  if (outcome === undefined) return [];
  const isWell = result.recovery?.outcome === 'recovered';
  return [
    ...labelled('recovery', outcome).map((line) => (isWell ? line : painter.warning(line))),
    ...rest.flatMap((sentence) => labelled('', sentence)),
  ];
}

function computerLines({ computers = {} }: RunResult): string[] {
  return Object.entries(computers).flatMap(([name, each]) => {
    const text = [computerSentence(each), ...each.warnings.map((warning) => `warning: ${warning}`)].join(
      '; ',
    );
    return labelled('computers', `${name}: ${text}`);
  });
}

function faultLines({ faults = [], misbehaviour = [], comeBack }: RunResult): string[] {
  const sentence = comeBackSentence(comeBack);
  return [
    ...faults.flatMap((fault) => labelled('fault', faultSentence(fault))),
    ...misbehaviour.flatMap((each) => labelled('misbehaviour', misbehaviourSentence(each))),
    ...(sentence === undefined ? [] : labelled('coming back', sentence)),
  ];
}

function paintVerdict(verdict: Verdict, text: string, painter: Painter): string {
  if (verdict === 'pass') return painter.good(text);
  return verdict === 'saturated' || verdict === 'aborted' ? painter.warning(text) : painter.bad(text);
}

function headLines(result: RunResult, painter: Painter): string[] {
  const { verdict, windows, reasons } = result;
  const word = paintVerdict(verdict, painter.strong(VERDICT_WORD[verdict]), painter);
  const warmUp = `warm-up ${formatSpan(windows.warmUp)}`;
  return [
    `${word}  ${painter.strong(result.scenario)}`,
    ...wrap(VERDICT_MEANING[verdict], '  '),
    ...reasons.flatMap((reason) => wrap(reason, '  - ', '    ')),
    ...labelled(
      'measured',
      `${formatSpan(windows.measure)} of the run; ${warmUp}, drain ${formatSpan(windows.drain)}`,
    ),
  ];
}

function negotiationLines(result: RunResult): string[] {
  const { negotiations: n, rates, wholeRun } = result;
  const share = (count: number) => (n.started === 0 ? '' : ` (${formatShare(count / n.started)})`);
  const counts = [
    `${formatCount(n.started)} started`,
    `${formatCount(n.succeeded)} succeeded${share(n.succeeded)}`,
    `${formatCount(n.failed)} failed${share(n.failed)}`,
    `${formatCount(n.firstTry)} at the first try`,
    `${formatCount(n.retried)} after retransmissions`,
    `${formatCount(n.inFlightAtEnd)} in flight at the end`,
  ];
  const all = `${formatCount(wholeRun.started)} started, ${formatCount(wholeRun.succeeded)} succeeded`;
  const repeated = formatQuantity(result.retransmissions, 'retransmission');
  return [
    ...labelled('negotiations', counts.join(', ')),
    ...labelled(
      'throughput',
      `${formatThroughput(result)} succeeded, ${formatRate(rates.startedHz)} started (${formatSpan(rates)})`,
    ),
    ...labelled('failures', listCounts(result.failures)),
    ...labelled('whole run', `${all}, ${formatCount(wholeRun.failed)} failed, ${repeated}`),
    ...labelled('drops', `${listCounts(result.drops)} (whole run)`),
    ...lifecycle(result),
    ...pings(result),
  ];
}

/** Only where something happened to SAs after their set-up. */
function lifecycle(result: RunResult): string[] {
  if (Object.keys(result.lifecycle).length === 0) return [];
  return labelled('lifecycle', `${listCounts(result.lifecycle)} (whole run)`);
}

/** Only where tunnels carried something. */
function pings(result: RunResult): string[] {
  const sentence = pingSentence(result.pings);
  if (sentence === undefined) return [];
  const groups = initiatingGroups(result).flatMap(([name, group]) => {
    const ofGroup = pingSentence(group.pings);
    return ofGroup === undefined ? [] : [`${name}: ${ofGroup}`];
  });
  return [
    ...labelled('pings', sentence),
    ...(groups.length < 2 ? [] : groups.flatMap((text) => labelled('', text))),
  ];
}

function latencyLines(result: RunResult, painter: Painter): string[] {
  const rows = latencyRows(result.latency);
  if (rows.length === 0) return [];
  const heading = `latency, ${formatSpan(result.windows.measure)}`;
  return headed(
    [
      [heading, 'count', 'p50', 'p90', 'p99', 'p99.9', 'max'],
      ...rows.map(({ label, summary }): TableRow => {
        const durations = [summary.p50Ns, summary.p90Ns, summary.p99Ns, summary.p999Ns, summary.maxNs];
        return [`  ${label}`, formatCount(summary.count), ...durations.map(formatShortDuration)];
      }),
    ],
    painter,
  );
}

function groupLines(result: RunResult, painter: Painter): string[] {
  const groups = initiatingGroups(result);
  if (groups.length < 2) return [];
  const heading = `group, ${formatSpan(result.windows.measure)}`;
  return headed(
    [
      [heading, 'started', 'success', 'failed', 'rate', 'p50', 'p99'],
      ...groups.map(([name, { negotiations: n, rates, latency }]): TableRow => [
        `  ${name}`,
        formatCount(n.started),
        formatCount(n.succeeded),
        formatCount(n.failed),
        formatRate(rates.succeededHz),
        formatShortDuration(latency.whole?.p50Ns),
        formatShortDuration(latency.whole?.p99Ns),
      ]),
    ],
    painter,
  );
}

function networkLines(result: RunResult, painter: Painter): string[] {
  const rows = networkRows(result);
  if (rows.length === 0) return [];
  const rebound = rebindings(result);
  const [heading, ...lines] = headed(
    [
      ['network, whole run', 'sent', 'arrived', 'twice', 'dropped'],
      ...rows.map(({ label, sent, delivered, duplicated }): TableRow => {
        const counts = [sent, delivered, duplicated, sent + duplicated - delivered];
        return [`  ${label}`, ...counts.map((count) => formatCount(count))];
      }),
    ],
    painter,
  );
  return [
    heading!,
    ...lines.flatMap((line, index) => {
      const { dropped } = rows[index]!;
      return Object.keys(dropped).length === 0 ? [line] : [line, ...labelled('', listCounts(dropped))];
    }),
    ...(Object.keys(rebound).length === 0 ? [] : labelled('  new ports', listCounts(rebound))),
  ];
}

type TableRow = readonly [name: string, ...cells: string[]];

function headed(rows: readonly TableRow[], painter: Painter): string[] {
  const [heading, ...lines] = textTable(rows);
  return [painter.faint(heading!), ...lines];
}

function thresholdLines({ thresholds, windows }: RunResult, painter: Painter): string[] {
  if (thresholds.length === 0) return [];
  return [
    painter.faint(`thresholds, ${formatSpan(windows.measure)}`),
    ...thresholds.map((threshold) => {
      const word = threshold.passed ? painter.good('ok  ') : painter.bad('FAIL');
      return `  ${word}  ${threshold.text}  ${painter.faint(`observed ${formatObserved(threshold)}`)}`;
    }),
  ];
}

function healthLines(result: RunResult, painter: Painter): string[] {
  const simulation = simulationSentence(result);
  const lines = labelled('generator', generatorSentence(result));
  if (simulation !== undefined) lines.push(...labelled('simulation', simulation));
  const losses =
    Object.keys(result.generator.losses).length === 0
      ? []
      : labelled('lost', listCounts(result.generator.losses));
  const isSound = !result.generator.saturated && result.generator.workersLost === 0;
  return [...lines, ...losses].map((line) => (isSound ? line : painter.warning(line)));
}

/** On a line of its own and whole, to be copied. */
function replayLines({ verdict, manifest }: RunResult): string[] {
  if (verdict === 'pass') return [];
  const what =
    manifest.clock === 'virtual' ? 'the same again, to the nanosecond:' : 'the same starts and peers again:';
  return [what, `  ${replayCommand(manifest)}`];
}

function labelled(label: string, text: string): string[] {
  return wrap(text, label.padEnd(LABEL_COLUMNS), ' '.repeat(LABEL_COLUMNS));
}

/** Breaks at spaces, but not before a unit, so that no line is longer than the terminal; what is longer stays whole. */
function wrap(text: string, first: string, rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(BREAK)) {
    const gap = isEmpty ? '' : ' ';
    if (!isEmpty && line.length + gap.length + word.length > COLUMNS) {
      lines.push(line);
      line = rest + word;
    } else {
      line += gap + word;
    }
    isEmpty = false;
  }
  return [...lines, line];
}
