/** What succeeded and how long it took, over the rate, before and after an overload. */
import type { BranchName, CapacityResult, CapacityStep } from '../../measure/capacity-result.ts';
import { formatDuration } from '../quantity.ts';
import { chartSvg } from './line-chart.ts';
import type { ChartLine } from './line-chart.ts';

export function capacitySvg(result: CapacityResult): string {
  const lines = (value: (step: CapacityStep) => number | null): ChartLine[] =>
    (['rising', 'falling'] as const)
      .map((branch) => branchLine(result, branch, value))
      .filter(({ points }) => points.length > 0);
  const { holdingHz } = result.rising;
  const recoveredHz = result.falling?.holdingHz ?? null;
  const marks = [
    ...(holdingHz === null ? [] : [{ x: holdingHz, text: `holds ${holdingHz}/s` }]),
    ...(recoveredHz === null || recoveredHz === holdingHz
      ? []
      : [{ x: recoveredHz, text: `recovers at ${recoveredHz}/s` }]),
  ];
  const offered = { xLabel: 'planned starts a second', marks };
  return chartSvg([
    {
      ...offered,
      title: `${result.scenario}: goodput`,
      yLabel: 'successes a second',
      lines: lines(({ succeededHz }) => succeededHz),
    },
    {
      ...offered,
      title: 'latency, 99th percentile',
      yLabel: 'latency',
      isLogarithmic: true,
      formatY: formatDuration,
      lines: lines(({ p99Ns }) => p99Ns),
    },
  ]);
}

/** One point a rate: the mean of its runs. */
function branchLine(
  { steps }: CapacityResult,
  branch: BranchName,
  value: (step: CapacityStep) => number | null,
): ChartLine {
  const byRate = new Map<number, number[]>();
  for (const step of steps) {
    const observed = value(step);
    if (step.branch !== branch || observed === null) continue;
    byRate.set(step.rateHz, [...(byRate.get(step.rateHz) ?? []), observed]);
  }
  const points = [...byRate]
    .map(([rateHz, values]) => [rateHz, values.reduce((sum, each) => sum + each, 0) / values.length] as const)
    .toSorted(([a], [b]) => a - b);
  return {
    name: branch === 'rising' ? 'from idle' : 'after an overload',
    points,
    isDashed: branch === 'falling',
    hasDots: true,
  };
}
