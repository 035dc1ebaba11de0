/** The durations that are measured, each in a histogram of its own. */
import { ROUND_TRIPS } from '../peer/fact.ts';

/**
 * `latency`: planned start to success. `latency-from-start`: actual start to success.
 * `phase1`: actual start to phase 1 established, whatever came after. `phase2`: one quick mode.
 * `send-lag`: planned to actual start, which is the generator's own delay.
 * `ping`: echo request to reply. `first-packet`: planned start to the first reply through the tunnel;
 * `first-packet-from-sa`: the same from the moment that its SAs stand.
 * `come-back`: failure or loss of a tunnel to the tunnel that the initiator had then.
 * The others are round trips, named by the request (`main-1`: SA payloads, ...).
 * All are of negotiations planned inside the measure window; the two latencies only of successful ones.
 */
export const METERS = [
  'latency',
  'latency-from-start',
  'phase1',
  'phase2',
  'send-lag',
  'ping',
  'first-packet',
  'first-packet-from-sa',
  'come-back',
  ...ROUND_TRIPS,
] as const;
export type Meter = (typeof METERS)[number];
