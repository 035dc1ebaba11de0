/** Starts and stops strongSwan's charon inside a namespace, with all its files in one folder. */
import type { ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { endProcess, finished, type Finished, type NetworkNamespace, waitUntil } from './namespace.ts';
import {
  type CertificateSettings,
  type CharonSettings,
  clientConf,
  type ClientSettings,
  gatewayConf,
  GATEWAY_INNER_ADDRESS,
  type GatewaySettings,
  strongswanConf,
  viciSocket,
} from './strongswan-config.ts';

const CHARON = '/usr/lib/ipsec/charon';

export class Charon {
  readonly directory: string;
  readonly #namespace: NetworkNamespace;
  readonly #process: ChildProcess;

  private constructor(directory: string, namespace: NetworkNamespace, process: ChildProcess) {
    this.directory = directory;
    this.#namespace = namespace;
    this.#process = process;
  }

  /** Starts charon and loads `swanctlConf`. */
  static async start(
    namespace: NetworkNamespace,
    settings: CharonSettings,
    swanctlConf: string,
  ): Promise<Charon> {
    const { directory } = settings;
    if (!existsSync(CHARON)) throw new Error(`${CHARON} is missing: install strongswan-charon`);
    mkdirSync(`${directory}/run`, { recursive: true });
    mkdirSync(`${directory}/swanctl/private`, { recursive: true });
    for (const [index, file] of (settings.privateKeys ?? []).entries()) {
      copyFileSync(file, `${directory}/swanctl/private/${index}.pem`);
    }
    writeFileSync(`${directory}/strongswan.conf`, strongswanConf(settings));
    writeFileSync(`${directory}/swanctl/swanctl.conf`, swanctlConf);
    // /run is fixed into charon for its pid file; `ip netns exec` gives a mount namespace to put our own over it.
    const pinned = settings.cores === undefined ? [] : ['taskset', '--cpu-list', settings.cores];
    const script = 'mount --bind "$0" /run && exec "$@"';
    const child = namespace.start('bash', ['-c', script, `${directory}/run`, ...pinned, CHARON], {
      environment: { STRONGSWAN_CONF: `${directory}/strongswan.conf` },
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    const charon = new Charon(directory, namespace, child);
    await waitUntil(`charon answers\n${output}`, async () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`charon ended at its start:\n${output}`);
      return existsSync(`${directory}/charon.vici`) && (await charon.swanctl(['--stats'])).code === 0;
    });
    const loaded = await charon.swanctl(['--load-all', '--noprompt']);
    if (loaded.code !== 0) throw new Error(`swanctl refused the configuration:\n${loaded.stderr}`);
    return charon;
  }

  /** Number of its process: `ip netns exec` and the shell before it have become charon. */
  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error('charon has not been started');
    return pid;
  }

  get log(): string {
    return readFileSync(`${this.directory}/charon.log`, 'utf8');
  }

  /** Runs swanctl against this instance. */
  swanctl(parameters: readonly string[], timeoutMs = 60_000): Promise<Finished> {
    const child = this.#namespace.start('swanctl', [...parameters, '--uri', viciSocket(this.directory)], {
      environment: { SWANCTL_DIR: `${this.directory}/swanctl` },
    });
    return finished(child, timeoutMs);
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

export interface GatewayOptions extends Partial<GatewaySettings> {
  readonly logsKeys?: boolean;
  /** Further lines inside `charon { }`; the last one of a key counts. */
  readonly extra?: string;
  /** Of the network behind it, set on its TUN device. */
  readonly innerAddress?: string;
  /** Cores that it may use, as taskset writes them; default: all. */
  readonly cores?: string;
}

/** A gateway on UDP 500 and 4500 of every address of the namespace. */
export async function startGateway(
  namespace: NetworkNamespace,
  directory: string,
  options: GatewayOptions = {},
): Promise<Charon> {
  const {
    ike = 'aes128-sha256-modp2048,aes128-sha1-modp1024',
    esp = 'aes128-sha256,aes128-sha256-modp2048',
    logsKeys = false,
    extra = '',
    innerAddress = GATEWAY_INNER_ADDRESS,
    cores,
    ...others
  } = options;
  const charon = await Charon.start(
    namespace,
    {
      ...{ directory, port: 500, natPort: 4500, logsKeys, extra, privateKeys: keysOf(options) },
      ...(cores !== undefined && { cores }),
    },
    gatewayConf({ ike, esp, ...others }),
  );
  const device = /created TUN device: (\S+)/.exec(charon.log)?.[1];
  if (device === undefined)
    throw new Error('charon has no TUN device: libcharon-extra-plugins or /dev/net/tun is missing');
  namespace.addAddress(device, innerAddress);
  return charon;
}

function keysOf({ certificates }: { readonly certificates?: CertificateSettings }): string[] {
  return certificates === undefined ? [] : [certificates.own.privateKey];
}

/** What came of one connection attempt of a strongSwan client. */
export interface ClientOutcome {
  readonly isEstablished: boolean;
  readonly output: string;
  readonly log: string;
}

/**
 * A strongSwan client connects once (phase 1 and one child SA), does `whileUp` when it is connected, and
 * ends in an orderly way.
 */
export async function connectWithStrongswan(
  namespace: NetworkNamespace,
  directory: string,
  client: ClientSettings,
  whileUp: (charon: Charon) => Promise<void> = async () => undefined,
): Promise<ClientOutcome> {
  const further = client.wantsAddress === true ? ['install_virtual_ip = yes'] : [];
  if (client.charonExtra !== undefined) further.push(client.charonExtra);
  const charon = await Charon.start(
    namespace,
    {
      directory,
      port: 0,
      natPort: 0,
      logsKeys: true,
      extra: ['retransmit_tries = 2', 'retransmit_timeout = 4', ...further].join('\n  '),
      privateKeys: keysOf(client),
    },
    clientConf(client),
  );
  try {
    const device = /created TUN device: (\S+)/.exec(charon.log)?.[1];
    if (device !== undefined && client.wantsAddress !== true)
      namespace.addAddress(device, client.localNetwork.replace(/0\/24$/, '1/32'));
    const initiate = ['--initiate', '--child', 'net', '--timeout', '40'];
    const { code, stdout, stderr } = await charon.swanctl(initiate);
    if (code === 0) await whileUp(charon);
    const listed = await charon.swanctl(['--list-sas']);
    return { isEstablished: code === 0, output: `${stdout}${stderr}${listed.stdout}`, log: charon.log };
  } finally {
    await charon.stop();
  }
}
