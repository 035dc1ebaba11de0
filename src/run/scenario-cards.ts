/** The calibration cards that the gateways of a scenario are charged by. */
import { dirname, resolve } from 'node:path';
import type { CalibrationCard } from '../cpu/calibration-card.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { REFERENCE_NAME, readCard } from './calibrate/card-output.ts';

/**
 * Cards by group, of the groups with a model of their computers; paths are relative to the scenario file.
 * @throws PlanError for one that cannot be read or is none.
 */
export async function readScenarioCards(
  { groups }: Scenario,
  scenarioFile: string,
): Promise<ReadonlyMap<string, CalibrationCard>> {
  const cards = new Map<string, CalibrationCard>();
  for (const { name, cpu } of groups) {
    if (cpu === undefined) continue;
    const path = cpu.card === REFERENCE_NAME ? cpu.card : resolve(dirname(scenarioFile), cpu.card);
    cards.set(name, await readCard(path));
  }
  return cards;
}
