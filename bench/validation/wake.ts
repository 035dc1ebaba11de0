/**
 * What the gateway's core takes to begin when it was idle: what a host that is alone waits for besides the work of
 * both ends, spread over the times that the gateway is called upon. The generator polls, and is always awake.
 */
import { numbersOf, run } from './measurement.ts';
import { loadOf, virtualScenario } from './scenarios.ts';
import type { Model, Suite } from './scenarios.ts';
import type { Site } from './site.ts';

const ALONE = loadOf({ type: 'closed', peers: 1 }, { warmUpS: 0.5, measureS: 2 });
const TRIED_NS = 100_000;

/** By two simulations: latency grows with the time to wake in a straight line. */
export async function wakeNsOf(
  site: Site,
  suite: Suite,
  measuredNs: number,
  model: Omit<Model, 'wakeNs'>,
): Promise<number> {
  const latencyNs = async (wakeNs: number): Promise<number> => {
    const scenario = virtualScenario(suite, site.credentials, ALONE, { ...model, wakeNs });
    return numbersOf(await run(site, scenario)).p50Ms * 1e6;
  };
  const awakeNs = await latencyNs(0);
  const slope = ((await latencyNs(TRIED_NS)) - awakeNs) / TRIED_NS;
  return Math.max(0, (measuredNs - awakeNs) / slope);
}
