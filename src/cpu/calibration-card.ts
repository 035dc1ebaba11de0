/**
 * What operations cost on a computer, as data: measured by `ikestorm calibrate`, kept as a JSON file,
 * named in a scenario. `card-file.ts` reads and checks the file.
 */

/** Goes up when a reader of the former version would misread a card. */
export const CARD_FORMAT_VERSION = 1;
export const CARD_FORMAT = 'ikestorm-calibration-card';

/**
 * Steps of the protocol that are no cryptography. Those of cryptography are named as its primitives,
 * `agree:31`, `hmac:sha256`, and its operations with keys of certificates, `sign:rsa-2048`.
 */
export const STEP_OPERATIONS = [
  /** Handling an event at all: timers, tables, charts, memory. */
  'event',
  /** Taking a datagram from the system, and giving one to it. */
  'receive',
  'send',
  /** Octets to a message, and back. */
  'parse',
  'encode',
  /** Finding the SA of a message. */
  'look-up',
  /** Reading one certificate, by its octets; that of its signature is `verify`. */
  'certificate',
  /** Finding a user and comparing what he knows. */
  'log-in',
] as const;
export type StepOperation = (typeof STEP_OPERATIONS)[number];

/** Nanoseconds: `callNs + octetNs * octets`. */
export interface OperationCost {
  readonly callNs: number;
  readonly octetNs: number;
  /** Lengths between which it was measured; outside of them the cost is a guess. */
  readonly octetsMinimum: number;
  readonly octetsMaximum: number;
  /** Half of the difference between upper and lower quartile of the measurements, over their median. */
  readonly spread: number;
}

export interface CardMachine {
  readonly cpuModel: string;
  readonly cores: number;
  readonly os: string;
  readonly nodeVersion: string;
  readonly opensslVersion: string;
  /** Which cryptography was measured: a word of the scenario key `crypto`. */
  readonly crypto: string;
}

/** How a card was fitted to a real gateway. */
export interface CardFit {
  /** Address and port. */
  readonly target: string;
  /** Cores that the gateway had while it was measured. */
  readonly cores: number;
  /** Name of the card whose costs were multiplied. */
  readonly basicCard: string;
  /** What they were multiplied by, by kind of operation. */
  readonly factors: Readonly<Record<string, number>>;
  /** Operations that the measured negotiations had: where the card was fitted, beyond it guesses. */
  readonly operations: readonly string[];
  readonly points: readonly FitPoint[];
}

/** One load that the gateway was measured under. */
export interface FitPoint {
  /** Name of the scenario. */
  readonly scenario: string;
  /**
   * `process-time`: CPU time of the gateway's process; `throughput`: its cores over its throughput, where it had
   * nothing left of them.
   */
  readonly measuredBy: 'process-time' | 'throughput';
  /** Successful negotiations of the measurement. */
  readonly negotiations: number;
  /** Of these a second. */
  readonly rateHz: number;
  /** Time on cores that a negotiation took, and what the card says of it. */
  readonly demandNs: number;
  readonly fittedNs: number;
  /** Median latency of a negotiation while there was no other. */
  readonly aloneNs: number;
  /** What of it is neither the gateway's work nor the generator's: network and system, for each datagram. */
  readonly oneWayNs: number;
  /** CPU time of the generator for a negotiation; absent in cards of versions that did not look at it. */
  readonly generatorNs?: number;
  /** Share of its cores that the gateway's process used under load; absent where nobody could see that. */
  readonly gatewayShare?: number;
  /** Share of its cores that the generator used under load. */
  readonly generatorShare: number;
}

export interface CalibrationCard {
  readonly format: typeof CARD_FORMAT;
  readonly formatVersion: typeof CARD_FORMAT_VERSION;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly measuredAt: string;
  readonly machine: CardMachine;
  readonly operations: Readonly<Record<string, OperationCost>>;
  readonly fit?: CardFit;
}
