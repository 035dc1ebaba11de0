/** Runs the openssl command line where it is installed; tests that need it are skipped, visibly, where it is not. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0;

/**
 * Runs `openssl` in a folder that holds the given files and is removed afterwards; returns what it
 * wrote to standard output.
 * @throws Error with its standard error when it fails.
 */
export function runOpenssl(
  files: Readonly<Record<string, string | Uint8Array>>,
  ...parameters: readonly string[]
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'ikestorm-openssl-'));
  try {
    for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
    return Uint8Array.from(execFileSync('openssl', parameters, { cwd: folder, stdio: 'pipe' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
