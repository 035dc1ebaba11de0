/** How many peers were connected over time, with the times to 50, 95 and 99 %. */
import type { RunResult } from '../../measure/result.ts';
import { formatCount, formatDuration } from '../quantity.ts';
import { chartSvg } from './line-chart.ts';
import type { Chart } from './line-chart.ts';

/** SVG of a result with `recovery`; undefined for others. */
export function recoverySvg(result: RunResult): string | undefined {
  const { recovery, series, scenario } = result;
  if (recovery === undefined) return undefined;
  const pointsOf = (levels: readonly number[]): [number, number][] => {
    const startNs = Math.max(0, series.startNs);
    return [
      [startNs / NS_PER_S, 0],
      ...levels.map((level, index): [number, number] => [endOfEntry(result, index) / NS_PER_S, level]),
    ];
  };
  const { endNs } = recovery.disturbance;
  const shares = [
    ['50 %', recovery.t50Ns],
    ['95 %', recovery.t95Ns],
    ['99 %', recovery.t99Ns],
  ] as const;
  const marks = shares.flatMap(([share, timeNs]) =>
    timeNs === null
      ? []
      : [{ x: (endNs + timeNs) / NS_PER_S, text: `${share} after ${formatDuration(timeNs)}` }],
  );
  const end = endNs > 0 ? [{ x: endNs / NS_PER_S, text: `end of the ${recovery.disturbance.kind}` }] : [];
  const time = { xLabel: 'time of the run, s', formatY: formatCount };
  const charts: Chart[] = [
    {
      ...time,
      title: `${scenario}: connected peers`,
      yLabel: 'peers',
      lines: [{ name: 'connected', points: pointsOf(series.connected ?? []) }],
      marks: [...end, ...marks],
    },
  ];
  if (series.waiting !== undefined) {
    charts.push({
      ...time,
      title: 'jobs that wait at gateways',
      yLabel: 'jobs',
      lines: [{ name: 'waiting', points: pointsOf(series.waiting) }],
    });
  }
  return chartSvg(charts);
}

function endOfEntry({ series }: RunResult, index: number): number {
  return series.startNs + (index + 1) * series.bucketNs;
}

const NS_PER_S = 1e9;
