/** Results with every verdict that reports treat differently. */
import type { RunResult } from '../../src/measure/result.ts';
import { parseThreshold } from '../../src/scenario/threshold.ts';
import {
  MEASURE_START_NS,
  negotiate,
  recordSampleRun,
  sampleRecorder,
  sampleResult,
  sampleScenario,
  MS,
  SECOND,
} from '../measure/sample-run.ts';

export function passedResult(): RunResult {
  return sampleResult({ scenario: sampleScenario([parseThreshold('latency p(99) < 250ms')]) });
}

export function failedResult(): RunResult {
  const texts = [
    'latency p(99) < 250ms',
    'failed rate < 1%',
    'throughput > 5/s',
    'latency{nobody} p(99) < 1s',
  ];
  return sampleResult({
    scenario: sampleScenario(texts.map((text) => parseThreshold(text))),
    losses: { 'socket-buffer-full': 3 },
  });
}

export function saturatedResult(): RunResult {
  const recorder = sampleRecorder();
  recordSampleRun(recorder);
  for (let index = 0; index < 40; index++) {
    negotiate(recorder, {
      plannedNs: MEASURE_START_NS + index * 100 * MS,
      lagNs: 2 * SECOND,
      latencyNs: 30 * MS,
    });
  }
  recorder.droppedStart(0, MEASURE_START_NS);
  return sampleResult({ snapshot: recorder.snapshot() });
}

/** A worker was lost before anything was measured. */
export function emptyResult(): RunResult {
  return sampleResult({ snapshot: sampleRecorder().snapshot(), workersLost: 1 });
}
