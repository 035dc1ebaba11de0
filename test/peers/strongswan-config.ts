/** Configuration files of strongSwan for tests. Text only; `strongswan.ts` starts charon with it. */

export const PRE_SHARED_KEY = 'test-psk-123';
export const GATEWAY_IDENTITY = 'gw.test';
/** Behind the gateway; an address of it is set on charon's TUN device, without one no child SA is installed. */
export const GATEWAY_NETWORK = '10.78.0.0/24';
export const GATEWAY_INNER_ADDRESS = '10.78.0.1/32';
/** Behind the clients. */
export const CLIENT_NETWORKS = '10.79.0.0/16';

/** Plugins by name, so that the system's own configuration is not read. Order matters: libipsec before netlink. */
const PLUGINS =
  'random nonce openssl pkcs1 pkcs8 pem md5 sha1 sha2 aes hmac kdf gcm drbg kernel-libipsec kernel-netlink socket-default vici';

export interface CharonSettings {
  /** Folder of the instance: log, control socket, pid file. */
  readonly directory: string;
  readonly port: number;
  readonly natPort: number;
  /** Log every derived key. */
  readonly logsKeys: boolean;
  /** Further lines inside `charon { }`. */
  readonly extra?: string;
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

export interface GatewaySettings {
  /** charon's notation: `aes128-sha256-modp2048`. */
  readonly ike: string;
  readonly esp: string;
}

/** A responder for both modes of phase 1; knows clients by names under client.test. */
export function gatewayConf({ ike, esp }: GatewaySettings): string {
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
    local { auth = psk
      id = ${GATEWAY_IDENTITY} }
    remote { auth = psk
      id = *.client.test }
    children {
      site {
        local_ts = ${GATEWAY_NETWORK}
        remote_ts = ${CLIENT_NETWORKS}
        esp_proposals = ${esp}
        rekey_time = 1h
      }
    }
  }
`;
  return `connections {
${connection('main', false)}${connection('aggressive', true)}}
secrets {
  ike-any { secret = "${PRE_SHARED_KEY}" }
}
`;
}

export interface ClientSettings {
  readonly gatewayAddress: string;
  readonly gatewayPort: number;
  readonly address: string;
  readonly isAggressive: boolean;
  readonly identity: string;
  readonly gatewayIdentity: string;
  readonly ike: string;
  readonly esp: string;
  readonly localNetwork: string;
  readonly remoteNetwork: string;
  readonly preSharedKey: string;
}

/** An initiator with the one connection `tunnel` and its one child `net`. */
export function clientConf(settings: ClientSettings): string {
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
    local { auth = psk
      id = ${settings.identity} }
    remote { auth = psk
      id = ${settings.gatewayIdentity} }
    children {
      net {
        local_ts = ${settings.localNetwork}
        remote_ts = ${settings.remoteNetwork}
        esp_proposals = ${settings.esp}
        rekey_time = 1h
      }
    }
  }
}
secrets {
  ike-any { secret = "${settings.preSharedKey}" }
}
`;
}
