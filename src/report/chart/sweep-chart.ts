/** A number over what was varied first, one line for each combination of the rest. */
import type { SweepMetric, SweepResult } from '../../measure/sweep-result.ts';
import { formatMetric, measuredMetrics, SWEEP_METRIC_WORDS } from '../sweep-report.ts';
import { chartSvg } from './line-chart.ts';
import type { Chart, ChartLine } from './line-chart.ts';

/** Two numbers at most: when nearly all were back or the latency, and how much succeeded or the throughput. */
export function sweepSvg(result: SweepResult): string {
  const measured = measuredMetrics(result);
  const chosen = PREFERENCES.flatMap((metrics) => metrics.find((metric) => measured.includes(metric)) ?? []);
  return chartSvg(chosen.map((metric) => chartOf(result, metric)));
}

function chartOf(result: SweepResult, metric: SweepMetric): Chart {
  const [first] = result.varied;
  const values = first?.values ?? [];
  const byRest = new Map<string, [number, number][]>();
  for (const point of result.points) {
    const spread = point.metrics[metric];
    const [value = '', ...rest] = point.values;
    if (spread === undefined) continue;
    const name = rest.join(', ');
    byRest.set(name, [...(byRest.get(name) ?? []), [values.indexOf(value), spread.median]]);
  }
  const lines: ChartLine[] = [...byRest].map(([name, points]) => ({
    name,
    points: points.toSorted(([a], [b]) => a - b),
    hasDots: true,
  }));
  return {
    title: `${result.scenario}: ${SWEEP_METRIC_WORDS[metric]}`,
    xLabel: first?.path ?? '',
    yLabel: SWEEP_METRIC_WORDS[metric],
    categories: values,
    formatY: (value) => formatMetric(metric, value),
    lines,
  };
}

const PREFERENCES: readonly (readonly SweepMetric[])[] = [
  ['t99Ns', 'p99Ns'],
  ['succeededShare', 'succeededHz'],
];
