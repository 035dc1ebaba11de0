/** What every report says, before it is laid out as text or Markdown. */
import type { ComputerResult } from '../measure/computer-result.ts';
import type { RecoveryResult } from '../measure/recovery.ts';
import type {
  ComeBackResult,
  FaultResult,
  MisbehaviourResult,
  GroupResult,
  PingResult,
  RunResult,
  Summary,
  ThresholdResult,
  Verdict,
} from '../measure/result.ts';
import {
  formatCount,
  formatDuration,
  formatQuantity,
  formatRate,
  formatShare,
  formatTime,
} from './quantity.ts';

/** One word for the head of a report. */
export const VERDICT_WORD: Readonly<Record<Verdict, string>> = {
  pass: 'PASS',
  'threshold-failed': 'FAIL',
  saturated: 'SATURATED',
  unreachable: 'UNREACHABLE',
  aborted: 'ABORTED',
  invalid: 'INVALID',
};

/** What the verdict means for the reader. */
export const VERDICT_MEANING: Readonly<Record<Verdict, string>> = {
  pass: 'The run did what it should.',
  'threshold-failed': 'The run is sound, but its demands were not met.',
  saturated: 'The generator could not keep up: latencies hold its own delays, and rates are lower bounds.',
  unreachable: 'Nobody answered, so nothing was measured.',
  aborted: 'The run ended early: numbers cover what was run.',
  invalid: 'Do not use these numbers.',
};

export interface LatencyRow {
  readonly label: string;
  readonly summary: Summary;
}

/** Rows of the latency table, only those with samples. */
export function latencyRows(latency: GroupResult['latency']): LatencyRow[] {
  const rows: [string, Summary | null | undefined][] = [
    ['planned start to success', latency.whole],
    ['actual start to success', latency.fromStart],
    ['phase 1', latency.phase1],
    ['phase 2', latency.phase2],
    ...Object.entries(latency.roundTrips).map(
      ([name, summary]) => [`round trip ${name}`, summary] as [string, Summary],
    ),
    ['planned to first packet', latency.firstPacket],
    ['SAs to first packet', latency.firstPacketFromSa],
    ['ping', latency.ping],
    ['loss or failure to back', latency.comeBack],
    ['send lag', latency.sendLag],
  ];
  return rows.flatMap(([label, summary]) => (summary ? [{ label, summary }] : []));
}

