/** The promise of virtual time: the same scenario and seed do the same, whatever the number of workers and whoever lives where. */
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import { runScenario } from '../../src/run/execute.ts';
import type { RunOptions } from '../../src/run/execute.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { partingPeers } from '../../src/report/comparison.ts';
import { startBuiltPool } from '../harness/built-pool.ts';
import { SMALL_SCENARIO } from '../run/small-scenario.ts';

const VIRTUAL = 'clock: virtual\n';

/** Compiled, because many threads have to load it. */
const MANY_RUNS_MS = 300_000;

async function run(text: string, options: RunOptions): Promise<RunResult> {
  const loaded = parseScenario(`${VIRTUAL}${text}`, 'virtual.yaml', []);
  return runScenario(loaded, options, startBuiltPool);
}

/** All that may not depend on workers. */
function essence(result: RunResult) {
  const {
    negotiations,
    wholeRun,
    latency,
    failures,
    drops,
    lifecycle,
    retransmissions,
    windows,
    series,
    recovery,
  } = result;
  const { digest, checkpoints, events, datagrams, simulatedNs } = result.simulation!;
  const counts = { negotiations, wholeRun, failures, drops, lifecycle, retransmissions };
  return {
    ...counts,
    latency,
    windows,
    series,
    recovery,
    digest,
    checkpoints,
    events,
    datagrams,
    simulatedNs,
  };
}

const LOADS = {
  storm: 'load: { executor: storm, spread: 0s, measure: 10s }\n',
  poisson: 'load: { executor: poisson, rate: 20/s, warm-up: 500ms, measure: 2s, hold: 100ms }\n',
  'constant-peers':
    'load: { executor: constant-peers, peers: 7, think-time: 20ms, hold: 50ms, measure: 1s }\n',
} as const;

describe('in virtual time', { timeout: MANY_RUNS_MS }, () => {
  it.each(Object.entries(LOADS))('a %s is the same with 1, 2, 3, 5 and 8 workers', async (_, load) => {
    const text = `${SMALL_SCENARIO}${load}`;
    const alone = essence(await run(text, { workers: 1, checkpointNs: 100_000_000 }));
    expect(alone.digest).toMatch(/^[0-9a-f]{16}$/);
    expect(alone.negotiations.succeeded).toBeGreaterThan(10);
    expect(alone.checkpoints.digests.length).toBeGreaterThan(1);
    for (const workers of [2, 3, 5, 8]) {
      expect(essence(await run(text, { workers, checkpointNs: 100_000_000 })), `${workers}`).toEqual(alone);
    }
  });

  it('it makes no difference which worker a peer lives in', async () => {
    const text = `${SMALL_SCENARIO}${LOADS.poisson}`;
    const alone = essence(await run(text, { workers: 1 }));
    for (const placementSeed of [1, 2]) {
      expect(essence(await run(text, { workers: 3, placementSeed }))).toEqual(alone);
    }
  });

  it.each(Object.entries(LOADS))(
    'it makes no difference whether peers at rest are parked: %s',
    async (_, load) => {
      const text = `${SMALL_SCENARIO}${load}`;
      const parked = essence(await run(text, { workers: 2 }));
      expect(essence(await run(text, { workers: 2, parks: false }))).toEqual(parked);
    },
  );

  it('what each peer has done by a time is the same for any number of workers, and kept on demand', async () => {
    const text = `${SMALL_SCENARIO}${LOADS.poisson}`;
    const digestPeersNs = 1_000_000_000;
    const [one, three] = [
      await run(text, { workers: 1, digestPeersNs }),
      await run(text, { workers: 3, digestPeersNs }),
    ];
    expect(three.simulation!.peers).toEqual(one.simulation!.peers);
    expect(one.simulation!.peers).toMatchObject({
      timeNs: digestPeersNs,
      traces: {
        'workers-1': { digest: expect.stringMatching(/^[0-9a-f]{16}$/) },
        'gateways-2': { latestEvent: 'datagram.received' },
      },
    });
    expect(partingPeers(one, three)).toEqual([]);
    const longer = text.replace('measure: 2s', 'measure: 3s').replace('warm-up: 500ms', 'warm-up: 0s');
    expect(
      partingPeers(one, await run(longer, { workers: 1, digestPeersNs, seed: 8 }))?.length,
    ).toBeGreaterThan(2);
    expect((await run(text, { workers: 1 })).simulation!.peers).toBeUndefined();
  });

  it('another seed is another run', async () => {
    const text = `${SMALL_SCENARIO}${LOADS.storm}`;
    const [one, other] = [await run(text, { workers: 1 }), await run(text, { workers: 1, seed: 8 })];
    expect(other.simulation?.digest).not.toBe(one.simulation?.digest);
  });
});
