/**
 * Says whether an example scenario kept what it promises: reads the result of `ikestorm run --json` from standard input.
 * How long a run in real time took depends on what else the machine did, so thresholds on times and rates a second are
 * held in virtual time only; counts and shares always are.
 */
import { readFileSync } from 'node:fs';

const UNITS_OF_REAL_TIME = ['ns', 'hz'];
const VERDICTS_WITHOUT_A_RESULT = ['invalid', 'aborted', 'unreachable'];

const text = readFileSync(0, 'utf8');
const problems = text.trim() === '' ? ['no result was printed'] : problemsOf(JSON.parse(text));
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);

function problemsOf({ verdict, reasons, thresholds, manifest }) {
  if (VERDICTS_WITHOUT_A_RESULT.includes(verdict)) return [`verdict ${verdict}`, ...reasons];
  const isHeld = ({ unit }) => manifest.clock === 'virtual' || !UNITS_OF_REAL_TIME.includes(unit);
  return thresholds
    .filter((threshold) => !threshold.passed && isHeld(threshold))
    .map(({ text: threshold, observed }) => `threshold not met: ${threshold} (observed ${observed})`);
}
