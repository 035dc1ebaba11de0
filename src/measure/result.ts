/**
 * The content of result.json: what a run measured, what it means, and how it was made. Reports,
 * comparisons and gates read nothing else. `schema/result.schema.json` is generated from here.
 */
import { z } from 'zod';
import { DROP_REASONS, FAILURE_CAUSES, LIFECYCLE_EVENTS, ROUND_TRIPS } from '../peer/fact.ts';
import { computerResultSchema } from './computer-result.ts';
import { manifestSchema } from './manifest.ts';
import { recoverySchema } from './recovery.ts';

/** Goes up when a reader of the former version would misread a result; new optional fields do not count. */
export const RESULT_FORMAT_VERSION = 1;

const count = z.number().int().nonnegative();
const durationNs = z.number().nonnegative();
const timeNs = z.number().describe('Nanoseconds since the start of the run.');

const spanSchema = z
  .object({ startNs: timeNs, endNs: timeNs })
  .meta({ id: 'span', description: 'From `startNs` to before `endNs`.' });
export type Span = z.infer<typeof spanSchema>;

const summarySchema = z
  .object({
    count,
    minNs: durationNs,
    meanNs: durationNs,
    maxNs: durationNs,
    p50Ns: durationNs,
    p75Ns: durationNs,
    p90Ns: durationNs,
    p95Ns: durationNs,
    p99Ns: durationNs,
    p999Ns: durationNs.describe('99.9th percentile.'),
    clamped: count.describe(
      'Values outside 0..1 h, counted at the nearest end; the maximum is exact all the same.',
    ),
    histogram: z
      .string()
      .describe('All values: HDR histogram V2, deflated, base64; unit 1 microsecond, rounded up.'),
  })
  .meta({
    id: 'summary',
    description:
      'Durations of negotiations planned inside the measure window, in nanoseconds. Extremes and mean are exact; ' +
      'percentiles are rounded up, by at most 0.1 % or 1 us.',
  });
export type Summary = z.infer<typeof summarySchema>;

const countsSchema = z
  .object({
    started: count,
    succeeded: count,
    failed: count,
    inFlightAtEnd: count.describe('Started, but neither succeeded nor failed when the run ended.'),
    droppedStarts: count.describe('Wanted by the schedule, but not started for want of a free peer.'),
    firstTry: count.describe('Succeeded without a retransmission of their own.'),
    retried: count.describe('Succeeded after one or more retransmissions.'),
  })
  .meta({ id: 'counts', description: 'Counts of negotiations.' });
export type ResultCounts = z.infer<typeof countsSchema>;

const failuresSchema = z.partialRecord(z.enum(FAILURE_CAUSES), count).meta({ id: 'failures' });
const dropsSchema = z.partialRecord(z.enum(DROP_REASONS), count).meta({ id: 'drops' });

const lifecycleSchema = z.partialRecord(z.enum(LIFECYCLE_EVENTS), count).meta({ id: 'lifecycle' });

const pingsSchema = z
  .object({
    sent: count,
    answered: count,
    lost: count.describe(
      'No reply in time. What is neither was cut off by the end of its tunnel or of the run.',
    ),
  })
  .meta({ id: 'pings', description: 'Counts of echo requests through tunnels.' });
export type PingResult = z.infer<typeof pingsSchema>;

const comeBackSchema = z
  .object({
    tunnelsLost: count.describe('Tunnels of initiators that ended against their will.'),
    begun: count.describe('Rows of attempts: initiators with a `retry` that failed or lost a tunnel.'),
    tried: count.describe('Attempts in them, each a negotiation.'),
    back: count.describe('Rows that ended with a tunnel.'),
    gaveUp: count.describe('Rows that ended without one; what is neither was cut off by the end of the run.'),
  })
  .meta({
    id: 'comeBack',
    description: 'Initiators that lost something, whole run; left out where none did.',
  });
export type ComeBackResult = z.infer<typeof comeBackSchema>;

