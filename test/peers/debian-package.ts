/**
 * Programs of Debian packages that cannot be installed beside others (libreswan conflicts with strongSwan):
 * fetched once and unpacked into a cache of the checkout.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of getting a package. */
const ATTEMPTS = 4;
const PAUSE_MS = 5000;

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/debian-packages', import.meta.url));

/**
 * The folder in which the files of package `name` lie as they would below `/`.
 * Throws when the package is neither in the cache nor in the archives that apt knows.
 */
export function unpackDebianPackage(name: string): string {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  // Complete or not there at all, also when two test runs start at once or one is interrupted.
  const scratch = mkdtempSync(join(CACHE, 'unpacking-'));
  try {
    download(name, scratch);
    const archive = readdirSync(scratch).find((file) => file.endsWith('.deb'));
    if (archive === undefined) throw new Error(`apt-get download ${name} left no .deb file`);
    execFileSync('dpkg', ['--extract', join(scratch, archive), join(scratch, 'files')]);
    if (!existsSync(folder)) renameSync(join(scratch, 'files'), folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return folder;
}

/** Leaves the .deb file in `directory`. The lists of what there is are fetched only when they are missing or old. */
function download(name: string, directory: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      if (attempt > 1) aptGet(['update'], directory);
      aptGet(['download', name], directory);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      // Archives are now and then out of reach.
      if (attempt > 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

function aptGet(parameters: readonly string[], cwd: string): void {
  execFileSync('apt-get', ['-qq', ...parameters], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
}
