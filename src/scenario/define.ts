/** Entry of scenarios written in TypeScript. */
import type { ScenarioInput } from './schema.ts';

/**
 * Marks a value as a scenario and types it; use as the default export of a `.ts` file:
 * `export default defineScenario({ name: 'generated', peers: {...}, ... })`. Keys and units are those
 * of the YAML form; checking happens when the file is loaded.
 */
export function defineScenario(scenario: ScenarioInput): ScenarioInput {
  return scenario;
}
