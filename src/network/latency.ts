/** How long something takes, as a distribution that every machine draws from alike: integers, and IEEE-exact steps. */
import type { Ns } from '../peer/timer.ts';
import type { PositionedStream } from '../random/positioned-stream.ts';

export type Latency =
  | { readonly type: 'constant'; readonly ns: Ns }
  /** Each integer from the least to the most, both included. */
  | { readonly type: 'uniform'; readonly leastNs: Ns; readonly mostNs: Ns }
  /** A bell of that mean and standard deviation; what would be less than `leastNs` is `leastNs`. */
  | { readonly type: 'normal'; readonly meanNs: Ns; readonly deviationNs: Ns; readonly leastNs: Ns }
  /** `leastNs`, and on top an exponential part, so that the mean is `meanNs`. */
  | { readonly type: 'exponential'; readonly leastNs: Ns; readonly meanNs: Ns }
  /** One of these, each equally likely. */
  | { readonly type: 'empirical'; readonly valuesNs: readonly Ns[] };

/** Less than this it never is. */
export function leastLatencyNs(latency: Latency): Ns {
  switch (latency.type) {
    case 'constant':
      return latency.ns;
    case 'empirical':
      return latency.valuesNs.reduce((least, value) => (value < least ? value : least));
    default:
      return latency.leastNs;
  }
}

/** One draw, integer nanoseconds, never negative. */
export function drawLatencyNs(latency: Latency, random: PositionedStream): Ns {
  switch (latency.type) {
    case 'constant':
      return latency.ns;
    case 'uniform':
      return latency.leastNs + random.below(latency.mostNs - latency.leastNs + 1);
    case 'normal': {
      const drawn = Math.round(latency.meanNs + latency.deviationNs * drawBellUnit(random));
      return drawn < latency.leastNs ? latency.leastNs : drawn;
    }
    case 'exponential':
      return latency.leastNs + Math.round((latency.meanNs - latency.leastNs) * random.exponentialUnit());
    case 'empirical':
      return latency.valuesNs[random.below(latency.valuesNs.length)]!;
  }
}

/**
 * Mean 0, deviation 1, nearly normal, from -6 to 6: the sum of twelve uniform variates less six
 * (Irwin and Hall). The inverse of the normal distribution would need a logarithm.
 */
function drawBellUnit(random: PositionedStream): number {
  let sum = 0;
  for (let word = 0; word < UNIFORMS / 2; word++) {
    const draw = random.uint32();
    sum += (draw >>> 16) + (draw & 0xffff);
  }
  // Each 16-bit part stands for the middle of its interval.
  return (sum + UNIFORMS / 2) / 0x1_0000 - UNIFORMS / 2;
}

const UNIFORMS = 12;
