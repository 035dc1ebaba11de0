/** Configuration files of strongSwan for tests. Text only; `strongswan.ts` starts charon with it. */
import type { Credential } from './test-pki.ts';

export const PRE_SHARED_KEY = 'test-psk-123';
export const GATEWAY_IDENTITY = 'gw.test';
/** Behind the gateway; an address of it is set on charon's TUN device, without one no child SA is installed. */
export const GATEWAY_NETWORK = '10.78.0.0/24';
export const GATEWAY_INNER_ADDRESS = '10.78.0.1/32';
/** Behind the clients. */
export const CLIENT_NETWORKS = '10.79.0.0/16';

/** Plugins by name, so that the system's own configuration is not read. Order matters: libipsec before netlink. */
const PLUGINS =
  'random nonce openssl x509 revocation constraints pubkey pkcs1 pkcs8 pem md5 sha1 sha2 aes hmac kdf gcm drbg ' +
  'xauth-generic kernel-libipsec kernel-netlink socket-default vici';

/** Line of `charon { }` that leaves IPsec to the kernel, as IPComp needs: libipsec has no numbers for it. */
export const IPSEC_OF_KERNEL = `load = ${PLUGINS.replace('kernel-libipsec ', '')}`;

/** Lines of `charon { }` that make a client ask for name servers and write them into `file`, a resolv.conf. */
export function writesNameServers(file: string): string {
  return `load = ${PLUGINS} resolve\n  plugins {\n    resolve { file = ${file} }\n  }`;
}

export interface CharonSettings {
  /** Folder of the instance: log, control socket, pid file. */
  readonly directory: string;
  readonly port: number;
  readonly natPort: number;
  /** Log every derived key. */
  readonly logsKeys: boolean;
  /** Further lines inside `charon { }`. */
  readonly extra?: string;
  /** Paths of PEM files, put where swanctl looks for keys. */
  readonly privateKeys?: readonly string[];
  /** Cores that it may use, as taskset writes them; default: all. */
  readonly cores?: string;
}

export function strongswanConf(settings: CharonSettings): string {
  const { directory, port, natPort, logsKeys, extra = '' } = settings;
  const levels = logsKeys ? 'ike = 4\n      chd = 4\n      mgr = 2\n      cfg = 2' : '';
  return `charon {
  load = ${PLUGINS}
  port = ${port}
  port_nat_t = ${natPort}
  install_virtual_ip = no
  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
  accept_private_algs = yes
  dos_protection = no
  block_threshold = 0
  init_limit_half_open = 0
  ikesa_table_size = 1024
  ikesa_table_segments = 8
  half_open_timeout = 10
  ${extra}
  plugins {
    vici { socket = ${viciSocket(directory)} }
  }
  filelog {
    main {
      path = ${directory}/charon.log
      append = no
      flush_line = yes
      ike_name = yes
      time_format = %H:%M:%S
      time_add_ms = yes
      default = 1
      ${levels}
    }
  }
}
`;
}

export function viciSocket(directory: string): string {
  return `unix://${directory}/charon.vici`;
}

/** What one end shows and believes. */
export interface CertificateSettings {
  readonly own: Credential;
  /** Paths of the authorities that the other end's certificate may be from. */
  readonly trusted: readonly string[];
}

export interface User {
  readonly name: string;
  readonly password: string;
}

/** How the ends of a connection prove who they are. */
export type Proof = 'psk' | 'pubkey' | 'xauth-psk' | 'xauth-pubkey' | 'hybrid';

export interface GatewaySettings {
  /** charon's notation: `aes128-sha256-modp2048`. */
  readonly ike: string;
  readonly esp: string;
  /** Takes AH with these in place of ESP. */
  readonly ah?: string;
  /** Default: pre-shared keys. */
  readonly proof?: Proof;
  readonly certificates?: CertificateSettings;
  readonly users?: readonly User[];
  /** Addresses lent to clients, in which their networks then consist. */
  readonly pool?: string;
  /** Told to those who are lent an address. */
  readonly nameServer?: string;
  /** Behind the gateway, and behind the clients; default: those above. */
  readonly network?: string;
  readonly clientNetworks?: string;
  /** Further lines of each connection; the last one of a key counts. */
  readonly connectionExtra?: string;
}

/** A responder for both modes of phase 1; knows clients by names under client.test. */
export function gatewayConf(settings: GatewaySettings): string {
  const { ike, proof = 'psk', certificates, users = [], pool } = settings;
  const { connectionExtra = '', nameServer } = settings;
  const { network = GATEWAY_NETWORK, clientNetworks = CLIENT_NETWORKS } = settings;
  const connection = (name: string, isAggressive: boolean): string => `  ${name} {
    version = 1
    aggressive = ${isAggressive ? 'yes' : 'no'}
    local_addrs = %any
    remote_addrs = %any
    proposals = ${ike}
    rekey_time = 8h
    reauth_time = 0s
    unique = never
    dpd_delay = 0s
    send_cert = always
    ${pool === undefined ? '' : 'pools = lent'}
    ${connectionExtra}
${gatewaySections(proof, certificates)}
    children {
      site {
        local_ts = ${network}
        remote_ts = ${pool === undefined ? clientNetworks : 'dynamic'}
        ${childProposals(settings)}
        rekey_time = 1h
      }
    }
  }
`;
  return `connections {
${connection('main', false)}${connection('aggressive', true)}}
${pool === undefined ? '' : poolSection(pool, nameServer)}
${secrets(PRE_SHARED_KEY, users)}`;
}

