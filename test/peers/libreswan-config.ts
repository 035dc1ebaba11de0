/** Configuration files of libreswan for tests. Text only; `libreswan.ts` starts pluto with it. */
import type { Phase1Mode } from '../../src/peer/fact.ts';
import {
  CLIENT_NETWORKS,
  GATEWAY_IDENTITY,
  GATEWAY_NETWORK,
  PRE_SHARED_KEY,
  type User,
} from './strongswan-config.ts';

/** Where pluto listens as a gateway; clients must not have it. */
export const PLUTO_ADDRESS = '127.0.0.1';

/** All clients of the gateway have this name: in aggressive mode pluto takes none that it was not told. */
export const PLUTO_CLIENT_IDENTITY = 'host.client.test';

/** What its own certificate is called in the store of pluto. */
export const PLUTO_CERTIFICATE = 'own';

export interface PlutoAlgorithms {
  /** libreswan's notation: `aes128-sha2_256;modp2048`. */
  readonly ike?: string;
  /** With a group at its end (`aes128-sha2_256;modp2048`) for PFS. */
  readonly esp?: string;
}

export interface PlutoConfiguration {
  /** Content of ipsec.conf. */
  readonly connections: string;
  /** Content of ipsec.secrets. */
  readonly secrets: string;
  /** Names of the connections. */
  readonly names: readonly string[];
  /** Who may log in after phase 1 (`xauthby=file`). */
  readonly users?: readonly User[];
}

const IKE = 'aes128-sha2_256;modp2048';
const ESP = 'aes128-sha2_256';

/** A responder for both modes of phase 1; takes clients with any network of 10.79.0.0/16. */
export function plutoGatewayConf(algorithms: PlutoAlgorithms = {}): PlutoConfiguration {
  const lines = [
    `left=${PLUTO_ADDRESS}`,
    `leftid=@${GATEWAY_IDENTITY}`,
    `leftsubnet=${GATEWAY_NETWORK}`,
    'right=%any',
    `rightid=@${PLUTO_CLIENT_IDENTITY}`,
    'rightsubnet=vnet:%priv',
  ];
  const modes = ['main', 'aggressive'] as const;
  return {
    connections: [
      plutoSetup(),
      ...modes.map((mode) => connection(mode, mode, [...lines, ...proposals(algorithms)])),
    ].join('\n'),
    secrets: secret(PRE_SHARED_KEY),
    names: modes,
  };
}

export interface PlutoClientSettings extends PlutoAlgorithms {
  readonly mode: Phase1Mode;
  /** On an interface of the namespace. */
  readonly address: string;
  readonly gatewayAddress: string;
  readonly identity: string;
  readonly localNetwork: string;
  readonly preSharedKey?: string;
  /** How long it repeats a message; default: as long as a busy machine may need. */
  readonly patienceMs?: number;
}

export const PLUTO_CLIENT_CONNECTION = 'tunnel';

/** An initiator with the one connection `tunnel`. */
export function plutoClientConf(settings: PlutoClientSettings): PlutoConfiguration {
  const {
    mode,
    address,
    gatewayAddress,
    identity,
    localNetwork,
    preSharedKey = PRE_SHARED_KEY,
    patienceMs = 20_000,
  } = settings;
  const lines = [
    `left=${address}`,
    `leftid=@${identity}`,
    `leftsubnet=${localNetwork}`,
    `right=${gatewayAddress}`,
    `rightid=@${GATEWAY_IDENTITY}`,
    `rightsubnet=${GATEWAY_NETWORK}`,
    'retransmit-interval=500',
    `retransmit-timeout=${patienceMs}ms`,
    ...proposals(settings),
  ];
  return {
    connections: [plutoSetup(), connection(PLUTO_CLIENT_CONNECTION, mode, lines)].join('\n'),
    secrets: secret(preSharedKey),
    names: [PLUTO_CLIENT_CONNECTION],
  };
}

/** Section `config setup`. */
export function plutoSetup(): string {
  return section('config setup', [
    'protostack=xfrm',
    'ikev1-policy=accept',
    'uniqueids=no',
    `virtual-private=%v4:${CLIENT_NETWORKS}`,
  ]);
}

function connection(name: string, mode: Phase1Mode, lines: readonly string[]): string {
  return section(`conn ${name}`, [
    'ikev2=no',
    'authby=secret',
    `aggressive=${mode === 'aggressive' ? 'yes' : 'no'}`,
    'keyingtries=1',
    'rekey=no',
    // The script for routes is not needed where no packets flow.
    'leftupdown=%disabled',
    'auto=add',
    ...lines,
  ]);
}

function proposals({ ike = IKE, esp = ESP }: PlutoAlgorithms): string[] {
  return [`ike=${ike}`, `esp=${esp}`, `pfs=${esp.includes(';') ? 'yes' : 'no'}`];
}

function secret(preSharedKey: string): string {
  return `: PSK "${preSharedKey}"\n`;
}

/** A section of ipsec.conf. */
export function section(head: string, lines: readonly string[]): string {
  return [head, ...lines.map((line) => `  ${line}`), ''].join('\n');
}
