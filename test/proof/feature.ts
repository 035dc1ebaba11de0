/** The rows of docs/interoperability.md: everything that tests with other implementations may prove. */

export interface Section {
  readonly title: string;
  /** Identifier of the feature to what it is called. */
  readonly features: Readonly<Record<string, string>>;
}

const AUTHENTICATION = {
  'main-psk': 'main mode, pre-shared key',
  'aggressive-psk': 'aggressive mode, pre-shared key',
  'main-rsa': 'main mode, RSA signatures',
  'aggressive-rsa': 'aggressive mode, RSA signatures',
  'main-ecdsa-256': 'main mode, ECDSA-256',
  'main-ecdsa-384': 'main mode, ECDSA-384',
  'main-ecdsa-521': 'main mode, ECDSA-521',
  'aggressive-ecdsa-256': 'aggressive mode, ECDSA-256',
  'main-xauth-psk': 'main mode, XAUTH after a pre-shared key',
  'aggressive-xauth-psk': 'aggressive mode, XAUTH after a pre-shared key',
  'main-xauth-rsa': 'main mode, XAUTH after RSA signatures',
  'aggressive-xauth-rsa': 'aggressive mode, XAUTH after RSA signatures',
  'main-hybrid': 'main mode, hybrid',
  'aggressive-hybrid': 'aggressive mode, hybrid',
  'public-key-encryption': 'public key encryption, original and revised mode',
} as const;

const REFUSALS = {
  'wrong-psk-main': 'another pre-shared key, main mode',
  'wrong-psk-aggressive': 'another pre-shared key, aggressive mode',
  'wrong-password': 'a wrong password of the user',
  'untrusted-certificate': 'a certificate from an authority that is not trusted',
  'expired-certificate': 'a certificate that has expired',
  'no-ike-proposal': 'no common proposal of phase 1',
  'no-esp-proposal': 'no common proposal of phase 2',
  'wrong-network': 'a network that the responder does not have',
} as const;

const CONFIGURATION = {
  'mode-config-pull': 'address by mode-config, pulled',
  'mode-config-push': 'address by mode-config, pushed',
  'mode-config-dns': 'name server by mode-config',
} as const;

const PHASE1_ALGORITHMS = {
  'ike-aes128': 'AES-CBC, 128 bits',
  'ike-aes192': 'AES-CBC, 192 bits',
  'ike-aes256': 'AES-CBC, 256 bits',
  'ike-3des': '3DES-CBC',
  'ike-md5': 'MD5',
  'ike-sha1': 'SHA-1',
  'ike-sha256': 'SHA-256',
  'ike-sha384': 'SHA-384',
  'ike-sha512': 'SHA-512',
  'ike-modp768': 'group 1 (modp768)',
  'ike-modp1024': 'group 2 (modp1024)',
  'ike-modp1536': 'group 5 (modp1536)',
  'ike-modp2048': 'group 14 (modp2048)',
  'ike-modp3072': 'group 15 (modp3072)',
  'ike-modp4096': 'group 16 (modp4096)',
  'ike-ecp256': 'group 19 (ecp256)',
  'ike-ecp384': 'group 20 (ecp384)',
  'ike-ecp521': 'group 21 (ecp521)',
  'ike-x25519': 'group 31 (x25519)',
} as const;

const PHASE2_ALGORITHMS = {
  'esp-aes128': 'AES-CBC, 128 bits',
  'esp-aes192': 'AES-CBC, 192 bits',
  'esp-aes256': 'AES-CBC, 256 bits',
  'esp-3des': '3DES-CBC',
  'esp-null': 'NULL',
  'esp-aes128gcm16': 'AES-GCM, 128 bits',
  'esp-aes192gcm16': 'AES-GCM, 192 bits',
  'esp-aes256gcm16': 'AES-GCM, 256 bits',
  'esp-md5': 'HMAC-MD5',
  'esp-sha1': 'HMAC-SHA-1',
  'esp-sha256': 'HMAC-SHA-256',
  'esp-sha384': 'HMAC-SHA-384',
  'esp-sha512': 'HMAC-SHA-512',
  'esp-esn': 'extended sequence numbers',
  'no-pfs': 'without PFS',
  'pfs-modp768': 'PFS with group 1 (modp768)',
  'pfs-modp1024': 'PFS with group 2 (modp1024)',
  'pfs-modp1536': 'PFS with group 5 (modp1536)',
  'pfs-modp2048': 'PFS with group 14 (modp2048)',
  'pfs-modp3072': 'PFS with group 15 (modp3072)',
  'pfs-modp4096': 'PFS with group 16 (modp4096)',
  'pfs-ecp256': 'PFS with group 19 (ecp256)',
  'pfs-ecp384': 'PFS with group 20 (ecp384)',
  'pfs-ecp521': 'PFS with group 21 (ecp521)',
  'pfs-x25519': 'PFS with group 31 (x25519)',
} as const;

