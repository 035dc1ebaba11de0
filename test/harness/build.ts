/** Builds the command line program once before the tests that run it as its users do. */
import { execFileSync } from 'node:child_process';

export function setup(): void {
  if (process.env['IKESTORM_SKIP_BUILD'] !== undefined) return;
  const run = (...command: string[]) => execFileSync(process.execPath, command, { stdio: 'inherit' });
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
  run('.ci/bundle.mjs');
}
