/** Where the validation happens: a namespace with nothing but loopback, one core for the gateway, one for the generator. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, finished, NetworkNamespace } from '../../test/peers/namespace.ts';
import { Charon } from '../../test/peers/strongswan.ts';
import {
  CLIENT_NETWORKS,
  GATEWAY_INNER_ADDRESS,
  GATEWAY_NETWORK,
  PRE_SHARED_KEY,
  gatewaySections,
  secrets,
} from '../../test/peers/strongswan-config.ts';
import { type Credential, TestAuthority } from '../../test/peers/test-pki.ts';
import { type Disturbance, MachineWatch } from './machine-watch.ts';

export const GATEWAY_CORE = '0';
export const GENERATOR_CORE = '1';
export const CLIENT_IDENTITY = 'peer.client.test';

export interface Credentials {
  readonly trust: string;
  readonly client: Credential;
  readonly gateway: Credential;
  /** Of another authority, with keys of RSA-3072. */
  readonly rsa: { readonly trust: string; readonly gateway: Credential };
}

export interface Site {
  readonly folder: string;
  readonly namespace: NetworkNamespace;
  readonly credentials: Credentials;
  close(): Promise<void>;
}

export function openSite(): Site {
  // charon writes a line for each message, and must not wait for a disk.
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'ikestorm-validation-'));
  const namespace = new NetworkNamespace('validation');
  const authority = new TestAuthority(join(folder, 'pki'), 'ecdsa-256', 'validation', true);
  const rsa = new TestAuthority(join(folder, 'pki-rsa'), 'rsa-3072', 'validation-rsa', true);
  const credentials = {
    rsa: { trust: rsa.certificate, gateway: rsa.issue('gw.test') },
    trust: authority.certificate,
    client: authority.issue(CLIENT_IDENTITY),
    gateway: authority.issue('gw.test'),
  };
  const close = async (): Promise<void> => {
    await namespace.remove();
    rmSync(folder, { recursive: true });
  };
  return { folder, namespace, credentials, close };
}

const MEMORY = '/dev/shm';
let charons = 0;

/** charon on its core, for hosts with pre-shared keys and for hosts with certificates, x25519 and group 14. */
export async function startStrongswan({ folder, namespace, credentials }: Site): Promise<Charon> {
  const directory = join(folder, `charon-${++charons}`);
  mkdirSync(directory, { recursive: true });
  const charon = await Charon.start(
    namespace,
    {
      ...{ directory, port: 500, natPort: 4500, logsKeys: false, cores: GATEWAY_CORE },
      privateKeys: [credentials.gateway.privateKey],
    },
    gatewayText(credentials),
  );
  const device = /created TUN device: (\S+)/.exec(charon.log)?.[1];
  if (device === undefined) throw new Error('charon has no TUN device');
  namespace.addAddress(device, GATEWAY_INNER_ADDRESS);
  return charon;
}

function gatewayText({ trust, gateway }: Credentials): string {
  const connection = (name: string, sections: string): string => `  ${name} {
    version = 1
    local_addrs = %any
    remote_addrs = %any
    proposals = aes128-sha256-x25519,aes128-sha256-modp2048
    rekey_time = 8h
    reauth_time = 0s
    unique = never
    dpd_delay = 0s
    send_cert = always
${sections}
    children {
      site {
        local_ts = ${GATEWAY_NETWORK}
        remote_ts = ${CLIENT_NETWORKS}
        esp_proposals = aes128-sha256
        rekey_time = 1h
      }
    }
  }
`;
  const certificates = { own: gateway, trusted: [trust] };
  return `connections {
${connection('psk', gatewaySections('psk', undefined))}${connection('ecdsa', gatewaySections('pubkey', certificates))}}
${secrets(PRE_SHARED_KEY, [])}`;
}

export interface PinnedRun extends Finished {
  /** Share of its core that the gateway used, without its beginning; NaN when it was not watched. */
  readonly gatewayShare: number;
  readonly disturbance: Disturbance;
}

/** Runs Node.js on one core inside the namespace, and watches it and the gateway, if there is one. */
export async function runPinned(
  { namespace }: Site,
  core: string,
  parameters: readonly string[],
  gatewayPid?: number,
): Promise<PinnedRun> {
  const child = namespace.start('taskset', ['--cpu-list', core, process.execPath, ...parameters]);
  const pids = [child.pid ?? 0, ...(gatewayPid === undefined ? [] : [gatewayPid])];
  const watch = new MachineWatch(pids);
  const looking = setInterval(() => watch.look(), WATCH_EVERY_MS);
  const outcome = await finished(child, RUN_MAXIMUM_MS);
  clearInterval(looking);
  const { busyShares, disturbance } = watch.span(WATCHED_FROM);
  return { ...outcome, gatewayShare: busyShares[1] ?? Number.NaN, disturbance };
}

/** Seldom: looking takes a core from one of the two ends for a millisecond. */
const WATCH_EVERY_MS = 1_000;
/** The first half is starting and warming up. */
const WATCHED_FROM = 0.5;
const RUN_MAXIMUM_MS = 600_000;
