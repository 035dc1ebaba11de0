/** How a system came back from what a scenario put it through: the part of a result, and how it is made. */
import { z } from 'zod';
import { NS_PER_S, type Ns } from '../peer/timer.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ConnectionSnapshot } from './connection-log.ts';
import { type Disturbance, DISTURBANCES, RATE_SPAN_MINIMUM_NS } from './disturbance.ts';
import { LatencyHistogram } from './histogram.ts';
import type { Series } from './series.ts';

const count = z.number().int().nonnegative();
const timeNs = z.number().nonnegative();
const rateHz = z.number().nonnegative();

export const RECOVERY_OUTCOMES = ['recovered', 'recovering', 'gave-up', 'metastable'] as const;

export const recoverySchema = z
  .object({
    outcome: z
      .enum(RECOVERY_OUTCOMES)
      .describe('The rule stands in docs/metrics.md; `metastable` is the one that time does not heal.'),
    reason: z.string().describe('What the outcome was concluded from.'),
    disturbance: z.object({
      kind: z.enum(DISTURBANCES),
      startNs: timeNs,
      endNs: timeNs.describe('Times to connected count from here.'),
    }),
    peers: count.describe(
      'Peers that were to connect: all of a storm, else those that the disturbance affected.',
    ),
    connected: count.describe('Of those, how many were connected again in the course of the run.'),
    gaveUp: count.describe('Of those, how many were not, and no longer tried when the run ended.'),
    trying: count.describe('Of those, how many were not, and still tried, or waited to try again.'),
    t50Ns: timeNs.nullable().describe('Until 50 % of the peers were connected; null when they never were.'),
    t95Ns: timeNs.nullable(),
    t99Ns: timeNs.nullable(),
    t100Ns: timeNs.nullable(),
    messagesPerSuccess: z
      .number()
      .nonnegative()
      .nullable()
      .describe('Datagrams that all peers sent for each success, whole run; null in real time.'),
    retransmissionsPerSuccess: z.number().nonnegative().nullable(),
    wastedCpuShare: z
      .number()
      .min(0)
      .nullable()
      .describe(
        'Share of the work of gateways for negotiations that came to nothing and datagrams not acted upon; null ' +
          'where no computer is modelled.',
      ),
    rates: z
      .object({
        offeredBeforeHz: rateHz.nullable(),
        goodputBeforeHz: rateHz.nullable(),
        offeredAfterHz: rateHz,
        goodputAfterHz: rateHz,
      })
      .nullable()
      .describe(
        'Planned starts and successes a second: over the last half of the time before the disturbance, and over ' +
          'the last half of the time from its end to the last planned start. Null where a half is shorter than 1 s.',
      ),
  })
  .meta({ id: 'recovery', description: 'How the system came back from the disturbance of the scenario.' });
export type RecoveryResult = z.infer<typeof recoverySchema>;

export interface RecoverySetup {
  readonly scenario: Scenario;
  readonly disturbance: Disturbance;
  readonly connections: ConnectionSnapshot;
  /** Of the whole run. */
  readonly series: Series;
  /** Beginning of the run on the clock of the series. */
  readonly startNs: Ns;
  readonly succeeded: number;
  readonly retransmissions: number;
  /** Datagrams of all peers; absent in real time. */
  readonly datagrams?: number;
  readonly wastedCpuShare: number | null;
}

export function recoveryResult(setup: RecoverySetup): RecoveryResult {
  const { disturbance, connections, succeeded, retransmissions, datagrams } = setup;
  const back = new LatencyHistogram();
  back.add(connections.back);
  const connected = back.count;
  const peers = disturbance.kind === 'storm' ? initiatorsOf(setup.scenario) : connections.affected;
  const missing = Math.max(0, peers - connected);
  const trying = Math.min(missing, connections.trying);
  const rates = ratesOf(setup);
  const perSuccess = (value: number): number | null => (succeeded > 0 ? value / succeeded : null);
  const judgement =
    rates === null
      ? judgePeers({ peers, connected, trying }, lateAttempts(setup))
      : judgeRates(rates, isOpen(setup.scenario));
  return {
    ...judgement,
    disturbance: { ...disturbance },
    peers,
    connected,
    gaveUp: missing - trying,
    trying,
    t50Ns: timeToShare(back, peers, 0.5),
    t95Ns: timeToShare(back, peers, 0.95),
    t99Ns: timeToShare(back, peers, 0.99),
    t100Ns: timeToShare(back, peers, 1),
    messagesPerSuccess: datagrams === undefined ? null : perSuccess(datagrams),
    retransmissionsPerSuccess: perSuccess(retransmissions),
    wastedCpuShare: setup.wastedCpuShare,
    rates,
  };
}

type Judgement = Pick<RecoveryResult, 'outcome' | 'reason'>;

/** Where the load goes on at a rate, the system is what it was when as much succeeds as before. */
function judgeRates(rates: NonNullable<RecoveryResult['rates']>, isLoadOpen: boolean): Judgement {
  const { offeredBeforeHz, goodputBeforeHz, offeredAfterHz, goodputAfterHz } = rates;
  // A closed load offers only what succeeds, so less offered excuses nothing.
  const beforeHz = goodputBeforeHz ?? offeredAfterHz;
  const usualHz = isLoadOpen ? Math.min(beforeHz, offeredAfterHz) : beforeHz;
  if (goodputAfterHz >= RECOVERED_SHARE * usualHz) {
    return { outcome: 'recovered', reason: 'as many negotiations succeed in a second as before' };
  }
  const isLoadBack = offeredBeforeHz === null || offeredAfterHz <= OFFERED_BACK * offeredBeforeHz;
  if (goodputAfterHz < COLLAPSED_SHARE * usualHz && isLoadBack) {
    return {
      outcome: 'metastable',
      reason: 'the load is back where it was, and less than half of what succeeded before does',
    };
  }
  return { outcome: 'recovering', reason: 'fewer negotiations succeed in a second than before' };
}