const DATA = {
  'ping-aes128': 'AES-CBC, 128 bits',
  'ping-aes192': 'AES-CBC, 192 bits',
  'ping-aes256': 'AES-CBC, 256 bits',
  'ping-3des': '3DES-CBC',
  'ping-null': 'NULL',
  'ping-aes128gcm16': 'AES-GCM, 128 bits',
  'ping-aes192gcm16': 'AES-GCM, 192 bits',
  'ping-aes256gcm16': 'AES-GCM, 256 bits',
  'ping-md5': 'HMAC-MD5',
  'ping-sha1': 'HMAC-SHA-1',
  'ping-sha256': 'HMAC-SHA-256',
  'ping-sha384': 'HMAC-SHA-384',
  'ping-sha512': 'HMAC-SHA-512',
  'ping-rekeyed': 'no packet lost when SAs are replaced under traffic',
  'ping-static': 'SAs by hand, without IKE',
} as const;

const OFFERS = {
  'ah-refused': 'AH offered to or by the other end, and refused where ESP is wanted',
  'ah-chosen': 'AH chosen by a responder: ikestorm says that it does not run it, and keeps nothing',
  'ipcomp-alternative': 'ESP with IPComp offered beside ESP alone: ESP alone is taken',
  'ipcomp-chosen': 'ESP with IPComp chosen whole by a responder: ikestorm says that it does not run it',
  'commit-bit': 'the commit bit of a responder of quick mode',
} as const;

const TUNNELS = {
  'several-children': 'several child SAs under one phase 1',
  'nat-traversal': 'NAT seen, both ends float to port 4500',
  'real-nat': 'through a NAT of the kernel, whose mapping keepalives keep',
  'nat-rebinding': 'the NAT forgets and gives another port: the tunnel goes on',
  fragmentation: 'messages of phase 1 in IKE fragments',
  ipv6: 'over IPv6',
  'equal-keys': 'every key equal in the logs of both ends',
} as const;

const LIFE = {
  'initial-contact-ours': 'INITIAL-CONTACT of ikestorm ends the older SAs at the other end',
  'initial-contact-theirs': 'INITIAL-CONTACT of the other end ends the older SAs at ikestorm',
  'rekey-phase1-ours': 'phase 1 replaced by ikestorm',
  'rekey-phase1-theirs': 'phase 1 replaced by the other end',
  'rekey-phase2-ours': 'child SA replaced by ikestorm',
  'rekey-phase2-theirs': 'child SA replaced by the other end',
  'dpd-ours': 'dead peer detection: ikestorm asks and is answered',
  'dpd-theirs': 'dead peer detection: ikestorm is asked and answers',
  'dead-peer': 'the other end dies: ikestorm notices and forgets it',
  'delete-ours': 'SAs deleted by ikestorm',
  'delete-theirs': 'SAs deleted by the other end',
} as const;

export const SECTIONS = [
  { title: 'Authentication', features: AUTHENTICATION },
  { title: 'Refused as it should be, each with its cause', features: REFUSALS },
  { title: 'Configuration of clients', features: CONFIGURATION },
  { title: 'Algorithms of phase 1', features: PHASE1_ALGORITHMS },
  { title: 'Algorithms of phase 2', features: PHASE2_ALGORITHMS },
  { title: 'Pings through ESP, answered by the other end', features: DATA },
  { title: 'Offers beside plain ESP', features: OFFERS },
  { title: 'Tunnels', features: TUNNELS },
  { title: 'The life of SAs', features: LIFE },
] as const satisfies readonly Section[];

export type FeatureId =
  | keyof typeof AUTHENTICATION
  | keyof typeof REFUSALS
  | keyof typeof CONFIGURATION
  | keyof typeof PHASE1_ALGORITHMS
  | keyof typeof PHASE2_ALGORITHMS
  | keyof typeof DATA
  | keyof typeof OFFERS
  | keyof typeof TUNNELS
  | keyof typeof LIFE;
