/** The methods whose costs are compared. */
import type { Authentication, CertificateKey } from '../src/ike/authentication.ts';
import type { CertificateSetting } from '../src/ike/v1/isakmp-sa.ts';
import { Group, IdentificationType } from '../src/ike/wire/numbers.ts';
import { createPublicKeyOperations } from '../src/crypto/public-key.ts';
import { createCertificateAuthority } from '../src/pki/certificate-authority.ts';
import { CertificateMemory } from '../src/pki/certificate-memory.ts';
import { ownEncryptionKey } from '../src/pki/encryption-key.ts';
import { createTrustCheck } from '../src/pki/trust-check.ts';
import { CertificateBook } from '../src/worker/certificates.ts';
import { benchPolicy, type VillagePlan } from './negotiation.ts';

export interface Method extends Omit<VillagePlan, 'hostCount'> {
  readonly name: string;
}

const aes128Sha256 = { cipher: 'aes-cbc', keyBits: 128, hash: 'sha256' } as const;
const espAes128Sha256 = { encryption: 'aes-cbc', keyBits: 128, integrity: 'sha256' } as const;

function preSharedKeyMethods(): Method[] {
  const withGroup = (group: number) => ({ ike: [{ ...aes128Sha256, group }] });
  const withPfs = (group: number) => ({ ...withGroup(group), esp: [{ ...espAes128Sha256, group }] });
  return [
    { name: 'main mode, pre-shared key, x25519', policy: benchPolicy() },
    { name: 'aggressive mode, pre-shared key, x25519', policy: benchPolicy({ mode: 'aggressive' }) },
    { name: '... x25519 with PFS', policy: benchPolicy(withPfs(Group.x25519)) },
    { name: '... modp2048', policy: benchPolicy(withGroup(Group.modp2048)) },
    { name: '... modp2048 with PFS', policy: benchPolicy(withPfs(Group.modp2048)) },
    { name: '... modp4096', policy: benchPolicy(withGroup(Group.modp4096)) },
    { name: '... ecp256', policy: benchPolicy(withGroup(Group.ecp256)) },
    { name: '... ecp384', policy: benchPolicy(withGroup(Group.ecp384)) },
  ];
}

function loginMethods(): Method[] {
  const user = new TextEncoder().encode('alice');
  const secret = { password: new TextEncoder().encode('wonderland') };
  const xauth = {
    client: { user, secret },
    server: { users: () => secret, factors: ['password'] as const },
  };
  const authentication = 'xauth-pre-shared-key';
  const login = { authentication, acceptedAuthentications: [authentication], xauth } as const;
  const addresses = [{ first: Uint8Array.of(10, 99, 0, 1), count: 65_000 }];
  const remoteSelector = {
    idType: IdentificationType.ipv4Subnet,
    data: Uint8Array.of(10, 78, 0, 0, 255, 255, 255, 0),
  };
  const lent = { ...login, configuration: 'pull', clientNetwork: { addresses }, remoteSelector } as const;
  return [
    { name: '... XAUTH with a password', policy: benchPolicy(login) },
    { name: '... XAUTH and an address by mode-config', policy: benchPolicy(lent) },
  ];
}

const SIGNATURES: readonly (readonly [string, Authentication, CertificateKey])[] = [
  ['main mode, RSA-2048 signatures', 'rsa-signature', 'rsa-2048'],
  ['main mode, RSA-3072 signatures', 'rsa-signature', 'rsa-3072'],
  ['main mode, ECDSA-256 signatures', 'ecdsa-256', 'ecdsa-256'],
  ['main mode, ECDSA-384 signatures', 'ecdsa-384', 'ecdsa-384'],
];

async function signatureMethods(): Promise<Method[]> {
  const methods: Method[] = [];
  for (const [name, authentication, key] of SIGNATURES) {
    const certificatesOf = await certificates(key);
    const policy = benchPolicy({ authentication, acceptedAuthentications: [authentication] });
    methods.push({ name, policy, certificatesOf });
  }
  return methods;
}

/** One key pair for hosts and gateway: what an operation costs does not depend on whose key it is. */
async function issue(kind: CertificateKey) {
  const year = new Date().getUTCFullYear();
  const validity = { notBeforeMs: Date.UTC(year - 1, 0, 1), notAfterMs: Date.UTC(year + 1, 0, 1) };
  const authority = await createCertificateAuthority({ name: 'bench', kind, validity });
  const shared = await authority.issue({ identity: benchPolicy().identity });
  return { shared, trust: { anchors: [authority.anchor], revocations: [] } };
}

async function certificates(kind: CertificateKey): Promise<(id: number) => CertificateSetting> {
  const { shared, trust } = await issue(kind);
  const book = new CertificateBook(new Map([['bench', { trust, shared }]]));
  return (id) => {
    const setting = book.settingOf('bench', id);
    if (setting === undefined) throw new Error('the bench has certificates');
    return setting;
  };
}

const ENCRYPTIONS: readonly (readonly [string, Authentication, 'main' | 'aggressive', CertificateKey])[] = [
  ['main mode, public key encryption, RSA-2048', 'public-key-encryption', 'main', 'rsa-2048'],
  ['aggressive mode, public key encryption, RSA-2048', 'public-key-encryption', 'aggressive', 'rsa-2048'],
  ['main mode, revised encryption, RSA-2048', 'revised-public-key-encryption', 'main', 'rsa-2048'],
  [
    'aggressive mode, revised encryption, RSA-2048',
    'revised-public-key-encryption',
    'aggressive',
    'rsa-2048',
  ],
  ['main mode, public key encryption, RSA-3072', 'public-key-encryption', 'main', 'rsa-3072'],
  ['main mode, revised encryption, RSA-3072', 'revised-public-key-encryption', 'main', 'rsa-3072'],
];

async function encryptionMethods(): Promise<Method[]> {
  const methods: Method[] = [];
  for (const [name, authentication, mode, key] of ENCRYPTIONS) {
    const setting = await encryptionSetting(key);
    const policy = benchPolicy({ mode, authentication, acceptedAuthentications: [authentication] });
    methods.push({ name, policy, certificatesOf: () => setting });
  }
  return methods;
}

async function encryptionSetting(kind: CertificateKey): Promise<CertificateSetting> {
  const { shared, trust } = await issue(kind);
  const memory = new CertificateMemory();
  const [certificate] = shared.chain;
  const key = certificate && ownEncryptionKey(certificate, shared.privateKey, memory);
  if (key === undefined) throw new Error('the bench has RSA keys');
  const { publicKey } = key;
  const { identity } = benchPolicy();
  const known = { responderAt: () => ({ identity, publicKey }), keyOfInitiator: () => publicKey };
  return {
    trust: createTrustCheck(trust, memory),
    operations: createPublicKeyOperations(),
    encryption: { own: [key], known },
  };
}

/** All methods, the one that others are compared with first. */
export async function createMethods(): Promise<Method[]> {
  return [
    ...preSharedKeyMethods(),
    ...loginMethods(),
    ...(await signatureMethods()),
    ...(await encryptionMethods()),
  ];
}
