/** vpnc, an IKEv1 client of its own: aggressive mode with a group name, XAUTH, mode-config. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackage } from './debian-package.ts';
import { endProcess, finished, type NetworkNamespace, waitUntil } from './namespace.ts';
import type { User } from './strongswan-config.ts';

export interface VpncSettings {
  /** Network behind the gateway that its TUN device is to take packets for; absent: none. */
  readonly route?: string;
  /** vpnc sends to its ports 500 and 4500. */
  readonly gatewayAddress: string;
  /** Sent as ID_KEY_ID. */
  readonly group: string;
  readonly preSharedKey: string;
  readonly user: User;
  /** Authorities that the gateway's certificate may be from: hybrid authentication instead of the pre-shared key. */
  readonly authorityFile?: string;
  /** In its words; default: `dh14`. */
  readonly group1?: VpncGroup;
  /** Of PFS; default: none. */
  readonly group2?: VpncGroup;
  /** Further lines of its configuration. */
  readonly more?: readonly string[];
}

export type VpncGroup = 'dh1' | 'dh2' | 'dh5' | 'dh14' | 'dh15' | 'dh16';

export interface VpncOutcome {
  /** What vpnc hands to its script when it is connected: `INTERNAL_IP4_ADDRESS` and the like. */
  readonly settings: ReadonlyMap<string, string> | undefined;
  readonly output: string;
}

export interface RunningVpnc {
  hasEnded(): boolean;
  /** Ends it at once: nobody is told. */
  kill(): void;
}

/** What vpnc prints (at "Debug 2") once it has sent the last message of quick mode: its script runs before the first. */
const IS_CONNECTED = 'S7.9 main loop';

/** Connects once, does `whileUp` when the quick mode is complete, and ends vpnc unless it has ended. */
export async function connectWithVpnc(
  namespace: NetworkNamespace,
  directory: string,
  settings: VpncSettings,
  whileUp: (vpnc: RunningVpnc) => Promise<void> = async () => undefined,
): Promise<VpncOutcome> {
  mkdirSync(directory, { recursive: true });
  const connected = join(directory, 'connected');
  const script = join(directory, 'script');
  // Written aside first, so that whoever waits for the file finds all of it.
  const lines = [
    '#!/bin/sh',
    '[ "$reason" = connect ] || exit 0',
    ...(settings.route === undefined
      ? []
      : [
          'ip link set dev "$TUNDEV" up',
          'ip addr add "$INTERNAL_IP4_ADDRESS/32" dev "$TUNDEV"',
          `ip route add ${settings.route} dev "$TUNDEV" src "$INTERNAL_IP4_ADDRESS"`,
        ]),
    `env > ${connected}.new && mv ${connected}.new ${connected}`,
  ];
  writeFileSync(script, `${lines.join('\n')}\n`, { mode: 0o755 });
  const file = join(directory, 'vpnc.conf');
  writeFileSync(file, vpncConf(settings, directory, script), { mode: 0o600 });
  const program = join(unpackDebianPackage('vpnc'), 'usr/sbin/vpnc');
  // Line by line: what it prints into a pipe would else come when it ends.
  const child = namespace.start('stdbuf', ['-oL', program, '--non-inter', file]);
  const ended = finished(child, 180_000);
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  try {
    await waitUntil('vpnc is connected or ends', () => printed.includes(IS_CONNECTED) || hasEnded());
    if (printed.includes(IS_CONNECTED)) {
      await whileUp({
        hasEnded,
        kill: () => child.kill('SIGKILL'),
      });
    }
  } finally {
    await endProcess(child);
  }
  const { stdout, stderr } = await ended;
  const isConnected = stdout.includes(IS_CONNECTED);
  const output = `${stdout}${stderr}`;
  return { settings: isConnected ? parseEnvironment(readFileSync(connected, 'utf8')) : undefined, output };
}

function vpncConf(settings: VpncSettings, directory: string, script: string): string {
  return `IPSec gateway ${settings.gatewayAddress}
IPSec ID ${settings.group}
IPSec secret ${settings.preSharedKey}
Xauth username ${settings.user.name}
Xauth password ${settings.user.password}
${settings.authorityFile === undefined ? '' : `IKE Authmode hybrid\nCA-File ${settings.authorityFile}`}
IKE DH Group ${settings.group1 ?? 'dh14'}
Perfect Forward Secrecy ${settings.group2 ?? 'nopfs'}
NAT Traversal Mode natt
Local Port 0
Script ${script}
Pidfile ${directory}/vpnc.pid
No Detach
Debug 2
Enable weak encryption
${(settings.more ?? []).join('\n')}
`;
}

function parseEnvironment(text: string): ReadonlyMap<string, string> {
  return new Map(Array.from(text.matchAll(/^(\w+)=(.*)$/gm), ([, name = '', value = '']) => [name, value]));
}
