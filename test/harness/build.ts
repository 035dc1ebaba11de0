/** Builds the command line program once before the tests that run it as its users do. */
import { execFileSync } from 'node:child_process';

export function setup(): void {
  if (process.env['IKESTORM_SKIP_BUILD'] !== undefined) return;
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  });
}
