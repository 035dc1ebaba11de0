/** The file src/cpu/reference-costs.ts of a card that was measured. */
import type { CalibrationCard } from '../src/cpu/calibration-card.ts';

export function referenceCostsText({ measuredAt, machine, operations }: CalibrationCard): string {
  const rows = Object.entries(operations).map(([name, cost]) =>
    JSON.stringify([name, cost.callNs, cost.octetNs, cost.octetsMaximum, cost.spread]),
  );
  return `/** Measured by \`npm run reference-card\`, which writes this file; not to be changed by hand. */
import type { CardMachine } from './calibration-card.ts';
import type { CostRow } from './cost-row.ts';

export const REFERENCE_MEASURED_AT = ${JSON.stringify(measuredAt)};
export const REFERENCE_MACHINE: CardMachine = ${JSON.stringify(machine)};

export const REFERENCE_COSTS: readonly CostRow[] = [
${rows.map((row) => `  ${row},`).join('\n')}
];
`;
}