const groupShape = {
  negotiations: countsSchema.describe('Negotiations whose planned start lies in the measure window.'),
  wholeRun: countsSchema.describe('All negotiations, warm-up included.'),
  rates: z
    .object({
      startNs: timeNs,
      endNs: timeNs,
      startedHz: z.number().nonnegative().nullable(),
      succeededHz: z.number().nonnegative().nullable(),
    })
    .describe(
      'Events a second between the two times: the measure window, with successes that end in it; for loads that end ' +
        'by themselves, first planned start to last success. Null when that span is empty.',
    ),
  latency: z.object({
    whole: summarySchema.nullable().describe('Planned start to success.'),
    fromStart: summarySchema.nullable().describe('Actual start to success.'),
    phase1: summarySchema.nullable().describe('Actual start to phase 1 established.'),
    phase2: summarySchema.nullable().describe('One quick mode, first message to keys.'),
    roundTrips: z
      .partialRecord(z.enum(ROUND_TRIPS), summarySchema)
      .describe('Request sent to answer accepted, retransmissions included, by request.'),
    sendLag: summarySchema.nullable().describe('Planned to actual start: the generator’s own delay.'),
    ping: summarySchema
      .nullable()
      .optional()
      .describe(
        'Echo request to reply, through tunnels. Left out with what follows where nothing was pinged.',
      ),
    firstPacket: summarySchema
      .nullable()
      .optional()
      .describe('Planned start to the first reply through the tunnel.'),
    firstPacketFromSa: summarySchema
      .nullable()
      .optional()
      .describe('SAs established to the first reply through the tunnel.'),
    comeBack: summarySchema
      .nullable()
      .optional()
      .describe(
        'Failure or loss of a tunnel in the measure window to the tunnel that the initiator had then; left out where nobody came back.',
      ),
  }),
  comeBack: comeBackSchema.optional(),
  failures: failuresSchema.describe('Failed negotiations of the measure window, by cause; zeros left out.'),
  drops: dropsSchema.describe('Datagrams not acted upon, whole run, by reason; zeros left out.'),
  lifecycle: lifecycleSchema.describe('What happened to SAs after set-up, whole run; zeros left out.'),
  closed: count.describe('Tunnels of initiators that ended on purpose or were lost, whole run.'),
  retransmissions: count.describe('Datagrams sent again, whole run.'),
  pings: pingsSchema
    .optional()
    .describe('Echo requests of negotiations of the measure window; left out where none was sent.'),
  pingsWholeRun: pingsSchema.optional().describe('The same of all negotiations.'),
  responder: z
    .object({
      phase1: count,
      phase2: count,
      echoes: count.optional().describe('Echo requests that came through tunnels and were answered.'),
      failures: failuresSchema,
    })
    .describe('What simulated responders established, answered and failed, whole run.'),
};
const groupSchema = z.object(groupShape).meta({ id: 'group', description: 'Numbers of one group of peers.' });
/** The numbers of one group of peers, or of all together. */
export type GroupResult = z.infer<typeof groupSchema>;

const faultSchema = z
  .object({
    text: z.string().describe('What went wrong, in words: `crash of 30% of gateways, state lost`.'),
    type: z.string(),
    startNs: timeNs,
    endNs: timeNs.nullable().describe('When it was over everywhere, by plan; null: never.'),
    peers: count
      .nullable()
      .describe('Peers that it happened to; null where it is not peers that it happens to.'),
  })
  .meta({ id: 'fault', description: 'A fault of the scenario, as it happened.' });
export type FaultResult = z.infer<typeof faultSchema>;

const misbehaviourSchema = z
  .object({
    group: z.string(),
    text: z.string().describe('What its peers did wrong on purpose: `drop of quick-1`.'),
    peers: count.describe('Peers that were told to.'),
    times: count.describe('How often they did, together, whole run.'),
  })
  .meta({ id: 'misbehaviour', description: 'An entry of `misbehave` of a group.' });
export type MisbehaviourResult = z.infer<typeof misbehaviourSchema>;

const thresholdSchema = z.object({
  text: z.string().describe('As written in the scenario.'),
  observed: z
    .number()
    .nullable()
    .describe('Null when there was nothing to observe, which fails the threshold.'),
  unit: z.enum(['ns', 'share', 'hz', 'count']).describe('Unit of `observed`.'),
  passed: z.boolean(),
  reason: z.string().optional().describe('Why nothing was observed.'),
});
export type ThresholdResult = z.infer<typeof thresholdSchema>;

const flowSchema = z
  .object({
    sent: count,
    delivered: count,
    duplicated: count,
    dropped: z.record(z.string(), count).describe('By reason; zeros left out.'),
  })
  .meta({
    id: 'flow',
    description: 'Datagrams through a part of the network; sent and duplicated are delivered or dropped.',
  });

const linkFlowsSchema = z.object({
  up: flowSchema.describe('From the peers of an access link; of a path, from the initiators.'),
  down: flowSchema,
});
const boxFlows = {
  out: flowSchema.describe('From those behind it.'),
  in: flowSchema.describe('To those behind it.'),
};

const networkSchema = z.object({
  links: z.record(z.string(), linkFlowsSchema).describe('Access links and paths by name.'),
  nats: z.record(
    z.string(),
    z.object({
      ...boxFlows,
      mappings: count.describe('Ports given.'),
      rebindings: count.describe('Ports given to hosts that had one before.'),
    }),
  ),
  firewalls: z.record(z.string(), z.object(boxFlows)),
});
/** What went through a simulated network. */
export type NetworkResult = z.infer<typeof networkSchema>;

export const VERDICTS = [
  'pass',
  'threshold-failed',
  'saturated',
  'unreachable',
  'aborted',
  'invalid',
] as const;
export type Verdict = (typeof VERDICTS)[number];

