/** Builds the command line program once before the tests that run it as its users do. */
import { execSync } from 'node:child_process';

export function setup(): void {
  if (process.env['IKESTORM_SKIP_BUILD'] !== undefined) return;
  execSync('npm run --silent build', { stdio: 'inherit' });
}
