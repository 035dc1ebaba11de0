/**
 * Which rate to try next. From the first rate it goes up by doubling until one does not hold, or down by halving
 * until one does; then it halves the gap between the highest that holds and the lowest that does not, by their
 * geometric mean, until they are no further apart than the tolerance. Pure: it knows nothing of runs.
 */

export interface RateSearchSettings {
  /** The first rate. */
  readonly fromHz: number;
  /** No rate above it is tried; Infinity: no limit. */
  readonly toHz: number;
  /** Share of the holding rate by which the failing one may be higher at the end. */
  readonly tolerance: number;
  /** Rates tried at most. */
  readonly maximumRates: number;
}

/**
 * `tolerance`: the answer is as exact as asked for. `limit`: the highest rate that may be tried holds.
 * `nothing-holds`: not even a thousandth of the first rate holds. `rates`: as many rates as allowed were tried.
 */
export const SEARCH_ENDS = ['tolerance', 'limit', 'nothing-holds', 'rates'] as const;
export type SearchEnd = (typeof SEARCH_ENDS)[number];

export class RateSearch {
  readonly #settings: RateSearchSettings;
  #holdingHz: number | undefined;
  #failingHz: number | undefined;
  #tried = 0;

  constructor(settings: RateSearchSettings) {
    this.#settings = settings;
  }

  /** Highest rate below every one that failed that is known to hold. */
  get holdingHz(): number | undefined {
    return this.#holdingHz;
  }

  /** Lowest rate that is known not to hold. */
  get failingHz(): number | undefined {
    return this.#failingHz;
  }

  /** Why there is nothing more to try; undefined while there is. */
  get end(): SearchEnd | undefined {
    const { fromHz, toHz, tolerance, maximumRates } = this.#settings;
    const holding = this.#holdingHz;
    const failing = this.#failingHz;
    if (holding !== undefined && failing !== undefined && failing <= holding * (1 + tolerance)) {
      return 'tolerance';
    }
    if (holding !== undefined && holding >= toHz) return 'limit';
    if (failing !== undefined && failing < fromHz / LOWEST_PART) return 'nothing-holds';
    if (this.#tried >= maximumRates) return 'rates';
    // Rates are rounded to what people can say; there may be none between the two.
    return this.#candidate() === holding || this.#candidate() === failing ? 'tolerance' : undefined;
  }

  /** The rate to try now; undefined at the end. */
  next(): number | undefined {
    return this.end === undefined ? this.#candidate() : undefined;
  }

  /** What became of the rate that `next` gave. */
  tell(rateHz: number, holds: boolean): void {
    this.#tried++;
    if (holds) {
      this.#holdingHz = Math.max(this.#holdingHz ?? 0, rateHz);
    } else {
      this.#failingHz = Math.min(this.#failingHz ?? Infinity, rateHz);
    }
  }

  #candidate(): number {
    const { fromHz, toHz } = this.#settings;
    const holding = this.#holdingHz;
    const failing = this.#failingHz;
    if (holding === undefined) {
      return roundedRate(failing === undefined ? Math.min(fromHz, toHz) : failing / STEP);
    }
    if (failing === undefined) return roundedRate(Math.min(holding * STEP, toHz));
    return roundedRate(Math.sqrt(holding * failing));
  }
}

/** A rate with four digits that count. */
export function roundedRate(rateHz: number): number {
  return Number(rateHz.toPrecision(4));
}

/** From one rate to the next while there is no gap to halve. */
const STEP = 2;
const LOWEST_PART = 1000;
