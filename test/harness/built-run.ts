/** Runs a scenario with workers of the build, which start in a fraction of the time that those of the sources take. */
import { runScenario, type StartPool } from '../../src/run/execute.ts';
import { startBuiltPool } from './built-pool.ts';

/** As `runScenario`. */
export function runScenarioBuilt(
  loaded: Parameters<typeof runScenario>[0],
  options?: Parameters<typeof runScenario>[1],
  startPool: StartPool = startBuiltPool,
): ReturnType<typeof runScenario> {
  return runScenario(loaded, options, startPool);
}
