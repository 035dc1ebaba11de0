/** Real and virtual time in memory: the same peers, the same starts, the same outcome of every negotiation. */
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import { runScenario } from '../../src/run/execute.ts';
import type { RunOptions } from '../../src/run/execute.ts';
import { startBuiltPool } from '../harness/built-pool.ts';
import { smallScenario } from '../run/small-scenario.ts';

/** Compiled, because many threads have to load it. */

/** Not which of them needed a second try: that is a question of real time. */
function outcome({ failures, responder, closed, groups }: RunResult) {
  const byGroup = Object.entries(groups).map(([name, group]) => {
    const { started, succeeded, failed, droppedStarts, inFlightAtEnd } = group.wholeRun;
    return { name, started, succeeded, failed, droppedStarts, inFlightAtEnd, failures: group.failures };
  });
  return { failures, responder, closed, byGroup };
}

const STORM = 'load: { executor: storm, spread: 100ms }\n';
const REPEATED = 'load: { executor: per-peer-iterations, peers: 5, iterations: 3, think-time: 10ms }\n';

describe('real and virtual time in memory', { timeout: 120_000 }, () => {
  it.each([
    ['a storm', STORM, []],
    ['a closed load', REPEATED, []],
    ['gateways that know no key of theirs', STORM, ['peers.gateways.psk=another']],
    ['no common proposal', STORM, ['peers.gateways.ike=[aes256-sha1-modp2048]']],
    ['hosts that do the other mode only', STORM, ['peers.gateways.accept-modes=[main]']],
  ])('come to the same: %s', async (_, load, settings) => {
    const patience = ['peers.workers.retransmit.first=6s', 'peers.workers.retransmit.tries=0'];
    const [real, virtual] = await Promise.all(
      ['real', 'virtual'].map((clock) =>
        runScenario(
          smallScenario(load, `clock=${clock}`, ...patience, ...settings),
          { workers: 2 },
          startBuiltPool,
        ),
      ),
    );
    expect(outcome(virtual!)).toEqual(outcome(real!));
    expect(virtual!.manifest.clock).toBe('virtual');
    expect(virtual!.generator.sendLagMaxNs).toBe(0);
  });

  it('refuses sockets in virtual time', () => {
    expect(() => smallScenario(STORM, 'clock=virtual', 'runtime=udp')).toThrow(/real time/);
  });

  it('is stopped in virtual time by the same signal', async () => {
    const stop = new AbortController();
    const endless = 'load: { executor: constant-arrival-rate, rate: 20/s, measure: 8h, hold: 100ms }\n';
    const options: RunOptions = {
      workers: 2,
      signal: stop.signal,
      onProgress({ counters }) {
        if (counters.succeeded > 5) stop.abort('SIGINT');
      },
    };
    const result = await runScenario(smallScenario(endless, 'clock=virtual'), options, startBuiltPool);
    expect(result.verdict).toBe('aborted');
    expect(result.wholeRun.succeeded).toBeGreaterThan(5);
    expect(result.wholeRun.inFlightAtEnd).toBe(0);
  });
});