function poolSection(addresses: string, nameServer: string | undefined): string {
  const lines = [`addrs = ${addresses}`, ...(nameServer === undefined ? [] : [`dns = ${nameServer}`])];
  return `pools {\n  lent {\n    ${lines.join('\n    ')}\n  }\n}`;
}

/** charon takes ESP or AH for one child, not both. */
function childProposals({ esp, ah }: { readonly esp: string; readonly ah?: string }): string {
  return ah === undefined ? `esp_proposals = ${esp}` : `ah_proposals = ${ah}`;
}

/** Sections `local` and `remote` of a responder. */
export function gatewaySections(proof: Proof, certificates: CertificateSettings | undefined): string {
  const client = 'id = *.client.test';
  const byKey = `    local { auth = psk
      id = ${GATEWAY_IDENTITY} }`;
  const byCertificate = `    local { auth = pubkey
      id = ${GATEWAY_IDENTITY}
      certs = ${certificates?.own.certificate ?? ''} }`;
  const psk = `    remote { auth = psk
      ${client} }`;
  const pubkey = `    remote { auth = pubkey
      ${client}
      cacerts = ${certificates?.trusted.join(', ') ?? ''} }`;
  const xauth = '    remote-xauth { auth = xauth }';
  const sections: Readonly<Record<Proof, readonly string[]>> = {
    psk: [byKey, psk],
    pubkey: [byCertificate, pubkey],
    'xauth-psk': [byKey, psk, xauth],
    'xauth-pubkey': [byCertificate, pubkey, xauth],
    hybrid: [byCertificate, '    remote { auth = xauth }'],
  };
  return sections[proof].join('\n');
}

export function secrets(preSharedKey: string, users: readonly User[]): string {
  const logins = users.map(
    ({ name, password }, index) => `  eap-${index} { id = ${name}\n    secret = "${password}" }\n`,
  );
  return `secrets {
  ike-any { secret = "${preSharedKey}" }
${logins.join('')}}
`;
}

/** Who an initiator says it is, and how it proves that. */
export interface ClientProof {
  readonly identity: string;
  readonly gatewayIdentity: string;
  /** Default: pre-shared keys. */
  readonly proof?: Proof;
  readonly certificates?: CertificateSettings;
  readonly user?: User;
}

export interface ClientSettings extends ClientProof {
  readonly gatewayAddress: string;
  readonly gatewayPort: number;
  readonly address: string;
  readonly isAggressive: boolean;
  readonly ike: string;
  readonly esp: string;
  /** Offers AH with these in place of ESP. */
  readonly ah?: string;
  /** Further lines inside `charon { }`. */
  readonly charonExtra?: string;
  /** Further lines of the connection; the last one of a key counts. */
  readonly connectionExtra?: string;
  /** Further lines of the child; the last one of a key counts. */
  readonly childExtra?: string;
  readonly localNetwork: string;
  readonly remoteNetwork: string;
  readonly preSharedKey: string;
  /** Asks for an address, in which its network then consists. `address` must be set on an interface for that. */
  readonly wantsAddress?: boolean;
}

/** An initiator with the one connection `tunnel` and its one child `net`. */
export function clientConf(settings: ClientSettings): string {
  const { user, wantsAddress = false, connectionExtra = '', childExtra = '' } = settings;
  return `connections {
  tunnel {
    version = 1
    aggressive = ${settings.isAggressive ? 'yes' : 'no'}
    local_addrs = ${settings.address}
    remote_addrs = ${settings.gatewayAddress}
    remote_port = ${settings.gatewayPort}
    proposals = ${settings.ike}
    keyingtries = 1
    rekey_time = 8h
    reauth_time = 0s
    send_cert = always
    ${wantsAddress ? 'vips = 0.0.0.0' : ''}
    ${connectionExtra}
${clientSections(settings)}
    children {
      net {
        local_ts = ${wantsAddress ? 'dynamic' : settings.localNetwork}
        remote_ts = ${settings.remoteNetwork}
        ${childProposals(settings)}
        rekey_time = 1h
        ${childExtra}
      }
    }
  }
}
${secrets(settings.preSharedKey, user === undefined ? [] : [user])}`;
}

/** Sections `local` and `remote` of an initiator. */
export function clientSections(settings: ClientProof): string {
  const { proof = 'psk', certificates, identity, gatewayIdentity, user } = settings;
  const psk = `    local { auth = psk
      id = ${identity} }`;
  const pubkey = `    local { auth = pubkey
      id = ${identity}
      certs = ${certificates?.own.certificate ?? ''} }`;
  const xauth = (name: string): string => `    ${name} { auth = xauth
      xauth_id = ${user?.name ?? ''} }`;
  const gatewayByKey = `    remote { auth = psk
      id = ${gatewayIdentity} }`;
  const gatewayByCertificate = `    remote { auth = pubkey
      id = ${gatewayIdentity}
      cacerts = ${certificates?.trusted.join(', ') ?? ''} }`;
  const sections: Readonly<Record<Proof, readonly string[]>> = {
    psk: [psk, gatewayByKey],
    pubkey: [pubkey, gatewayByCertificate],
    'xauth-psk': [psk, xauth('local-xauth'), gatewayByKey],
    'xauth-pubkey': [pubkey, xauth('local-xauth'), gatewayByCertificate],
    hybrid: [xauth('local'), gatewayByCertificate],
  };
  return sections[proof].join('\n');
}
