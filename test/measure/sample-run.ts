/** A small run with known numbers: 10 s warm-up, 10 s measure window, drain to 25 s; the clock starts at 100 s. */
import { buildResult, type ResultSetup } from '../../src/measure/build-result.ts';
import type { Manifest } from '../../src/measure/manifest.ts';
import { createRecorder, type Recorder } from '../../src/measure/recorder.ts';
import type { RunResult } from '../../src/measure/result.ts';
import type { Executor, PeerGroup, Scenario, Threshold } from '../../src/scenario/scenario.ts';

export const MS = 1_000_000;
export const SECOND = 1_000_000_000;
export const RUN_START_NS = 100 * SECOND;
export const MEASURE_START_NS = 110 * SECOND;
export const MEASURE_END_NS = 120 * SECOND;
export const RUN_END_NS = 125 * SECOND;

export const MANIFEST: Manifest = {
  startedAt: '2026-03-01T12:00:00.000Z',
  commandLine: ['ikestorm', 'run', 'office.yaml'],
  scenarioFile: 'office.yaml',
  scenarioText: 'name: office\n',
  scenarioSha256: 'd2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26',
  settings: ['load.measure=10s'],
  seed: 42,
  ikestormVersion: '0.1.0',
  nodeVersion: 'v20.20.2',
  v8Version: '11.3.244.8',
  opensslVersion: '3.0.17',
  os: 'linux x64',
  kernel: '6.1.0',
  cpuModel: 'Example CPU @ 2.00GHz',
  cores: 2,
  memoryOctets: 8 * 1024 ** 3,
  runtime: 'memory',
  clock: 'real',
  workers: 2,
  cryptoBackends: { sha256: 'native', 'aes-cbc': 'native', modp2048: 'native' },
  target: null,
  sourceAddresses: ['10.1.0.0/16'],
  udpBuffers: null,
};

function group(name: string, role: 'host' | 'gateway'): PeerGroup {
  return {
    name,
    role,
    count: 10,
    authentication: 'pre-shared-key',
    encryptionProfile: 'rfc',
    oracle: false,
    sendCertificate: false,
    addresses: { text: '10.1.0.0/16', first: '10.1.0.1', size: 65534 },
    port: 500,
    natPort: 4500,
    identity: { type: 'address', text: '' },
    mode: { main: 1, aggressive: 0 },
    acceptedModes: ['main'],
    ike: [],
    esp: [],
    protections: ['esp'],
    encapsulation: 'tunnel',
    children: 1,
    commitBit: false,
    ikeLifetimeS: 3600,
    espLifetimeS: 3600,
    natKeepaliveNs: 0,
    replayWindow: 64,
    retransmit: { firstNs: SECOND, factor: 2, maximumNs: 8 * SECOND, tries: 3 },
    responderRetransmit: {
      messages: [],
      schedule: { firstNs: SECOND, factor: 2, maximumNs: 8 * SECOND, tries: 3 },
    },
    halfOpenTimeoutNs: 30 * SECOND,
    halfOpenLimit: 1000,
    natTraversal: 'off',
    alwaysMarker: false,
  };
}

export function sampleScenario(thresholds: readonly Threshold[] = [], executor?: Executor): Scenario {
  return {
    name: 'office',
    runtime: 'memory',
    clock: 'real',
    epochMs: 0,
    faults: [],
    crypto: 'fastest',
    groups: [group('hosts', 'host'), group('branch', 'host'), group('gateway', 'gateway')],
    authorities: [],
    segments: {},
    connections: [{ from: 'hosts', to: 'gateway', spread: 'round-robin' }],
    load: {
      executor: executor ?? { type: 'constant-arrival-rate', rateHz: 10 },
      warmUpNs: 10 * SECOND,
      measureNs: 10 * SECOND,
      drainNs: 5 * SECOND,
      sendLagLimitNs: 10 * MS,
    },
    thresholds,
    capture: false,
  };
}

export function sampleRecorder(): Recorder {
  return createRecorder({
    groups: ['hosts', 'branch', 'gateway'],
    measureStartNs: MEASURE_START_NS,
    measureEndNs: MEASURE_END_NS,
  });
}

