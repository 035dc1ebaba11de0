/** Measures the card that comes with ikestorm anew, on this machine: `npm run reference-card`. Wants the machine to itself. */
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { calibrateMachine } from '../src/run/calibrate/calibrate-machine.ts';
import { cardTable } from '../src/report/card-table.ts';
import { referenceCostsText } from './reference-costs-text.ts';

const card = await calibrateMachine({
  crypto: 'fastest',
  name: 'reference',
  onOperation: (operation) => process.stderr.write(`measuring ${operation}\n`),
});
writeFileSync(new URL('../src/cpu/reference-costs.ts', import.meta.url), referenceCostsText(card));
process.stdout.write(cardTable(card));
const load = loadavg().map((average) => average.toFixed(1));
process.stdout.write(`load average ${load.join(', ')}: 1 of it is this program\n`);
