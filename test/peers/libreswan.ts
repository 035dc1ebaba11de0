/** Starts and stops libreswan's pluto inside a namespace, with all its files in one folder. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackDebianPackage } from './debian-package.ts';
import {
  PLUTO_CERTIFICATE,
  PLUTO_CLIENT_CONNECTION,
  plutoClientConf,
  type PlutoClientSettings,
  type PlutoConfiguration,
  plutoGatewayConf,
  type PlutoGatewaySettings,
} from './libreswan-config.ts';
import { endProcess, finished, type Finished, type NetworkNamespace, waitUntil } from './namespace.ts';
import type { CertificateSettings, User } from './strongswan-config.ts';

const SHIM_SOURCE = fileURLToPath(new URL('no-esp-shim.c', import.meta.url));

/** Where libreswan looks for its programs; the package's own are mounted over it. */
const PROGRAMS = '/usr/libexec';

const programs = new Map<string, string>();

/** Path of one of the package's programs: `pluto`, `whack`, `cavp`. Throws when one of its libraries is not installed. */
export function libreswanProgram(name: string): string {
  const known = programs.get(name);
  if (known !== undefined) return known;
  const program = join(unpackDebianPackage('libreswan'), PROGRAMS, 'ipsec', name);
  const libraries = execFileSync('ldd', [program], { encoding: 'utf8' });
  const missing = Array.from(libraries.matchAll(/^\s*(\S+) => not found$/gm), ([, library]) => library);
  if (missing.length > 0) throw new Error(`${program} needs ${missing.join(', ')}: see packages in .ci/run`);
  programs.set(name, program);
  return program;
}

export class Pluto {
  readonly directory: string;
  readonly #process: ChildProcess;

  private constructor(directory: string, process: ChildProcess) {
    this.directory = directory;
    this.#process = process;
  }

  /** Starts pluto on UDP 500 and 4500 of the addresses that interfaces of the namespace have. */
  static async start(
    namespace: NetworkNamespace,
    directory: string,
    { connections, secrets, names, users = [], certificates }: PlutoConfiguration,
  ): Promise<Pluto> {
    libreswanProgram('pluto');
    for (const folder of ['run', 'nss', 'ipsec.d']) mkdirSync(join(directory, folder), { recursive: true });
    writeFileSync(join(directory, 'ipsec.conf'), connections);
    writeFileSync(join(directory, 'ipsec.secrets'), secrets, { mode: 0o600 });
    execFileSync('certutil', ['-N', '-d', `sql:${directory}/nss`, '--empty-password']);
    if (certificates !== undefined) importCertificates(directory, certificates);
    if (users.length > 0) writePasswords(join(directory, 'ipsec.d/passwd'), users);
    const child = namespace.start('bash', [
      '-c',
      // `ip netns exec` gives a mount namespace, so that nobody else sees what is mounted here.
      'mount --bind "$1/run" /run && mkdir -p "$2" && mount --bind "$3" "$2" && LD_PRELOAD=$4 exec "${@:5}"',
      'pluto',
      directory,
      PROGRAMS,
      join(unpackDebianPackage('libreswan'), PROGRAMS),
      buildShim(directory),
      ...commandLine(directory),
    ]);
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    const pluto = new Pluto(directory, child);
    await waitUntil('pluto has its connections', () => {
      if (!pluto.isRunning) {
        const last = pluto.log.split('\n').slice(-5).join('\n');
        throw new Error(`pluto ended at its start:\n${output}\n${last}`);
      }
      const refused = /"\S+": failed to add connection.*/.exec(pluto.log)?.[0];
      if (refused !== undefined) throw new Error(`pluto refuses its configuration: ${refused}`);
      return names.every((name) => pluto.log.includes(`"${name}": added`));
    });
    return pluto;
  }

