/**
 * `npm run validate:strongswan`: predicts and measures loads of a real strongSwan and of ikestorm's own gateway, and
 * writes docs/validation.md. Wants root, the packages of `.ci/run`, two cores, and for numbers that mean something
 * nothing else on the machine. `-- --quick` runs everything once and briefly, to see that it works.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Effort } from './comparison.ts';
import { measureEcho } from './echo-baseline.ts';
import { validationText } from './report.ts';
import { openSite } from './site.ts';
import { compareWithStrongswan } from './strongswan.ts';
import { compareClocks } from './twin.ts';

const isQuick = process.argv.includes('--quick');
const REPORT = new URL('../../docs/validation.md', import.meta.url);
const startMs = Date.now();

function say(text: string): void {
  process.stderr.write(`${((Date.now() - startMs) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`);
}

const effort: Effort = isQuick
  ? { calibrationS: 8, windows: { warmUpS: 1, measureS: 3 }, repeats: 1, rampSeconds: 8, say }
  : { calibrationS: 6, windows: { warmUpS: 1.5, measureS: 4 }, repeats: 3, rampSeconds: 10, say };

if (availableParallelism() < 2) throw new Error('gateway and generator need a core each');
const loadBefore = loadavg()[0] ?? Number.NaN;
const site = openSite();
try {
  say('an echo between the two cores');
  const echo = await measureEcho(site);
  const strongswan = await compareWithStrongswan(site, effort);
  const twin = await compareClocks(site, effort);
  const circumstances = {
    command: `npm run validate:strongswan${isQuick ? ' -- --quick' : ''}`,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]?.model.trim() ?? 'unknown'} with ${availableParallelism()} cores, Node.js ${process.versions.node}`,
    strongswan: versionOfCharon(),
    repeats: effort.repeats,
    loadBefore,
    loadAfter: loadavg()[0] ?? Number.NaN,
  };
  writeFileSync(REPORT, validationText({ circumstances, echo, strongswan, twin }));
  say('docs/validation.md is written');
} finally {
  await site.close();
}

function versionOfCharon(): string {
  const text = execFileSync('/usr/lib/ipsec/charon', ['--version'], { encoding: 'utf8' });
  return /strongSwan \S+/i.exec(text)?.[0].replace(/,$/, '') ?? 'strongSwan';
}