function share(latencyNs: number, tenths: number): number {
  return Math.round((latencyNs * tenths) / 10);
}

/** One negotiation with all its facts; latencies are fixed shares of the whole. */
export function negotiate(
  recorder: Recorder,
  run: { plannedNs: number; lagNs?: number; latencyNs: number; groupIndex?: number; firstTry?: boolean },
): void {
  const { plannedNs, latencyNs, lagNs = 0, groupIndex = 0, firstTry = true } = run;
  const startedNs = plannedNs + lagNs;
  recorder.recordStart(lagNs, plannedNs, groupIndex);
  recorder.record(
    { type: 'negotiation.started', negotiation: 1, mode: 'main', plannedNs, startedNs },
    groupIndex,
  );
  if (!firstTry) recorder.record({ type: 'retransmitted' }, groupIndex);
  for (const name of ['main-1', 'main-3', 'main-5'] as const) {
    recorder.record({ type: 'round-trip', name, plannedNs, elapsedNs: share(latencyNs, 2) }, groupIndex);
  }
  recorder.record({ type: 'phase1.established', plannedNs, elapsedNs: share(latencyNs, 6) }, groupIndex);
  recorder.record(
    { type: 'round-trip', name: 'quick-1', plannedNs, elapsedNs: share(latencyNs, 4) },
    groupIndex,
  );
  recorder.record({ type: 'phase2.established', plannedNs, elapsedNs: share(latencyNs, 4) }, groupIndex);
  recorder.record(
    {
      type: 'negotiation.succeeded',
      negotiation: 1,
      plannedNs,
      startedNs,
      finishedNs: startedNs + latencyNs,
      firstTry,
    },
    groupIndex,
  );
  recorder.record({ type: 'responder.phase1.established' }, 2);
  recorder.record({ type: 'responder.phase2.established' }, 2);
}

/** 10 starts a second from 100 s to 120 s: 100 measured, latencies 10 ms and rising, 2 failures, 1 retry. */
export function recordSampleRun(recorder: Recorder): void {
  for (let index = 0; index < 200; index++) {
    const plannedNs = RUN_START_NS + index * 100 * MS;
    const groupIndex = index % 4 === 3 ? 1 : 0;
    if (index % 60 === 59) {
      recorder.recordStart(0, plannedNs, groupIndex);
      recorder.record(
        { type: 'negotiation.started', negotiation: index, mode: 'main', plannedNs, startedNs: plannedNs },
        groupIndex,
      );
      recorder.record(
        {
          type: 'negotiation.failed',
          negotiation: index,
          cause: 'timeout-phase1',
          plannedNs,
          startedNs: plannedNs,
          finishedNs: plannedNs + 4 * SECOND,
        },
        groupIndex,
      );
    } else {
      const latencyNs = (10 + index / 10) * MS;
      negotiate(recorder, { plannedNs, lagNs: 50_000, latencyNs, groupIndex, firstTry: index !== 150 });
    }
  }
  recorder.record({ type: 'dropped', reason: 'duplicate' }, 2);
}

/** The pings of one tunnel: each answered 1 ms later than the one before, the last lost. */
export function pingThrough(recorder: Recorder, plannedNs: number, count: number): void {
  for (let index = 0; index < count; index++) {
    recorder.record({ type: 'ping.sent', plannedNs }, 0);
    if (index === count - 1) recorder.record({ type: 'ping.lost', plannedNs }, 0);
    else recorder.record({ type: 'ping.answered', plannedNs, elapsedNs: (index + 1) * MS }, 0);
    if (index === 0) {
      recorder.record({ type: 'first-packet', plannedNs, elapsedNs: 30 * MS, sinceSaNs: 5 * MS }, 0);
    }
    recorder.record({ type: 'responder.echo' }, 2);
  }
}

export function sampleResult(setup: Partial<ResultSetup> = {}): RunResult {
  const recorder = sampleRecorder();
  recordSampleRun(recorder);
  return buildResult({
    scenario: sampleScenario(),
    snapshot: recorder.snapshot(),
    manifest: MANIFEST,
    startNs: RUN_START_NS,
    endNs: RUN_END_NS,
    workersLost: 0,
    losses: {},
    faultCounts: [],
    ...setup,
  });
}