  get log(): string {
    const file = join(this.directory, 'pluto.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** False after it was stopped, and when it has crashed: pluto aborts when something does not hold that it relies on. */
  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Runs whack, which controls this instance. */
  whack(parameters: readonly string[], timeoutMs = 60_000): Promise<Finished> {
    const socket = join(this.directory, 'run/pluto.ctl');
    const child = spawn(libreswanProgram('whack'), ['--ctlsocket', socket, ...parameters], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return finished(child, timeoutMs);
  }

  /** From now on it misbehaves in the way of each word; `whack --impair help` lists them. */
  async impair(words: readonly string[]): Promise<void> {
    for (const word of words) {
      const { code, stdout, stderr } = await this.whack(['--impair', word]);
      if (code !== 0)
        throw new Error(`pluto does not know how to be impaired by ${word}:\n${stdout}${stderr}`);
    }
  }

  /** One line for each IPsec SA. */
  async trafficStatus(): Promise<string[]> {
    const { stdout } = await this.whack(['--trafficstatus']);
    return stdout.split('\n').filter((line) => line.includes('type=ESP'));
  }

  /** Ends it in an orderly way. */
  stop(): Promise<void> {
    return endProcess(this.#process);
  }

  /** Ends it at once, as a crash would: nobody is told. */
  kill(): Promise<void> {
    return endProcess(this.#process, 'SIGKILL');
  }
}

/** Puts its own certificate with the key, and the authorities that it trusts, into the store that pluto reads. */
function importCertificates(directory: string, { own, trusted }: CertificateSettings): void {
  const store = `sql:${directory}/nss`;
  const bundle = join(directory, 'own.p12');
  const input = ['-in', own.certificate, '-inkey', own.privateKey, '-name', PLUTO_CERTIFICATE];
  execFileSync('openssl', ['pkcs12', '-export', ...input, '-out', bundle, '-passout', 'pass:']);
  execFileSync('pk12util', ['-i', bundle, '-d', store, '-W', '', '-K', '']);
  for (const [index, file] of trusted.entries()) {
    execFileSync('certutil', ['-A', '-n', `authority-${index}`, '-t', 'CT,,', '-i', file, '-d', store]);
  }
}

/** The file of `xauthby=file`: name, hashed password. */
function writePasswords(file: string, users: readonly User[]): void {
  const lines = users.map(({ name, password }) => {
    const hash = execFileSync('openssl', ['passwd', '-6', password], { encoding: 'utf8' }).trim();
    return `${name}:${hash}\n`;
  });
  writeFileSync(file, lines.join(''), { mode: 0o600 });
}

function commandLine(directory: string): string[] {
  return [
    `${PROGRAMS}/ipsec/pluto`,
    '--nofork',
    '--log-no-audit',
    ...['--logfile', `${directory}/pluto.log`],
    ...['--config', `${directory}/ipsec.conf`],
    ...['--secretsfile', `${directory}/ipsec.secrets`],
    ...['--ipsecdir', `${directory}/ipsec.d`],
    ...['--nssdir', `${directory}/nss`],
    ...['--rundir', `${directory}/run`],
    ...['--dumpdir', directory],
    ...['--nhelpers', '1'],
    '--no-dnssec',
    '--use-xfrm',
  ];
}

let shim: Buffer | undefined;

/** Puts the library that stands in for the kernel's ESP into `directory`; its path. Compiled once in each process. */
function buildShim(directory: string): string {
  const file = join(directory, 'no-esp-shim.so');
  if (shim === undefined) {
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', file, SHIM_SOURCE, '-ldl']);
    shim = readFileSync(file);
  } else {
    writeFileSync(file, shim);
  }
  return file;
}

/** A gateway at 127.0.0.1, for clients named `PLUTO_CLIENT_IDENTITY`. */
export function startPlutoGateway(
  namespace: NetworkNamespace,
  directory: string,
  settings: PlutoGatewaySettings = {},
): Promise<Pluto> {
  return Pluto.start(namespace, directory, plutoGatewayConf(settings));
}

/** What came of one connection attempt of a libreswan client. */
export interface PlutoClientOutcome {
  readonly isPhase1Established: boolean;
  /** Its IPsec SAs, as `trafficStatus` tells them. */
  readonly children: readonly string[];
  readonly log: string;
}

/**
 * After one of these lines nothing more happens to the one attempt. Notifications it may ignore; it gives up when
 * nothing better comes.
 */
const OUTCOME = /IPsec SA established|timeout exceeded|does not match computed value/;

/**
 * A libreswan client connects once, misbehaving as asked for, does `whileUp` when it has a child SA, and ends in an
 * orderly way.
 */
export async function connectWithLibreswan(
  namespace: NetworkNamespace,
  directory: string,
  settings: PlutoClientSettings,
  impairments: readonly string[] = [],
  whileUp: (pluto: Pluto) => Promise<void> = async () => undefined,
): Promise<PlutoClientOutcome> {
  const pluto = await Pluto.start(namespace, directory, plutoClientConf(settings));
  try {
    await pluto.impair(impairments);
    await pluto.whack(['--initiate', '--asynchronous', '--name', PLUTO_CLIENT_CONNECTION]);
    await waitUntil('pluto knows what came of it', () => !pluto.isRunning || OUTCOME.test(pluto.log));
    const children = pluto.isRunning ? await pluto.trafficStatus() : [];
    if (children.length > 0) await whileUp(pluto);
    return { isPhase1Established: pluto.log.includes('IKE SA established'), children, log: pluto.log };
  } finally {
    await pluto.stop();
  }
}
