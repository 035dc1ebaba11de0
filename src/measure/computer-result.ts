/** The part of a result about the computers of simulated peers: its schema, and how it is made. */
import { z } from 'zod';
import type { CalibrationCard } from '../cpu/calibration-card.ts';
import { JOB_KINDS } from '../cpu/job.ts';
import type { Ns } from '../peer/timer.ts';
import type { GroupComputer } from '../scenario/scenario.ts';
import type { ComputerSnapshot } from './computer-snapshot.ts';
import { LatencyHistogram } from './histogram.ts';

const count = z.number().int().nonnegative();
const durationNs = z.number().nonnegative();
const share = z.number().min(0);

const kindSchema = z.object({ arrived: count, completed: count, cpuNs: durationNs });

export const computerResultSchema = z
  .object({
    count: count.describe('Computers of the group that had work.'),
    cores: count.describe('Of each.'),
    threads: count.describe('Of each, that take jobs.'),
    card: z
      .object({ name: z.string(), sha256: z.string() })
      .describe('Calibration card that work was charged by.'),
    utilisation: share
      .nullable()
      .describe(
        'Share of the cores that was at work, from the first job on; mean over computers. Null without jobs.',
      ),
    busiestUtilisation: share.nullable().describe('The same of the one that was busiest.'),
    threadUtilisation: share
      .nullable()
      .describe('Share of the threads that held a job, waits for others included.'),
    jobs: z.object({
      arrived: count,
      completed: count,
      droppedQueueFull: count.describe('Not let into a full queue.'),
      droppedBlocked: count.describe('First messages of an address with too many half-open negotiations.'),
      droppedJobLoad: count.describe('First messages while too many jobs waited.'),
      lostInCrash: count.optional().describe('There when a gateway crashed; left out where none was.'),
      byKind: z.partialRecord(z.enum(JOB_KINDS), kindSchema).describe('Kinds without jobs are left out.'),
    }),
    queue: z
      .object({ meanLength: share.nullable(), maximumLength: count })
      .describe('Jobs that waited for a thread: mean over time and computers, and the most at one.'),
    wait: z
      .object({ meanNs: durationNs, p50Ns: durationNs, p99Ns: durationNs, maxNs: durationNs })
      .nullable()
      .describe('Arrival of a job to a thread.'),
    work: z
      .object({
        cpuNs: durationNs.describe('All work that was begun, on cores.'),
        usefulNs: durationNs.describe('For SAs that were set up.'),
        unfinishedNs: durationNs.describe('For SAs that never were.'),
        droppedNs: durationNs.describe('For datagrams that were not acted upon.'),
        otherNs: durationNs.describe('Timers, commands and what belongs to no SA.'),
        overheadNs: durationNs
          .optional()
          .describe('Besides all work: waking of idle cores, and garbage; left out where there was none.'),
        wastedShare: share.nullable().describe('Share of unfinished and dropped work in all.'),
      })
      .describe('What became of the work, as the peers know.'),
    operations: z
      .record(z.string(), z.object({ calls: count, octets: count, cpuNs: durationNs }))
      .describe('Work by operation of the card.'),
    warnings: z.array(z.string()).describe('Where the model leaves what was calibrated.'),
    violations: z.array(z.string()).describe('Laws of conservation that do not hold: a mistake of ikestorm.'),
  })
  .meta({ id: 'computers', description: 'Computers of one group of simulated peers, whole run.' });
export type ComputerResult = z.infer<typeof computerResultSchema>;

export interface ComputerResultSetup {
  readonly plan: GroupComputer;
  readonly card: CalibrationCard;
  /** SHA-256 of the card, hex. */
  readonly cardSha256: string;
  readonly snapshot: ComputerSnapshot;
  readonly endNs: Ns;
}

type Report = ComputerSnapshot['computers'][number];

export function computerResult(setup: ComputerResultSetup): ComputerResult {
  const { plan, card, cardSha256, snapshot, endNs } = setup;
  const { computers } = snapshot;
  const threads = plan.threads - plan.ownThreads;
  const sum = (value: (report: Report) => number): number =>
    computers.reduce((all, each) => all + value(each), 0);
  const lostInCrash = sum(({ statistics }) => statistics.lostInCrash);
  const spans = computers.map(({ statistics }) => endNs - (statistics.firstArrivalNs ?? endNs));
  const spanNs = spans.reduce((all, each) => all + each, 0);
  const shareOf = (areaNs: number, parts: number): number | null =>
    spanNs > 0 ? areaNs / spanNs / parts : null;
  return {
    count: computers.length,
    cores: plan.cores,
    threads,
    card: { name: card.name, sha256: cardSha256 },
    utilisation: shareOf(
      sum(({ statistics }) => statistics.busyCoreNs),
      plan.cores,
    ),
    busiestUtilisation: busiest(computers, spans, plan.cores),
    threadUtilisation: shareOf(
      sum(({ statistics }) => statistics.busyThreadNs),
      threads,
    ),
    jobs: {
      arrived: sum(({ statistics }) => statistics.arrived),
      completed: sum(({ statistics }) => statistics.completed),
      droppedQueueFull: sum(({ statistics }) => statistics.droppedQueueFull),
      droppedBlocked: sum(({ droppedBlocked }) => droppedBlocked),
      droppedJobLoad: sum(({ droppedJobLoad }) => droppedJobLoad),
      ...(lostInCrash > 0 && { lostInCrash }),
      byKind: jobsByKind(computers),
    },
    queue: {
      meanLength: shareOf(
        sum(({ statistics }) => statistics.waitingAreaNs),
        1,
      ),
      maximumLength: computers.reduce((most, { statistics }) => Math.max(most, statistics.waitingMaximum), 0),
    },
    wait: waitOf(snapshot),
    work: workOf(sum),
    operations: operationsOf(setup),
    warnings: warningsOf(setup),
    violations: computers.flatMap(({ peerId, violations }) =>
      violations.map((violation) => `gateway ${peerId}: ${violation}`),
    ),
  };
}