interface Attempts {
  readonly succeeded: number;
  readonly failed: number;
}

/** Where nothing more is planned, the peers are what there is to look at. */
function judgePeers(
  { peers, connected, trying }: Pick<RecoveryResult, 'peers' | 'connected' | 'trying'>,
  late: Attempts,
): Judgement {
  if (peers === 0) return { outcome: 'recovered', reason: 'no peer was affected' };
  if (connected >= CONNECTED_SHARE * peers) {
    return { outcome: 'recovered', reason: 'at least 99 % of the peers are connected' };
  }
  if (trying <= (1 - CONNECTED_SHARE) * peers) {
    return { outcome: 'gave-up', reason: 'peers are missing that do not try any more' };
  }
  return late.succeeded <= COLLAPSED_SHARE * (late.succeeded + late.failed)
    ? {
        outcome: 'metastable',
        reason: 'peers still try, and at most half of the attempts that ended lately succeeded',
      }
    : { outcome: 'recovering', reason: 'peers still try, and most attempts that ended lately succeeded' };
}

/** When the given share of `peers` was connected. */
function timeToShare(back: LatencyHistogram, peers: number, share: number): Ns | null {
  const wanted = Math.ceil(share * peers - ROUNDING);
  if (back.count === 0 || back.count < wanted) return null;
  if (wanted >= back.count) return back.maxNs;
  const percentileNs = back.percentileNs((100 * wanted) / back.count);
  return Math.max(back.minNs, Math.min(percentileNs, back.maxNs));
}

function ratesOf(setup: RecoverySetup): RecoveryResult['rates'] {
  const { load } = setup.scenario;
  if (load.executor.type === 'storm' || load.executor.type === 'per-peer-iterations') return null;
  const { startNs, endNs } = setup.disturbance;
  const plannedEndNs = load.warmUpNs + load.measureNs;
  const before = { fromNs: startNs / 2, toNs: startNs };
  const after = { fromNs: (endNs + plannedEndNs) / 2, toNs: plannedEndNs };
  const isLong = ({ fromNs, toNs }: Span): boolean => toNs - fromNs >= RATE_SPAN_MINIMUM_NS;
  // What a closed load offers says nothing about what is usual.
  if (!isLong(after) || (!isLong(before) && !isOpen(setup.scenario))) return null;
  const rate = (kind: 'planned' | 'succeeded', span: Span): number => meanRateHz(setup, kind, span) ?? 0;
  return {
    offeredBeforeHz: isLong(before) ? rate('planned', before) : null,
    goodputBeforeHz: isLong(before) ? rate('succeeded', before) : null,
    offeredAfterHz: rate('planned', after),
    goodputAfterHz: rate('succeeded', after),
  };
}

/** What ended in the last half of the time from the end of the disturbance to the end of the series. */
function lateAttempts(setup: RecoverySetup): Attempts {
  const { series, startNs, disturbance } = setup;
  const toNs = series.originNs + (series.firstIndex + series.started.length) * series.bucketNs - startNs;
  const span = { fromNs: (disturbance.endNs + toNs) / 2, toNs };
  return {
    succeeded: inSpan(setup, 'succeeded', span).events,
    failed: inSpan(setup, 'failed', span).events,
  };
}

/** Nanoseconds since the beginning of the run. */
interface Span {
  readonly fromNs: Ns;
  readonly toNs: Ns;
}

function meanRateHz(setup: RecoverySetup, kind: 'planned' | 'succeeded', span: Span): number | undefined {
  const { events, lengthNs } = inSpan(setup, kind, span);
  return lengthNs > 0 ? (events * NS_PER_S) / lengthNs : undefined;
}

/** Of the buckets that begin in the span; those beyond the end of the series hold nothing. */
function inSpan(
  { series, startNs }: RecoverySetup,
  kind: 'planned' | 'succeeded' | 'failed',
  { fromNs, toNs }: Span,
): { events: number; lengthNs: Ns } {
  const { originNs, firstIndex, bucketNs } = series;
  const first = Math.ceil((startNs + fromNs - originNs) / bucketNs);
  const end = Math.ceil((startNs + toNs - originNs) / bucketNs);
  let events = 0;
  for (let index = first; index < end; index++) events += series[kind][index - firstIndex] ?? 0;
  return { events, lengthNs: (end - first) * bucketNs };
}

function initiatorsOf({ groups, connections }: Scenario): number {
  return groups
    .filter(({ name }) => connections.some(({ from }) => from === name))
    .reduce((sum, group) => sum + group.count, 0);
}

function isOpen({ load: { executor } }: Scenario): boolean {
  return executor.type !== 'constant-peers' && executor.type !== 'per-peer-iterations';
}

/** Share of the usual successes from which on a system is what it was. */
const RECOVERED_SHARE = 0.9;
/** Share below which it has collapsed. */
const COLLAPSED_SHARE = 0.5;
/** The load counts as back where it was up to this multiple of it. */
const OFFERED_BACK = 1.1;
const CONNECTED_SHARE = 0.99;
/** Shares of whole numbers of peers are whole numbers up to this. */
const ROUNDING = 1e-9;
