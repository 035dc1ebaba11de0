/**
 * `npm run validate:strongswan`: predicts and measures loads of a real strongSwan and of ikestorm's own gateway, and
 * writes docs/validation.md. Wants root, the packages of `.ci/run`, two cores, and for numbers that mean something
 * nothing else on the machine: it waits a minute for that, and says so when it does not come. At most 14 minutes.
 *
 *     npm run validate:strongswan -- --quick       a few loads once and briefly, to see that it works
 *     npm run validate:strongswan -- --to FILE     writes there instead
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Effort } from './comparison.ts';
import { measureEcho } from './echo-baseline.ts';
import { awaitQuiet, OTHERS_MAXIMUM } from './machine-watch.ts';
import { validationText } from './report.ts';
import { openSite } from './site.ts';
import { compareWithStrongswan } from './strongswan.ts';
import { compareClocks } from './twin.ts';

const REPORT = fileURLToPath(new URL('../../docs/validation.md', import.meta.url));
const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, to: { type: 'string', default: REPORT } },
});
const startMs = Date.now();
const PATIENCE_MS = 60_000;
/** Minutes from the beginning on after which loads of each part are measured only once. */
const STRONGSWAN_MINUTES = 6;
const TWIN_MINUTES = 9;
const MS_PER_MINUTE = 60_000;

function say(text: string): void {
  process.stderr.write(`${((Date.now() - startMs) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`);
}

function effortUntil(minutes: number): Effort {
  const hasTime = (): boolean => Date.now() - startMs < minutes * MS_PER_MINUTE;
  return flags.quick
    ? {
        ...{ calibrationS: 8, windows: { warmUpS: 1, measureS: 3 }, rampSeconds: 8 },
        ...{ runs: 1, furtherRuns: 0, isBrief: true, hasTime, say },
      }
    : {
        ...{ calibrationS: 6, windows: { warmUpS: 4, measureS: 6 }, rampSeconds: 10 },
        ...{ runs: 2, furtherRuns: 1, isBrief: false, hasTime, say },
      };
}

if (availableParallelism() < 2) throw new Error('gateway and generator need a core each');
say('waiting until the machine is quiet');
const othersBefore = await awaitQuiet(flags.quick ? 0 : PATIENCE_MS);
const others = `others use ${(othersBefore * 100).toFixed(0)} % of the cores`;
say(othersBefore > OTHERS_MAXIMUM ? `warning: ${others}, and what is measured will be worth little` : others);
const site = openSite();
try {
  say('an echo between the two cores');
  const echo = await measureEcho(site);
  const effort = effortUntil(STRONGSWAN_MINUTES);
  const strongswan = await compareWithStrongswan(site, effort);
  const twin = await compareClocks(site, strongswan.garbage, effortUntil(TWIN_MINUTES));
  const { runs, furtherRuns } = effort;
  const circumstances = {
    command: `npm run validate:strongswan${flags.quick ? ' -- --quick' : ''}`,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]?.model.trim() ?? 'unknown'} with ${availableParallelism()} cores, Node.js ${process.versions.node}`,
    strongswan: versionOfCharon(),
    ...{ runs, furtherRuns, othersBefore },
    minutes: (Date.now() - startMs) / MS_PER_MINUTE,
  };
  writeFileSync(flags.to, validationText({ circumstances, echo, strongswan, twin }));
  say(`${flags.to} is written`);
} finally {
  await site.close();
}

function versionOfCharon(): string {
  const text = execFileSync('/usr/lib/ipsec/charon', ['--version'], { encoding: 'utf8' });
  return /strongSwan \S+/i.exec(text)?.[0].replace(/,$/, '') ?? 'strongSwan';
}
