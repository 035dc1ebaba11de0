/**
 * Fits a calibration card to a gateway whose time for a negotiation was measured: the costs of a basic card,
 * multiplied kind by kind by what makes them add up to the measurements.
 */
import type { CalibrationCard, OperationCost } from './calibration-card.ts';
import { COST_KINDS, costKindOf } from './cost-kind.ts';
import type { CostKind } from './cost-kind.ts';
import { solveNonNegative } from './least-squares.ts';

/** What a gateway does for a negotiation: calls and octets by operation, fractions allowed. */
export type NegotiationWork = Readonly<Record<string, { readonly calls: number; readonly octets: number }>>;

/** A kind of negotiation and the time on cores that it was measured to take. */
export interface MeasuredWork {
  readonly work: NegotiationWork;
  readonly demandNs: number;
}

export interface CardScaling {
  readonly factors: Readonly<Record<CostKind, number>>;
  /** Kinds that no measurement has any of: their factor is a guess. */
  readonly guessed: readonly CostKind[];
  /** What the scaled card says of each measurement, nanoseconds. */
  readonly fittedNs: readonly number[];
}

/**
 * A share of the square of relative errors so small that it moves no fit by more than a hundredth of a percent,
 * and large enough to choose among the fits that are equally good.
 */
const PREFERENCE_WEIGHT = 1e-10;

/**
 * The factors whose sums are closest to the measurements, by relative error. Where measurements cannot tell
 * kinds apart, all are scaled alike. @throws RangeError without measurements, or for one that the card has no costs for.
 */
export function fitScaling(basic: CalibrationCard, measured: readonly MeasuredWork[]): CardScaling {
  const costs = measured.map(({ work }) => costsByKind(basic, work));
  const rows = costs.map((cost, index) => cost.map((ns) => ns / measured[index]!.demandNs));
  const sums = rows.map((row) => row.reduce((sum, value) => sum + value, 0));
  const squares = sums.reduce((sum, value) => sum + value * value, 0);
  if (!(squares > 0)) throw new RangeError('there is nothing to be fitted');
  const common = sums.reduce((sum, value) => sum + value, 0) / squares;
  const factors = solveNonNegative({
    rows,
    wanted: rows.map(() => 1),
    preferred: COST_KINDS.map(() => common),
    preferenceWeight: PREFERENCE_WEIGHT,
  });
  return {
    factors: Object.fromEntries(COST_KINDS.map((kind, k) => [kind, factors[k]!])) as Record<CostKind, number>,
    guessed: COST_KINDS.filter((_, k) => costs.every((cost) => cost[k] === 0)),
    fittedNs: costs.map((cost) => cost.reduce((sum, ns, k) => sum + ns * factors[k]!, 0)),
  };
}

/** The costs of a card multiplied by the factors of their kinds. */
export function scaledOperations(
  basic: CalibrationCard,
  factors: CardScaling['factors'],
): Record<string, OperationCost> {
  return Object.fromEntries(
    Object.entries(basic.operations).map(([operation, cost]) => {
      const factor = factors[costKindOf(operation)];
      return [operation, { ...cost, callNs: cost.callNs * factor, octetNs: cost.octetNs * factor }];
    }),
  );
}

/** Nanoseconds by kind, in the order of `COST_KINDS`. */
function costsByKind({ operations }: CalibrationCard, work: NegotiationWork): number[] {
  const costs = COST_KINDS.map(() => 0);
  for (const [operation, { calls, octets }] of Object.entries(work)) {
    const cost = operations[operation];
    if (cost === undefined) continue;
    costs[COST_KINDS.indexOf(costKindOf(operation))]! += cost.callNs * calls + cost.octetNs * octets;
  }
  return costs;
}
