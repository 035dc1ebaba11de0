/** What a run of a capacity search says about its rate. */
import type { CapacityStep } from '../../measure/capacity-result.ts';
import type { RunResult } from '../../measure/result.ts';
import { steadinessOf } from '../../measure/steadiness.ts';

type Judgement = Pick<CapacityStep, 'holds' | 'limitedBy' | 'reasons' | 'inFlightMiddle' | 'inFlightEnd'>;

/**
 * A rate holds when the verdict is a pass and the run was steady. Where starts were dropped or late, and neither a
 * threshold failed nor what is in flight grew, it is the generator that does not hold, not the system; late starts
 * say so in any case, since everything else may come from them, and so does a window in which nobody was free to start. A
 * ramp is not asked to be steady.
 */
export function judgeStep(result: RunResult, isRateConstant: boolean): Judgement {
  const steadiness = isRateConstant ? steadinessOf(result) : undefined;
  const isSteady = steadiness?.isSteady ?? true;
  const holds = result.verdict === 'pass' && isSteady;
  const { generator, thresholds, negotiations } = result;
  const isLate = (generator.sendLagP99Ns ?? 0) > generator.sendLagLimitNs;
  const isSystem = !isSteady || thresholds.some(({ passed }) => !passed) || negotiations.succeeded === 0;
  const isGenerator = isLate || negotiations.started === 0 || !isSystem;
  const growth =
    steadiness === undefined || isSteady
      ? []
      : [
          `not steady: ${steadiness.inFlightMiddle} in flight in the middle of the window, ${steadiness.inFlightEnd} at its end`,
        ];
  return {
    holds,
    limitedBy: holds ? null : generator.saturated && isGenerator ? 'generator' : 'system',
    reasons: holds ? [] : [...(result.verdict === 'pass' ? [] : result.reasons), ...growth],
    inFlightMiddle: steadiness?.inFlightMiddle ?? null,
    inFlightEnd: steadiness?.inFlightEnd ?? null,
  };
}
