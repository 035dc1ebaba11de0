/** Configuration files of libreswan for tests. Text only; `libreswan.ts` starts pluto with it. */
import type { Phase1Mode } from '../../src/peer/fact.ts';
import {
  type CertificateSettings,
  CLIENT_NETWORKS,
  GATEWAY_IDENTITY,
  GATEWAY_NETWORK,
  PRE_SHARED_KEY,
  type Proof,
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
  /** AH with this in place of ESP. */
  readonly ah?: string;
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
  /** What it shows and believes. */
  readonly certificates?: CertificateSettings;
}

const IKE = 'aes128-sha2_256;modp2048';
const ESP = 'aes128-sha2_256';

/** How an end proves who it is: libreswan has no hybrid authentication. */
type PlutoProof = Exclude<Proof, 'hybrid'>;

interface PlutoEndSettings extends PlutoAlgorithms {
  /** Default: pre-shared keys. */
  readonly proof?: PlutoProof;
  readonly certificates?: CertificateSettings;
  /** Further lines of the connection, after all others: the last one of a key counts. */
  readonly more?: readonly string[];
}

export interface PlutoGatewaySettings extends PlutoEndSettings {
  /** Who may log in, with a proof by XAUTH; addresses of 10.99.0.0/24 are lent to them. */
  readonly users?: readonly User[];
  /** Default: `PLUTO_ADDRESS`. */
  readonly address?: string;
}

/** A responder for both modes of phase 1; takes clients with any network of 10.79.0.0/16. */
export function plutoGatewayConf(settings: PlutoGatewaySettings = {}): PlutoConfiguration {
  const { users = [], certificates, address = PLUTO_ADDRESS, more = [] } = settings;
  const lines = [
    `left=${address}`,
    `leftid=@${GATEWAY_IDENTITY}`,
    `leftsubnet=${GATEWAY_NETWORK}`,
    'right=%any',
    `rightid=@${PLUTO_CLIENT_IDENTITY}`,
    ...(isXauth(settings)
      ? [
          ...['leftxauthserver=yes', 'rightxauthclient=yes', 'xauthby=file'],
          ...['leftmodecfgserver=yes', 'rightmodecfgclient=yes', 'modecfgpull=yes'],
          'rightaddresspool=10.99.0.1-10.99.0.99',
        ]
      : ['rightsubnet=vnet:%priv']),
    ...proofLines(settings),
    ...proposals(settings),
    ...more,
  ];
  const modes = ['main', 'aggressive'] as const;
  return {
    connections: [plutoSetup(), ...modes.map((mode) => connection(mode, mode, lines))].join('\n'),
    secrets: secret(PRE_SHARED_KEY),
    names: modes,
    users,
    ...(certificates !== undefined && { certificates }),
  };
}

function isXauth({ proof = 'psk' }: PlutoEndSettings): boolean {
  return proof.startsWith('xauth');
}

function proofLines({ proof = 'psk' }: PlutoEndSettings): string[] {
  return proof.endsWith('psk')
    ? ['authby=secret']
    : ['authby=rsasig', `leftcert=${PLUTO_CERTIFICATE}`, 'leftsendcert=always', 'rightca=%same'];
}

export interface PlutoClientSettings extends PlutoEndSettings {
  readonly mode: Phase1Mode;
  /** On an interface of the namespace. */
  readonly address: string;
  readonly gatewayAddress: string;
  readonly identity: string;
  readonly localNetwork: string;
  /** Default: `GATEWAY_NETWORK`. */
  readonly remoteNetwork?: string;
  readonly preSharedKey?: string;
  /** Logs in as this one, with a proof by XAUTH, and asks for an address in place of its network. */
  readonly user?: User;
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
    remoteNetwork = GATEWAY_NETWORK,
    preSharedKey = PRE_SHARED_KEY,
    patienceMs = 20_000,
    user,
    certificates,
    more = [],
  } = settings;
  const lines = [
    `left=${address}`,
    `leftid=@${identity}`,
    `right=${gatewayAddress}`,
    `rightid=@${GATEWAY_IDENTITY}`,
    `rightsubnet=${remoteNetwork}`,
    ...(isXauth(settings)
      ? [
          ...['leftxauthclient=yes', 'rightxauthserver=yes', `leftusername=${user?.name ?? ''}`],
          ...['leftmodecfgclient=yes', 'rightmodecfgserver=yes', 'modecfgpull=yes'],
        ]
      : [`leftsubnet=${localNetwork}`]),
    'retransmit-interval=500',
    `retransmit-timeout=${patienceMs}ms`,
    ...proofLines(settings),
    ...proposals(settings),
    ...more,
  ];
  const login = user === undefined ? '' : `@${user.name} : XAUTH "${user.password}"\n`;
  return {
    connections: [plutoSetup(), connection(PLUTO_CLIENT_CONNECTION, mode, lines)].join('\n'),
    secrets: `${secret(preSharedKey)}${login}`,
    names: [PLUTO_CLIENT_CONNECTION],
    ...(certificates !== undefined && { certificates }),
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
  const all = [
    'ikev2=no',
    `aggressive=${mode === 'aggressive' ? 'yes' : 'no'}`,
    'keyingtries=1',
    'rekey=no',
    // The script for routes is not needed where no packets flow.
    'leftupdown=%disabled',
    'auto=add',
    ...lines,
  ];
  // It refuses a key that stands twice.
  const byKey = new Map(all.map((line) => [line.slice(0, line.indexOf('=')), line]));
  return section(`conn ${name}`, [...byKey.values()]);
}

function proposals({ ike = IKE, esp = ESP, ah }: PlutoAlgorithms): string[] {
  if (ah !== undefined) return [`ike=${ike}`, 'phase2=ah', `ah=${ah}`, 'pfs=no'];
  return [`ike=${ike}`, `esp=${esp}`, `pfs=${esp.includes(';') ? 'yes' : 'no'}`];
}

function secret(preSharedKey: string): string {
  return `: PSK "${preSharedKey}"\n`;
}

/** A section of ipsec.conf. */
export function section(head: string, lines: readonly string[]): string {
  return [head, ...lines.map((line) => `  ${line}`), ''].join('\n');
}