function busiest(computers: readonly Report[], spans: readonly Ns[], cores: number): number | null {
  let most: number | null = null;
  for (const [index, { statistics }] of computers.entries()) {
    const spanNs = spans[index] ?? 0;
    if (spanNs > 0) most = Math.max(most ?? 0, statistics.busyCoreNs / spanNs / cores);
  }
  return most;
}

function jobsByKind(computers: readonly Report[]): ComputerResult['jobs']['byKind'] {
  const kinds: ComputerResult['jobs']['byKind'] = {};
  for (const kind of JOB_KINDS) {
    const sum = { arrived: 0, completed: 0, cpuNs: 0 };
    for (const { statistics } of computers) {
      sum.arrived += statistics.kinds[kind].arrived;
      sum.completed += statistics.kinds[kind].completed;
      sum.cpuNs += statistics.kinds[kind].cpuNs;
    }
    if (sum.arrived > 0) kinds[kind] = sum;
  }
  return kinds;
}

function waitOf({ waits }: ComputerSnapshot): ComputerResult['wait'] {
  if (waits.count === 0) return null;
  const histogram = new LatencyHistogram();
  histogram.add(waits);
  return {
    meanNs: histogram.meanNs,
    p50Ns: histogram.percentileNs(50),
    p99Ns: histogram.percentileNs(99),
    maxNs: histogram.maxNs,
  };
}

function workOf(sum: (value: (report: Report) => number) => number): ComputerResult['work'] {
  const usefulNs = sum(({ value }) => value.usefulNs);
  const unfinishedNs = sum(({ value }) => value.unfinishedNs);
  const droppedNs = sum(({ value }) => value.droppedNs);
  const otherNs = sum(({ value }) => value.otherNs);
  const cpuNs = usefulNs + unfinishedNs + droppedNs + otherNs;
  const wastedShare = cpuNs > 0 ? (unfinishedNs + droppedNs) / cpuNs : null;
  const overheadNs = sum(({ statistics }) => statistics.overheadSumNs);
  return {
    ...{ cpuNs, usefulNs, unfinishedNs, droppedNs, otherNs },
    ...(overheadNs > 0 && { overheadNs }),
    wastedShare,
  };
}

function operationsOf({ snapshot, card, plan }: ComputerResultSetup): ComputerResult['operations'] {
  return Object.fromEntries(
    Object.entries(snapshot.operations).map(([name, { calls, octets }]) => {
      const cost = card.operations[name];
      const cardNs = cost === undefined ? 0 : cost.callNs * calls + cost.octetNs * octets;
      return [name, { calls, octets, cpuNs: Math.round(cardNs / plan.speed) }];
    }),
  );
}

/** Where a card that was fitted to a gateway is used for what that gateway was not seen doing. */
function warningsOfFit(
  { operations, cores, target }: NonNullable<CalibrationCard['fit']>,
  snapshot: ComputerSnapshot,
  plan: GroupComputer,
): string[] {
  const unseen = Object.keys(snapshot.operations).filter((name) => !operations.includes(name));
  const warnings: string[] = [];
  if (unseen.length > 0) {
    warnings.push(
      `the gateway at ${target} was not measured with ${unseen.join(', ')}: their costs are guesses`,
    );
  }
  if (plan.cores !== cores) {
    warnings.push(
      `the gateway at ${target} was measured with ${cores} cores, here it has ${plan.cores}: ` +
        'what more of them share (locks, caches, memory) is not in the model',
    );
  }
  return warnings;
}

function warningsOf({ snapshot, card, plan }: ComputerResultSetup): string[] {
  const warnings = card.fit === undefined ? [] : warningsOfFit(card.fit, snapshot, plan);
  const { unknownOperations: unknown } = snapshot;
  if (unknown.length > 0) {
    warnings.push(`the card "${card.name}" has no cost for ${unknown.join(', ')}: they took no time`);
  }
  for (const [name, { calls, outOfRange }] of Object.entries(snapshot.operations)) {
    const cost = card.operations[name];
    if (outOfRange === 0 || cost === undefined) continue;
    warnings.push(
      `${outOfRange} of ${calls} calls of ${name} had more or fewer octets than the card was measured with ` +
        `(${cost.octetsMinimum} to ${cost.octetsMaximum}): their cost is a guess`,
    );
  }
  return warnings;
}
