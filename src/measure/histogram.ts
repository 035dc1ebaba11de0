/**
 * Latency histograms: the only file that knows hdr-histogram-js.
 *
 * Values are given and asked for in nanoseconds. Inside they are whole microseconds, rounded up,
 * with three significant digits: a percentile is never understated, is exact to 1 us up to 2 ms and
 * to 0.1 % above. Microseconds keep a histogram near 40 KB for latencies of milliseconds (nanoseconds
 * would take 120 KB), grow only as far as values go, and need no unit rounding inside the
 * library, whose encoder can read past its counts at the range's end when there is one. Counts are
 * 64-bit floats, so exact up to 2^53; the library's 32-bit counts overflow. Count, sum, minimum
 * and maximum are kept beside it, exact to the nanosecond.
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';
import { NS_PER_S, type Ns } from '../peer/timer.ts';

const NS_PER_US = 1000;
/** Longer values are counted at this one and in `clamped`. */
export const HIGHEST_TRACKABLE_NS: Ns = 3600 * NS_PER_S;
const HIGHEST_TRACKABLE_US = HIGHEST_TRACKABLE_NS / NS_PER_US;
const SIGNIFICANT_DIGITS = 3;

/** A histogram as plain data; merging is exact. */
export interface HistogramSnapshot {
  /** HDR V2, deflated, base64; values in microseconds. The same counts always give the same text. */
  readonly encoded: string;
  readonly count: number;
  /** The sum is `sumS` seconds and `sumNs` (less than a second) nanoseconds: one integer would pass 2^53. */
  readonly sumS: number;
  readonly sumNs: Ns;
  readonly minNs: Ns;
  readonly maxNs: Ns;
  /** How many values were negative or above an hour, and counted at the nearest value in range. */
  readonly clamped: number;
}

function createCounts(highestUs: number, autoResize: boolean): Histogram {
  return build({
    bitBucketSize: 64,
    autoResize,
    lowestDiscernibleValue: 1,
    highestTrackableValue: highestUs,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
    useWebAssembly: false,
  });
}

/** Counts of durations, with exact extremes and mean. */
export class LatencyHistogram {
  #counts = createCounts(2, true);
  #sumS = 0;
  #sumNs = 0;
  #minNs = Number.POSITIVE_INFINITY;
  #maxNs = 0;
  #clamped = 0;

  get count(): number {
    return this.#counts.totalCount;
  }

  /** Smallest value; 0 when there is none. */
  get minNs(): Ns {
    return this.count === 0 ? 0 : this.#minNs;
  }

  get maxNs(): Ns {
    return this.#maxNs;
  }

  /** Arithmetic mean, rounded to a nanosecond; 0 when there is no value. */
  get meanNs(): Ns {
    if (this.count === 0) return 0;
    return Math.round(this.#sumS * (NS_PER_S / this.count) + this.#sumNs / this.count);
  }

  /** Counts one duration. Never throws: what is out of range is clamped and counted as such. */
  record(valueNs: Ns): void {
    let value = valueNs;
    if (!(value >= 0)) {
      value = 0;
      this.#clamped += 1;
    }
    let valueUs = Math.ceil(value / NS_PER_US);
    if (valueUs > HIGHEST_TRACKABLE_US) {
      value = Math.min(value, Number.MAX_SAFE_INTEGER);
      valueUs = HIGHEST_TRACKABLE_US;
      this.#clamped += 1;
    }
    this.#counts.recordValue(valueUs);
    if (value < this.#minNs) this.#minNs = value;
    if (value > this.#maxNs) this.#maxNs = value;
    this.#addToSum(0, value);
  }

  /**
   * The smallest duration that `percentile` (0..100) of all values do not exceed, rounded up to the
   * histogram's resolution but never beyond the maximum; 0 when there is no value.
   */
  percentileNs(percentile: number): Ns {
    if (this.count === 0) return 0;
    if (percentile >= 100) return this.#maxNs;
    const valueNs = this.#counts.getValueAtPercentile(percentile) * NS_PER_US;
    return Math.max(this.#minNs, Math.min(valueNs, this.#maxNs));
  }

  /** Adds the values of another histogram. Exact and independent of order. */
  add(other: HistogramSnapshot): void {
    if (other.count === 0) return;
    this.#counts.add(decodeFromCompressedBase64(other.encoded, 64));
    this.#addToSum(other.sumS, other.sumNs);
    this.#minNs = Math.min(this.#minNs, other.minNs);
    this.#maxNs = Math.max(this.#maxNs, other.maxNs);
    this.#clamped += other.clamped;
  }

  snapshot(): HistogramSnapshot {
    return {
      encoded: this.#encode(),
      count: this.count,
      sumS: this.#sumS,
      sumNs: this.#sumNs,
      minNs: this.minNs,
      maxNs: this.#maxNs,
      clamped: this.#clamped,
    };
  }

  /**
   * The encoding names the range, which depends on the order in which values made it grow. A copy of
   * the full range makes the text depend on the counts alone.
   */
  #encode(): string {
    const fullRange = createCounts(HIGHEST_TRACKABLE_US, false);
    fullRange.add(this.#counts);
    return encodeIntoCompressedBase64(fullRange);
  }

  #addToSum(seconds: number, nanoseconds: Ns): void {
    const sumNs = this.#sumNs + nanoseconds;
    const carryS = Math.floor(sumNs / NS_PER_S);
    this.#sumNs = sumNs - carryS * NS_PER_S;
    this.#sumS += seconds + carryS;
  }
}

/**
 * Any percentile of an encoded histogram (HDR V2 base64 in microseconds), in nanoseconds.
 * @throws Error when the text is not such an encoding.
 */
export function percentileOfEncodedNs(encoded: string, percentile: number): Ns {
  return decodeFromCompressedBase64(encoded, 64).getValueAtPercentile(percentile) * NS_PER_US;
}