/** What went through one part of the network in one direction. */
export interface NetworkRow {
  /** `link home up`, `firewall edge in`. */
  readonly label: string;
  readonly sent: number;
  readonly delivered: number;
  readonly duplicated: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Rows of the network's table; none without a network. Firewalls refuse nothing that goes out. */
export function networkRows({ network }: RunResult): NetworkRow[] {
  if (network === undefined) return [];
  return [
    ...Object.entries(network.links).flatMap(([name, { up, down }]) => [
      { label: `link ${name} up`, ...up },
      { label: `link ${name} down`, ...down },
    ]),
    ...Object.entries(network.nats).flatMap(([name, nat]) => [
      { label: `nat ${name} out`, ...nat.out },
      { label: `nat ${name} in`, ...nat.in },
    ]),
    ...Object.entries(network.firewalls).map(([name, firewall]) => ({
      label: `firewall ${name} in`,
      ...firewall.in,
    })),
  ];
}

/** How often hosts came back on another port, by NAT; `carrier 3`. */
export function rebindings({ network }: RunResult): Record<string, number> {
  const all = Object.entries(network?.nats ?? {}).map(([name, nat]) => [name, nat.rebindings] as const);
  return Object.fromEntries(all.filter(([, count]) => count > 0));
}

/** Counts by cause or reason, largest first, then by name. */
export function ranked(counts: Readonly<Record<string, number>>): [name: string, count: number][] {
  return Object.entries(counts).toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
}

/** `timeout-phase1 2, rejected 1`, or `none`. */
export function listCounts(counts: Readonly<Record<string, number>>): string {
  const list = ranked(counts).map(([name, count]) => `${name} ${formatCount(count)}`);
  return list.length === 0 ? 'none' : list.join(', ');
}

/** `1,500 sent, 1,499 answered, 1 lost (0.07 %)`; undefined where nothing was pinged. */
export function pingSentence(pings: PingResult | undefined): string | undefined {
  if (pings === undefined) return undefined;
  const { sent, answered, lost } = pings;
  const share = sent === 0 ? '' : ` (${formatShare(lost / sent)})`;
  const cut = sent - answered - lost;
  const rest = cut > 0 ? `, ${formatCount(cut)} cut off` : '';
  return `${formatCount(sent)} sent, ${formatCount(answered)} answered, ${formatCount(lost)} lost${share}${rest}`;
}

/** `5,000 tunnels lost, 4,990 of 5,000 came back after 6,120 attempts, 10 gave up`; undefined where nobody lost anything. */
export function comeBackSentence(comeBack: ComeBackResult | undefined): string | undefined {
  if (comeBack === undefined) return undefined;
  const { tunnelsLost, begun, tried, back, gaveUp } = comeBack;
  const lost = `${formatQuantity(tunnelsLost, 'tunnel')} lost`;
  if (begun === 0) return lost;
  const cut = begun - back - gaveUp;
  const rest = cut > 0 ? `, ${formatCount(cut)} still on the way at the end` : '';
  return (
    `${lost}, ${formatCount(back)} of ${formatCount(begun)} came back (${formatShare(back / begun)}) ` +
    `by ${formatQuantity(tried, 'attempt')}, ${formatCount(gaveUp)} gave up${rest}`
  );
}

/** `crash of gates, state lost, 60 s to 90 s, 4 peers`. */
export function faultSentence({ text, startNs, endNs, peers }: FaultResult): string {
  const when = endNs === null ? `from ${formatTime(startNs)} on` : formatSpan({ startNs, endNs });
  const span = endNs === startNs ? `at ${formatTime(startNs)}` : when;
  return `${text}, ${span}${peers === null ? '' : `, ${formatQuantity(peers, 'peer')}`}`;
}

/** `hosts: drop of quick-1, 10 peers, 12 times`. */
export function misbehaviourSentence({ group, text, peers, times }: MisbehaviourResult): string {
  return `${group}: ${text}, ${formatQuantity(peers, 'peer')}, ${formatQuantity(times, 'time')}`;
}

/** `10 s to 20 s`. */
export function formatSpan({ startNs, endNs }: { startNs: number; endNs: number }): string {
  return `${formatTime(startNs)} to ${formatTime(endNs)}`;
}

/** The value that a threshold looked at, with its unit. */
export function formatObserved({ observed, unit, reason }: ThresholdResult): string {
  if (observed === null) return reason ?? 'nothing';
  switch (unit) {
    case 'ns':
      return formatDuration(observed);
    case 'hz':
      return formatRate(observed);
    case 'share':
      return formatShare(observed);
    case 'count':
      return formatCount(observed);
  }
}

/** Rates of a saturated generator are what it could do, not what the gateway can. */
export function formatThroughput(result: RunResult): string {
  const rate = formatRate(result.rates.succeededHz);
  return result.generator.saturated && result.rates.succeededHz !== null ? `at least ${rate}` : rate;
}

/** One sentence about a run in virtual time; undefined for one in real time. */
export function simulationSentence({ simulation }: RunResult): string | undefined {
  if (simulation === undefined) return undefined;
  const { digest, events, simulatedNs, wallNs, eventsHz, negotiationsHz } = simulation;
  return [
    `virtual time: ${formatTime(simulatedNs)} simulated in ${formatTime(wallNs)}`,
    `${formatCount(events)} events (${formatRate(eventsHz)})`,
    `${formatRate(negotiationsHz)} negotiations`,
    digest === null ? 'no digest' : `digest ${digest}`,
  ].join(', ');
}

/** One sentence about the generator. */
export function generatorSentence({ generator }: RunResult): string {
  const onTime = generator.sendLagP99Ns === null ? 'made no measured start' : 'kept to its schedule';
  const state = generator.saturated ? 'was saturated' : onTime;
  const lag = `send lag p99 ${formatDuration(generator.sendLagP99Ns)}`;
  const limit = `limit ${formatDuration(generator.sendLagLimitNs)}`;
  const lost = generator.workersLost === 0 ? '' : `, ${formatQuantity(generator.workersLost, 'worker')} lost`;
  return `${state}: ${lag} (${limit}), ${formatQuantity(generator.droppedStarts, 'dropped start')}${lost}`;
}

/** Groups that started negotiations; a table of them says something when there are two. */
export function initiatingGroups(result: RunResult): [name: string, group: GroupResult][] {
  return Object.entries(result.groups).filter(
    ([, { wholeRun }]) => wholeRun.started + wholeRun.droppedStarts > 0,
  );
}

export const OUTCOME_WORD: Readonly<Record<RecoveryResult['outcome'], string>> = {
  recovered: 'recovered',
  recovering: 'not recovered yet',
  'gave-up': 'not recovered',
  metastable: 'METASTABLE: it does not recover by itself',
};

/** Sentences about how a system came back; none where nothing disturbed it. */
export function recoverySentences({ recovery }: RunResult): string[] {
  if (recovery === undefined) return [];
  const { disturbance, peers, connected, gaveUp, trying } = recovery;
  const end = formatTime(disturbance.endNs);
  const isStorm = disturbance.kind === 'storm';
  const since = isStorm
    ? `from ${end} on`
    : `from the end of the ${disturbance.kind.replace('-', ' ')} at ${end} on`;
  const times = [
    `50 % after ${formatDuration(recovery.t50Ns)}`,
    `95 % ${formatDuration(recovery.t95Ns)}`,
    `99 % ${formatDuration(recovery.t99Ns)}`,
    `all ${formatDuration(recovery.t100Ns)}`,
  ];
  return [
    `${OUTCOME_WORD[recovery.outcome]}: ${recovery.reason}`,
    `connected ${since}: ${times.join(', ')}`,
    `${formatCount(connected)} of ${formatCount(peers)} peers, ${formatCount(gaveUp)} gave up, ${formatCount(trying)} still try`,
    effortSentence(recovery),
    ...(recovery.rates === null ? [] : [ratesSentence(recovery.rates)]),
  ];
}

function effortSentence(recovery: RecoveryResult): string {
  const { messagesPerSuccess, retransmissionsPerSuccess, wastedCpuShare } = recovery;
  const parts = [
    ...(messagesPerSuccess === null ? [] : [`${messagesPerSuccess.toFixed(1)} messages`]),
    ...(retransmissionsPerSuccess === null
      ? []
      : [`${retransmissionsPerSuccess.toFixed(2)} retransmissions`]),
  ];
  const effort = parts.length === 0 ? 'nothing succeeded' : `${parts.join(' and ')} for each success`;
  return wastedCpuShare === null ? effort : `${effort}, ${formatShare(wastedCpuShare)} of the work wasted`;
}

function ratesSentence(rates: NonNullable<RecoveryResult['rates']>): string {
  const part = (offeredHz: number, goodputHz: number): string =>
    `${formatRate(goodputHz)} of ${formatRate(offeredHz)} succeeded`;
  const after = `${part(rates.offeredAfterHz, rates.goodputAfterHz)} after`;
  const { offeredBeforeHz, goodputBeforeHz } = rates;
  return offeredBeforeHz === null || goodputBeforeHz === null
    ? after
    : `${part(offeredBeforeHz, goodputBeforeHz)} before, ${after}`;
}

/** How busy the computers of a group of simulated gateways were, in one sentence. */
export function computerSentence({
  utilisation,
  busiestUtilisation,
  queue,
  wait,
  work,
  jobs,
}: ComputerResult): string {
  const dropped = jobs.droppedQueueFull + jobs.droppedBlocked + jobs.droppedJobLoad;
  return [
    `cores ${shareOrNone(utilisation)} busy (busiest ${shareOrNone(busiestUtilisation)})`,
    `at most ${formatQuantity(queue.maximumLength, 'job')} waiting`,
    ...(wait === null ? [] : [`wait p99 ${formatDuration(wait.p99Ns)}`]),
    `${formatQuantity(dropped, 'datagram')} not let in`,
    `${shareOrNone(work.wastedShare)} of the work wasted`,
  ].join(', ');
}

function shareOrNone(share: number | null): string {
  return share === null ? 'none' : formatShare(share);
}
