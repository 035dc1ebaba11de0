/** Something wrong at a path of the scenario, before it is known where in the text that is. */
import type { ScenarioPath } from './scenario-error.ts';

export interface Finding {
  readonly path: ScenarioPath;
  /** What to point at; default: the value. A missing value is pointed at by the key above it. */
  readonly at?: 'key' | 'value';
  readonly message: string;
  readonly hint?: string | undefined;
}
