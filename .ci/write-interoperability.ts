/**
 * Writes docs/interoperability.md from what the last whole run of `npm run test:peers` has proven: `npm run interoperability`.
 * With --check it writes nothing and fails when the file differs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Proof } from '../test/proof/proof.ts';
import { PROOF_FILE } from '../test/proof/reporter.ts';
import { interoperabilityText } from '../test/proof/table.ts';

const DOCUMENT = new URL('../docs/interoperability.md', import.meta.url);
const HINT =
  'docs/interoperability.md: run `npm run test:peers` (as root, all of it), then `npm run interoperability`, and commit the file';

if (!existsSync(PROOF_FILE))
  fail(`${PROOF_FILE} is missing: the tests with other implementations have not run`);
const proofs = JSON.parse(readFileSync(PROOF_FILE, 'utf8')) as Proof[];
let text: string;
try {
  text = interoperabilityText(proofs);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
if (process.argv.includes('--check')) {
  const committed = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '';
  if (committed !== text)
    fail(`the file differs from what was proven just now:\n${difference(committed, text)}`);
} else {
  writeFileSync(DOCUMENT, text);
}

/** The lines that only one of both has. */
function difference(committed: string, made: string): string {
  const [before, after] = [committed.split('\n'), made.split('\n')];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ].join('\n');
}

function fail(message: string): never {
  console.error(`${message}\n${HINT}`);
  process.exit(1);
}
