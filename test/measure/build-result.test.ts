import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  capacityJsonSchemaText,
  resultJsonSchemaText,
  sweepJsonSchemaText,
} from '../../src/measure/result-json-schema.ts';
import { parseRunResult, runResultSchema } from '../../src/measure/result.ts';
import {
  MEASURE_START_NS,
  MS,
  negotiate,
  RUN_END_NS,
  sampleRecorder,
  sampleResult,
  sampleScenario,
  SECOND,
} from './sample-run.ts';

describe('buildResult', () => {
  it('counts the window, and beside it the whole run', () => {
    const result = sampleResult();
    expect(result.negotiations).toEqual({
      started: 100,
      succeeded: 98,
      failed: 2,
      inFlightAtEnd: 0,
      droppedStarts: 0,
      firstTry: 97,
      retried: 1,
    });
    expect(result.wholeRun).toMatchObject({ started: 200, succeeded: 197, failed: 3 });
    expect(result.failures).toEqual({ 'timeout-phase1': 2 });
    expect(result.drops).toEqual({ duplicate: 1 });
    expect(result.retransmissions).toBe(1);
    expect(result.responder).toEqual({ phase1: 197, phase2: 197, failures: {} });
  });

  it('gives times since the start of the run', () => {
    expect(sampleResult().windows).toEqual({
      warmUp: { startNs: 0, endNs: 10 * SECOND },
      measure: { startNs: 10 * SECOND, endNs: 20 * SECOND },
      drain: { startNs: 20 * SECOND, endNs: 25 * SECOND },
    });
    expect(sampleResult().series).toMatchObject({ startNs: 0, bucketNs: SECOND / 10 });
    expect(sampleResult().series.started.slice(0, 3)).toEqual([1, 1, 1]);
  });

  it('splits everything by group, leaving nothing out', () => {
    const { groups, negotiations, latency } = sampleResult();
    expect(Object.keys(groups)).toEqual(['hosts', 'branch', 'gateway']);
    const started = Object.values(groups).reduce((sum, group) => sum + group.negotiations.started, 0);
    const samples = Object.values(groups).reduce((sum, group) => sum + (group.latency.whole?.count ?? 0), 0);
    expect(started).toBe(negotiations.started);
    expect(samples).toBe(latency.whole?.count);
    expect(groups['gateway']?.latency.whole).toBeNull();
  });

  it('summarizes latencies with percentiles in order', () => {
    const { latency } = sampleResult();
    const whole = latency.whole;
    expect(whole).toMatchObject({ count: 98, minNs: 20.05 * MS, maxNs: 29.95 * MS, clamped: 0 });
    const { p50Ns = 0, p75Ns = 0, p90Ns = 0, p95Ns = 0, p99Ns = 0, p999Ns = 0, maxNs = 0 } = whole ?? {};
    const ascending = [p50Ns, p75Ns, p90Ns, p95Ns, p99Ns, p999Ns, maxNs];
    expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
    expect(p50Ns / MS).toBeCloseTo(24.85, 0);
    expect(latency.fromStart?.minNs).toBe(20 * MS);
    expect(Object.keys(latency.roundTrips)).toEqual(['main-1', 'main-3', 'main-5', 'quick-1']);
  });

  it('takes throughput from successes that end inside the window', () => {
    const recorder = sampleRecorder();
    for (let index = 0; index < 100; index++) {
      negotiate(recorder, { plannedNs: MEASURE_START_NS + index * 100 * MS, latencyNs: 5 * SECOND });
    }
    const { rates, negotiations } = sampleResult({ snapshot: recorder.snapshot() });
    expect(negotiations.succeeded).toBe(100);
    expect(rates).toEqual({ startNs: 10 * SECOND, endNs: 20 * SECOND, startedHz: 10, succeededHz: 5 });
  });

  it('takes the throughput of a storm from first planned start to last success', () => {
    const recorder = sampleRecorder();
    for (let index = 0; index < 100; index++) {
      negotiate(recorder, { plannedNs: MEASURE_START_NS + SECOND, latencyNs: (index + 1) * 20 * MS });
    }
    const { rates } = sampleResult({
      scenario: sampleScenario([], { type: 'storm', spreadNs: 0 }),
      snapshot: recorder.snapshot(),
    });
    expect(rates).toEqual({ startNs: 11 * SECOND, endNs: 13 * SECOND, startedHz: 50, succeededHz: 50 });
  });

  it('shortens the windows of a run that ended early', () => {
    const { windows, rates, verdict } = sampleResult({
      endNs: MEASURE_START_NS + 4 * SECOND,
      signal: 'SIGINT',
    });
    expect(windows.measure).toEqual({ startNs: 10 * SECOND, endNs: 14 * SECOND });
    expect(windows.drain).toEqual({ startNs: 14 * SECOND, endNs: 14 * SECOND });
    expect(rates.endNs).toBe(14 * SECOND);
    expect(verdict).toBe('aborted');
    const early = sampleResult({ endNs: MEASURE_START_NS - 4 * SECOND, signal: 'SIGINT' });
    expect(early.windows.warmUp).toEqual({ startNs: 0, endNs: 6 * SECOND });
    expect(early.rates.succeededHz).toBeNull();
  });

  it('keeps the window as planned when the last negotiation is over before its end', () => {
    const { windows, rates } = sampleResult({ endNs: MEASURE_START_NS + 9.95 * SECOND });
    expect(windows.measure.endNs).toBe(20 * SECOND);
    expect(windows.drain).toEqual({ startNs: 20 * SECOND, endNs: 20 * SECOND });
    expect(rates.startedHz).toBe(10);
  });

  it('survives a run in which nothing happened', () => {
    const result = sampleResult({ snapshot: sampleRecorder().snapshot() });
    expect(result.verdict).toBe('invalid');
    expect(result.latency.whole).toBeNull();
    expect(result.groups).toEqual({});
    expect(parseRunResult(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  it('is what the schema says, before and after JSON', () => {
    const result = sampleResult({ endNs: RUN_END_NS, losses: { 'socket-buffer-full': 3 } });
    expect(runResultSchema.parse(result)).toEqual(result);
    expect(parseRunResult(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  it('is refused with another format version', () => {
    expect(() => parseRunResult({ ...sampleResult(), formatVersion: 2 })).toThrow(/formatVersion/);
  });
});

describe.each([
  ['result', resultJsonSchemaText],
  ['capacity', capacityJsonSchemaText],
  ['sweep', sweepJsonSchemaText],
])('schema/%s.schema.json', (name, text) => {
  it('is what `npm run schema:result` would write', () => {
    const file = new URL(`../../schema/${name}.schema.json`, import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(text());
  });
});
