/**
 * A network of its own for one group of tests: a fresh network namespace with nothing but loopback,
 * in which daemons of other people and ikestorm meet. Whatever was started in it ends with it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export interface Finished {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ended with SIGKILL after this, so that a daemon that hangs fails one test and not the whole run. */
  readonly timeoutMs?: number;
}

let count = 0;

export class NetworkNamespace {
  readonly name: string;
  readonly #running = new Set<ChildProcess>();
  #isRemoved = false;

  /** Needs root (CAP_SYS_ADMIN and CAP_NET_ADMIN) and iproute2. */
  constructor(purpose: string) {
    this.name = `ikestorm-${process.pid}-${purpose}-${++count}`;
    execFileSync('ip', ['netns', 'add', this.name]);
    execFileSync('ip', ['-n', this.name, 'link', 'set', 'lo', 'up']);
    process.on('exit', this.#removeNow);
  }

  /** Starts a program inside; it is ended when the namespace is removed, unless it ended before. */
  start(command: string, parameters: readonly string[], options: RunOptions = {}): ChildProcess {
    if (this.#isRemoved) throw new Error(`namespace ${this.name} was removed`);
    const child = spawn('ip', ['netns', 'exec', this.name, command, ...parameters], {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    child.once('error', () => this.#running.delete(child));
    return child;
  }

  /** Runs a program inside to its end. Does not throw for an exit code. */
  async run(command: string, parameters: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return finished(this.start(command, parameters, options), options.timeoutMs ?? 120_000);
  }

  /** Lays a cable to another namespace; both ends get the addresses given (with prefix length) on a device of the same name. */
  connect(
    other: NetworkNamespace,
    own: readonly string[],
    others: readonly string[],
    device = 'cable',
  ): void {
    const cable = ['link', 'add', device, 'netns', this.name, 'type', 'veth'];
    execFileSync('ip', [...cable, 'peer', 'name', device, 'netns', other.name]);
    for (const address of own) this.addAddress(device, address);
    for (const address of others) other.addAddress(device, address);
    for (const { name } of [this, other]) execFileSync('ip', ['-n', name, 'link', 'set', device, 'up']);
  }

  /** Gives an interface of the namespace one more address. */
  addAddress(device: string, address: string): void {
    // Without a search for duplicates an IPv6 address is usable at once.
    const flags = address.includes(':') ? ['nodad'] : [];
    execFileSync('ip', ['-n', this.name, 'addr', 'add', address, 'dev', device, ...flags]);
  }

  /** Ends what still runs, by pid, and removes the namespace. */
  async remove(): Promise<void> {
    if (this.#isRemoved) return;
    await Promise.all([...this.#running].map((child) => endProcess(child)));
    this.#removeNow();
  }

  readonly #removeNow = (): void => {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    process.off('exit', this.#removeNow);
    for (const child of this.#running) child.kill('SIGKILL');
    execFileSync('ip', ['netns', 'delete', this.name]);
  };
}

/** Removes what a test process that was killed could not remove: namespaces that have the number of a process no longer there. */
export function removeLeftovers(): void {
  const listed = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  for (const [, name = '', owner] of listed.matchAll(/^(ikestorm-(\d+)-\S+)/gm)) {
    if (isAlive(owner ?? '')) continue;
    const pids = execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
    for (const pid of pids.split('\n').filter((line) => line !== '')) process.kill(Number(pid), 'SIGKILL');
    execFileSync('ip', ['netns', 'delete', name]);
  }
}

/** False also for a process that has ended and that nobody has waited for. */
function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Collects what `child` prints until it ends. */
export async function finished(child: ChildProcess, timeoutMs: number): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    const [code] = await once(child, 'close');
    return { code: typeof code === 'number' ? code : null, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

/** Asks a process to end, and makes it end when it does not within ten seconds. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const hasEnded = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await hasEnded;
  clearTimeout(timer);
}

/**
 * Waits until `isTrue` holds. Throws with `what` after `timeoutMs`, by default long enough for a machine that has
 * much else to do.
 */
export async function waitUntil(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  timeoutMs = 120_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`gave up waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
