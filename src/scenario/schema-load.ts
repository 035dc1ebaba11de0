/** Schema of `load`: one executor and its windows, as people write them. */
import { z } from 'zod';
import { ITERATIONS_MAXIMUM, PEERS_MAXIMUM, STAGES_MAXIMUM } from './limits.ts';
import { duration, list, rate, wholeNumber } from './schema-value.ts';

/** Keys that every executor has; `measure` is the default length of the window. */
function windows(measure: string, sendLagLimit: string) {
  return {
    'warm-up': duration({ zero: true })
      .prefault('0s')
      .describe('Starts planned before the end of it are not counted.'),
    measure: duration({ zero: false })
      .prefault(measure)
      .describe('Length of the measure window, which follows the warm-up.'),
    drain: duration({ zero: true })
      .prefault('30s')
      .describe('Longest wait, after the last planned start, for what is in flight.'),
    hold: duration({ zero: true })
      .optional()
      .describe(
        'Delete a tunnel this long after it was set up. Default: keep it until the initiator starts again.',
      ),
    'send-lag-limit': duration({ zero: false })
      .prefault(sendLagLimit)
      .describe(
        'The run is not trustworthy when the 99th percentile of start minus planned start is above this.',
      ),
  };
}

const concurrentPeers = wholeNumber(1, PEERS_MAXIMUM)
  .optional()
  .describe('How many initiators take part. Default: all.');
const thinkTime = duration({ zero: true })
  .prefault('0s')
  .describe('Pause of an initiator between the end of a negotiation and its next start.');

const storm = z
  .strictObject({
    executor: z.literal('storm'),
    spread: duration({ zero: true })
      .prefault('0s')
      .describe('Starts are spread evenly over this; 0s starts everybody at once.'),
    ...windows('10m', '1s'),
  })
  .describe('Every initiator starts once, all at one time or spread evenly. `measure` is an upper bound.');

const constantArrivalRate = z
  .strictObject({
    executor: z.literal('constant-arrival-rate'),
    rate: rate({ zero: false }).describe('Negotiations started in a time, however long the answers take.'),
    ...windows('30s', '50ms'),
  })
  .describe('Starts at exactly equal distances, initiators in turn (open model).');

const stage = z.strictObject({
  duration: duration({ zero: false }).describe('Length of the stage.'),
  target: rate({ zero: true }).describe('Rate reached, linearly, at its end.'),
});

const { measure: _measure, ...rampWindows } = windows('30s', '50ms');
const rampingArrivalRate = z
  .strictObject({
    executor: z.literal('ramping-arrival-rate'),
    'start-rate': rate({ zero: true }).prefault('0/s').describe('Rate at the beginning of the first stage.'),
    stages: list(stage, STAGES_MAXIMUM, 'stages').describe('Stages one after the other.'),
    ...rampWindows,
    measure: duration({ zero: false })
      .optional()
      .describe(
        'Length of the measure window, which follows the warm-up. Default: to the end of the last stage.',
      ),
  })
  .describe('Starts at a rate that rises and falls in straight lines (open model).');

const poisson = z
  .strictObject({
    executor: z.literal('poisson'),
    rate: rate({ zero: false }).describe('Mean number of negotiations started in a time.'),
    'warm-up-rate': rate({ zero: false })
      .optional()
      .describe(
        'The same during the warm-up, so that code is warm before a low rate is measured. Default: `rate`.',
      ),
    ...windows('30s', '50ms'),
  })
  .describe('Starts at random, independent of each other, drawn from the seed (open model).');

const constantPeers = z
  .strictObject({
    executor: z.literal('constant-peers'),
    peers: concurrentPeers,
    'think-time': thinkTime,
    ...windows('30s', '1s'),
  })
  .describe('A number of initiators negotiate again and again, each waiting for its end (closed model).');

const perPeerIterations = z
  .strictObject({
    executor: z.literal('per-peer-iterations'),
    peers: concurrentPeers,
    iterations: wholeNumber(1, ITERATIONS_MAXIMUM).prefault(1).describe('Negotiations of each initiator.'),
    'think-time': thinkTime,
    ...windows('10m', '1s'),
  })
  .describe('Every initiator negotiates a number of times (closed model). `measure` is an upper bound.');

/** The value of `load`. */
export const loadSchema = z.discriminatedUnion('executor', [
  storm,
  constantArrivalRate,
  rampingArrivalRate,
  poisson,
  constantPeers,
  perPeerIterations,
]);

/** Whether a load starts whoever has failed again by itself (closed model). */
export function isClosedExecutor(executor: unknown): boolean {
  return executor === 'constant-peers' || executor === 'per-peer-iterations';
}
