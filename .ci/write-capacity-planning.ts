/**
 * Runs the commands of docs/capacity-planning.md and puts their outputs and pictures into the docs: `npm run capacity-planning`,
 * after a build. With words it runs the commands alone that contain one of them: `npm run capacity-planning -- overload`.
 * All of them take a quarter of an hour of CPU time; what was done is kept in results/capacity-planning, so that sweeps go on.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandsOf, sectionsOf, withOutputs, type MeasuredCommand } from './measured-document.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DOCUMENT = join(ROOT, 'docs/capacity-planning.md');
const RESULTS = join(ROOT, 'results/capacity-planning');
const wanted = process.argv.slice(2);

const document = readFileSync(DOCUMENT, 'utf8');
let text = document;
for (const [index, command] of commandsOf(document).entries()) {
  if (wanted.length > 0 && !wanted.some((word) => command.line.includes(word))) continue;
  const output = run(command);
  text = withOutputs(text, [...Array.from({ length: index }, () => undefined), output]);
  // After each: the next command may fail.
  writeFileSync(DOCUMENT, text);
}

function run({ line, sections, picture }: MeasuredCommand): string {
  console.error(`ikestorm ${line}`);
  const folder = join(RESULTS, createHash('sha256').update(line).digest('hex').slice(0, 8));
  // The commands are written for a shell: they have quotes.
  const script = `node dist/cli/main.js ${line} --out ${folder}`;
  const { stdout, status } = spawnSync('sh', ['-c', script], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A run that fails its thresholds is an answer.
  if (status !== 0 && status !== 99) throw new Error(`it ended with code ${status}`);
  if (picture !== undefined) {
    const newest = newestOf(folder, picture.file);
    if (newest === undefined) throw new Error(`there is no ${picture.file}`);
    copyFileSync(newest, join(ROOT, 'docs/pictures', picture.as));
  }
  return sectionsOf(stdout, sections);
}

/** Of the files below a folder whose path ends so. */
function newestOf(folder: string, ending: string): string | undefined {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => path.endsWith(`/${ending}`))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}
