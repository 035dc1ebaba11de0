/**
 * Makes `npm start` and `npm test` work in a fresh clone: installs the packages of the lock file
 * when they are not there or belong to another lock file, and is quick (and needs no network) otherwise.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lockFile = `${root}package-lock.json`;
const installedLock = `${root}node_modules/.package-lock.json`;
const stampFile = `${root}node_modules/.ikestorm-lock`;

const lockHash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
if (isUpToDate()) {
  console.error('dependencies: up to date');
} else {
  install();
  writeFileSync(stampFile, lockHash);
}

/**
 * `npm ci` refuses a lock file without the (optional) binaries of other platforms, which a lock file
 * made with a partial registry mirror cannot name; `npm install` takes the same versions and accepts it.
 */
function install() {
  const attempts = [
    ['ci', '--no-audit', '--no-fund'],
    ['install', '--no-save', '--no-audit', '--no-fund'],
  ];
  let output = '';
  for (const parameters of attempts) {
    const { status, error, stdout, stderr } = runNpm(parameters);
    if (status === 0) {
      console.error(`dependencies: installed with npm ${parameters[0]}`);
      return;
    }
    output = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`;
  }
  process.stderr.write(output);
  console.error('dependencies: npm could not install them; is the network there?');
  process.exit(1);
}

/** The stamp names the lock file that was installed; without one (somebody ran npm by hand) the times decide. */
function isUpToDate() {
  if (!existsSync(installedLock)) return false;
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === lockHash;
  return statSync(installedLock).mtimeMs >= statSync(lockFile).mtimeMs;
}

/** Runs the npm that runs us, if one does. */
function runNpm(parameters) {
  const options = { cwd: root, encoding: 'utf8' };
  const npm = process.env.npm_execpath;
  if (npm !== undefined) return spawnSync(process.execPath, [npm, ...parameters], options);
  return spawnSync('npm', parameters, { ...options, shell: process.platform === 'win32' });
}
