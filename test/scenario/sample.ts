/** A small valid scenario, and ways to bend it. */
import { formatScenarioError, ScenarioError } from '../../src/scenario/scenario-error.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

export const SAMPLE = `name: sample
peers:
  hosts:
    count: 4
    addresses: 10.1.0.0/24
    psk: secret
  gates:
    role: gateway
    count: 2
    addresses: 192.0.2.0/29
connections:
  - { from: hosts, to: gates }
load:
  executor: storm
`;

/** The sample with some texts replaced; throws when one is not there, so that tests say what they mean. */
export function bent(...replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the sample has no ${JSON.stringify(from)}`);
    return text.replace(from, () => to);
  }, SAMPLE);
}

/** What loading the text complains about, as people see it. */
export function complaint(text: string, settings: readonly string[] = []): string {
  try {
    parseScenario(text, 'sample.yaml', settings);
  } catch (error) {
    if (error instanceof ScenarioError) return formatScenarioError(error);
    throw error;
  }
  throw new Error('the scenario was accepted');
}

/** Headline and hint of the first problem. */
export function firstComplaint(text: string, settings?: readonly string[]): string {
  const lines = complaint(text, settings).split('\n');
  const end = lines.findIndex((line, index) => index > 0 && !line.startsWith('  '));
  const own = end < 0 ? lines : lines.slice(0, end);
  return [own[0], ...own.filter((line) => line.startsWith('  hint: '))].join('\n');
}

export function scenarioOf(text: string, settings: readonly string[] = []): Scenario {
  return parseScenario(text, 'sample.yaml', settings).scenario;
}