const generatorSchema = z
  .object({
    saturated: z
      .boolean()
      .describe('The generator could not keep to its schedule: numbers are its own, not the gateway’s.'),
    sendLagP99Ns: durationNs.nullable(),
    sendLagMaxNs: durationNs.nullable(),
    sendLagLimitNs: durationNs.describe('Largest 99th percentile of the send lag that is not saturation.'),
    droppedStarts: count,
    workers: count,
    workersLost: count,
    losses: z
      .record(z.string(), count)
      .describe('Datagrams lost by the runtime itself, whole run, by reason.'),
  })
  .describe('Whether the generator can be trusted.');
export type GeneratorHealth = z.infer<typeof generatorSchema>;

const peerTraceSchema = z.object({
  digest: z.string().describe('Of everything that happened to the peer and that it did.'),
  latestNs: durationNs.describe('Time of its latest event.'),
  latestEvent: z.string().describe('What that was, as `timer.fired`.'),
});
export type PeerTrace = z.infer<typeof peerTraceSchema>;

const simulationSchema = z
  .object({
    digest: z
      .string()
      .nullable()
      .describe(
        'Hash of everything that every peer was told, did and sent, 16 hex digits: the same for the same scenario, ' +
          'seed and version, whatever the number of workers. Null when it was switched off or workers were lost.',
      ),
    coversOctets: z
      .boolean()
      .describe(
        'Whether the octets of datagrams are in the digest; not when peers show certificates whose keys were drawn at random.',
      ),
    checkpoints: z
      .object({ intervalNs: durationNs, digests: z.array(z.string()) })
      .describe(
        'Entry i is the digest of everything before (i + 1) * intervalNs: where two runs part is where these do.',
      ),
    peers: z
      .object({ timeNs: durationNs, traces: z.record(z.string(), peerTraceSchema) })
      .optional()
      .describe('With --digest-peers: what each peer had done before this time, by its name.'),
    events: count.describe('Arrivals, timers and starts.'),
    datagrams: count.describe('Datagrams that peers sent.'),
    windows: count.describe('Windows that the workers went through together; depends on their number.'),
    lookaheadNs: durationNs.nullable().describe('Longest window between workers; null with one worker.'),
    simulatedNs: durationNs.describe('Virtual time that the run took.'),
    wallNs: durationNs.describe('Real time that the simulation took, without preparations.'),
    speed: z.number().nonnegative().describe('Simulated seconds in a second of real time.'),
    eventsHz: z.number().nonnegative().describe('Events in a second of real time.'),
    negotiationsHz: z.number().nonnegative().describe('Successful negotiations in a second of real time.'),
  })
  .describe('How the simulation went; only in virtual time.');
export type SimulationResult = z.infer<typeof simulationSchema>;

export const runResultSchema = z
  .object({
    formatVersion: z.literal(RESULT_FORMAT_VERSION),
    scenario: z.string().describe('Name of the scenario.'),
    verdict: z.enum(VERDICTS),
    reasons: z.array(z.string()).describe('Why the verdict is what it is; the deciding reason first.'),
    windows: z
      .object({ warmUp: spanSchema, measure: spanSchema, drain: spanSchema })
      .describe('The parts of the run. Unless said otherwise numbers are of the measure window.'),
    ...groupShape,
    groups: z.record(z.string(), groupSchema).describe('The same numbers for each group of peers.'),
    series: z
      .object({
        startNs: timeNs,
        bucketNs: durationNs,
        planned: z.array(count).optional().describe('Wanted by the load’s schedule.'),
        started: z.array(count),
        succeeded: z.array(count),
        failed: z.array(count),
        connected: z
          .array(count)
          .optional()
          .describe('Peers that have a tunnel, as they know, at the end of entry i.'),
        waiting: z
          .array(count)
          .optional()
          .describe('Jobs that wait for a thread of a gateway with `cpu`, at the end of entry i.'),
      })
      .describe(
        'Events over time, whole run: entry i counts from startNs + i * bucketNs on; at most 600 entries, of 0.1 s ' +
          'or the next power of two of it that is long enough.',
      ),
    recovery: recoverySchema
      .optional()
      .describe('Only of a scenario that disturbs: a storm, outages of links, a ramp above its last rate.'),
    thresholds: z.array(thresholdSchema),
    network: networkSchema
      .optional()
      .describe('What went through the links and boxes of the scenario, whole run; only where it has some.'),
    faults: z.array(faultSchema).optional().describe('In the order of the scenario; left out without any.'),
    misbehaviour: z
      .array(misbehaviourSchema)
      .optional()
      .describe('In the order of the scenario; left out where everybody behaves.'),
    generator: generatorSchema,
    computers: z
      .record(z.string(), computerResultSchema)
      .optional()
      .describe('Computers of simulated gateways by group, where the scenario models them; whole run.'),
    simulation: simulationSchema.optional(),
    manifest: manifestSchema,
  })
  .describe('Result of an ikestorm run.');

export type RunResult = z.infer<typeof runResultSchema>;

/**
 * Checks that a value read from a file is a result of this format version.
 * @throws ZodError naming the fields that are not as they should be.
 */
export function parseRunResult(value: unknown): RunResult {
  return runResultSchema.parse(value);
}
