/**
 * Puts what the program and its workers run of ours into a few files: loading hundreds of modules one by one takes
 * most of the time of a short run, and each worker does it again. The library (`dist/index.js`) and its declarations
 * stay as the compiler made them, and packages where they are.
 */
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}dist/cli`;
for (const name of readdirSync(folder)) if (name.startsWith('part-')) rmSync(`${folder}/${name}`);

await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts', shard: 'src/worker/shard.ts' },
  // As deep as the modules are: they look for package.json, and the program for its worker, from where they are.
  outdir: folder,
  chunkNames: 'part-[hash]',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
});
