/** The part of virtual time in a run: what workers are told of digests, and what they say in the end, put together. */
import type { ResultSetup } from '../measure/build-result.ts';
import type { PeerTrace } from '../measure/result.ts';
import { NS_PER_S } from '../peer/timer.ts';
import type { Ns } from '../peer/timer.ts';
import { EVENT_TYPES, addDigests, digestText } from '../runtime/virtual/trace-digest.ts';
import type { PeerNotes } from '../runtime/virtual/trace-digest.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { DigestTask, ShardSimulation } from '../worker/task.ts';
import type { PlanOptions } from './plan.ts';

/** What digests of a run take in; undefined: none is made. */
export function digestTaskOf(scenario: Scenario, options: PlanOptions): DigestTask | undefined {
  if (scenario.clock === 'real' || options.digest === false) return undefined;
  const { warmUpNs, measureNs, drainNs } = scenario.load;
  return {
    // Keys of certificates that were made for the run are drawn by the machine, not from the seed.
    coversOctets: !scenario.groups.some(({ certificate }) => certificate?.type === 'issued'),
    checkpointNs: options.checkpointNs ?? intervalFor(warmUpNs + measureNs + drainNs),
    ...(options.digestPeersNs !== undefined && { peersAtNs: options.digestPeersNs }),
  };
}

/** `parts` by worker; a lost worker has none, or an old one, and then there is no digest. */
export function simulationOf(
  parts: readonly (ShardSimulation | undefined)[],
  task: DigestTask | undefined,
  scenario: Scenario,
  isWhole: boolean,
): NonNullable<ResultSetup['simulation']> {
  const known = parts.filter((part) => part !== undefined);
  const digests = known.flatMap(({ digest }) => digest ?? []);
  const hasDigest = isWhole && digests.length === parts.length;
  const noted = hasDigest ? Math.min(...known.map(({ checkpoints }) => checkpoints.length)) : 0;
  const checkpoints = Array.from({ length: noted }, (_, index) =>
    digestText(addDigests(known.map((part) => part.checkpoints[index]!))),
  );
  const sum = (value: (part: ShardSimulation) => number): number =>
    known.reduce((total, part) => total + value(part), 0);
  const most = (value: (part: ShardSimulation) => number): number => Math.max(0, ...known.map(value));
  const lookaheads = known.flatMap(({ lookaheadNs }) => lookaheadNs ?? []);
  return {
    digest: hasDigest ? digestText(addDigests(digests)) : null,
    coversOctets: task?.coversOctets ?? false,
    checkpoints: { intervalNs: task?.checkpointNs ?? 0, digests: checkpoints },
    ...(hasDigest &&
      task?.peersAtNs !== undefined && {
        peers: {
          timeNs: task.peersAtNs,
          traces: peerTraces(
            scenario,
            known.flatMap(({ peers }) => peers ?? []),
          ),
        },
      }),
    events: sum((part) => part.events),
    datagrams: sum((part) => part.datagrams),
    windows: most((part) => part.windows),
    lookaheadNs: lookaheads.length === 0 ? null : Math.min(...lookaheads),
    wallNs: most((part) => part.wallNs),
  };
}

/** By name; each peer has a trace in one worker, or in none when nothing has happened to it. */
function peerTraces(scenario: Scenario, parts: readonly PeerNotes[]): Record<string, PeerTrace> {
  const traces: Record<string, PeerTrace> = {};
  let peer = 0;
  for (const { name, count } of scenario.groups) {
    for (let number = 1; number <= count; number++, peer++) {
      for (const { traces: words, latestNs, latestTypes } of parts) {
        const [high = 0, low = 0] = [words[2 * peer], words[2 * peer + 1]];
        if (high === 0 && low === 0) continue;
        traces[`${name}-${number}`] = {
          digest: digestText({ high, low }),
          latestNs: latestNs[peer]!,
          latestEvent: EVENT_TYPES[latestTypes[peer]!]!,
        };
      }
    }
  }
  return traces;
}

/** A round time, so that a run of this length has at most `CHECKPOINTS` of them. */
function intervalFor(lengthNs: Ns): Ns {
  let intervalNs = NS_PER_S;
  for (const factor of endlessly([2, 2.5, 2])) {
    if (lengthNs / intervalNs <= CHECKPOINTS) return intervalNs;
    intervalNs *= factor;
  }
  return intervalNs;
}

function* endlessly(values: readonly number[]): Generator<number> {
  for (;;) yield* values;
}

const CHECKPOINTS = 600;
