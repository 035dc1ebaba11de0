/** Ways to negotiate that differ in one thing or another, tried all at once with another implementation at the other end. */
import type { Authentication } from '../../src/ike/authentication.ts';
import type { Phase1Mode } from '../../src/peer/fact.ts';
import type { FeatureId } from '../proof/feature.ts';
import type { User } from './strongswan-config.ts';

/** Name of the hosts: one for each kind of key, because strongSwan looks for its key by the name. */
export function identityOf({ key }: Pick<Variation, 'key'>): string {
  return `${key ?? 'host'}.client.test`;
}

export const VARIATION_USER: User = { name: 'alice', password: 'wonderland' };
/** Lent to those who ask. */
export const VARIATION_POOL = '10.99.0.0/24';

/** Keys of certificates. */
export const VARIATION_KEYS = ['rsa-3072', 'ecdsa-256', 'ecdsa-384', 'ecdsa-521'] as const;
export type VariationKey = (typeof VARIATION_KEYS)[number];

export interface Variation {
  readonly title: string;
  /** What a negotiation of this kind proves, besides its proposals. */
  readonly features: readonly FeatureId[];
  readonly mode: Phase1Mode;
  readonly authentication: Authentication;
  /** Of the gateway's certificate, and of the host's when it has one. */
  readonly key?: VariationKey;
  /** In the words that strongSwan and ikestorm share. */
  readonly ike: string;
  readonly esp: string;
  readonly configuration?: 'pull' | 'push';
  /** Default: 1. */
  readonly children?: number;
  /** Echoes go through the tunnel, where there are packets at all: with each protection of phase 2 once. */
  readonly hasPings?: boolean;
}

/** Makes messages so long that they are sent in fragments. */
const LONG_KEY: VariationKey = 'rsa-3072';

const PLAIN = {
  mode: 'main',
  authentication: 'pre-shared-key',
  ike: 'aes128-sha256-modp2048',
  esp: 'aes128-sha256',
} as const;

/** Every cipher, hash and group of both phases at least once. */
const ALGORITHMS: readonly (readonly [ike: string, esp: string])[] = [
  ['aes128-md5-modp768', 'aes128-md5-modp768'],
  ['3des-sha1-modp1024', '3des-sha1-modp1024'],
  ['aes192-sha256-modp1536', 'aes192-md5-modp1536'],
  ['aes256-sha384-modp2048', 'aes256-sha384-modp2048'],
  ['aes128-sha512-modp3072', 'aes128-sha512-modp3072'],
  ['3des-md5-modp4096', 'null-sha1-modp4096'],
  ['aes192-sha1-ecp256', 'aes128gcm16-ecp256'],
  ['aes256-sha512-ecp384', 'aes192gcm16-ecp384'],
  ['aes128-sha384-ecp521', 'aes256gcm16-ecp521'],
  ['aes256-sha256-x25519', '3des-sha256-x25519'],
];

const AUTHENTICATIONS: readonly Variation[] = [
  { ...PLAIN, title: 'main mode, pre-shared key', features: ['main-psk'] },
  { ...PLAIN, title: 'aggressive mode, pre-shared key', mode: 'aggressive', features: ['aggressive-psk'] },
  ...modes('main', 'aggressive').map((mode) => ({
    ...PLAIN,
    title: `${mode} mode, RSA signatures`,
    mode,
    authentication: 'rsa-signature' as const,
    key: LONG_KEY,
    features: [`${mode}-rsa` as const],
  })),
  ...(['ecdsa-256', 'ecdsa-384', 'ecdsa-521'] as const).map((key) => ({
    ...PLAIN,
    title: `main mode, ${key}`,
    authentication: key,
    key,
    features: [`main-${key}` as const],
  })),
  {
    ...PLAIN,
    title: 'aggressive mode, ecdsa-256',
    mode: 'aggressive',
    authentication: 'ecdsa-256',
    key: 'ecdsa-256',
    features: ['aggressive-ecdsa-256'],
  },
  ...modes('main', 'aggressive').flatMap((mode): Variation[] => [
    {
      ...PLAIN,
      title: `${mode} mode, XAUTH after a pre-shared key`,
      mode,
      authentication: 'xauth-pre-shared-key',
      configuration: 'pull',
      features: [`${mode}-xauth-psk`, 'mode-config-pull'],
    },
    {
      ...PLAIN,
      title: `${mode} mode, XAUTH after RSA signatures`,
      mode,
      authentication: 'xauth-rsa-signature',
      key: LONG_KEY,
      configuration: 'pull',
      features: [`${mode}-xauth-rsa`, 'mode-config-pull'],
    },
    {
      ...PLAIN,
      title: `${mode} mode, hybrid`,
      mode,
      authentication: 'hybrid-rsa-signature',
      key: LONG_KEY,
      configuration: 'pull',
      features: [`${mode}-hybrid`, 'mode-config-pull'],
    },
  ]),
];

export const VARIATIONS: readonly Variation[] = [
  ...AUTHENTICATIONS,
  { ...PLAIN, title: 'an address that is pulled', configuration: 'pull', features: ['mode-config-pull'] },
  { ...PLAIN, title: 'an address that is pushed', configuration: 'push', features: ['mode-config-push'] },
  { ...PLAIN, title: 'three child SAs', children: 3, features: ['several-children'] },
  ...ALGORITHMS.map(([ike, esp]) => ({
    ...PLAIN,
    title: `${ike} and ${esp}`,
    ike,
    esp,
    features: [],
    hasPings: true,
  })),
];

function modes<const T extends readonly Phase1Mode[]>(...names: T): T {
  return names;
}

/** What a negotiation with the proposals of a variation proves about algorithms. */
export function algorithmFeatures({ ike, esp }: Pick<Variation, 'ike' | 'esp'>): FeatureId[] {
  const espWords = esp.split('-');
  const group = espWords.find((word) => /^(modp|ecp|x)\d+$/.test(word));
  return [
    ...ike.split('-').map((word) => `ike-${word}` as FeatureId),
    ...espWords.filter((word) => word !== group).map((word) => `esp-${word}` as FeatureId),
    group === undefined ? 'no-pfs' : (`pfs-${group}` as FeatureId),
  ];
}

/** What an echo through the tunnel of a variation proves, besides. */
export function pingFeatures({ esp }: Pick<Variation, 'esp'>): FeatureId[] {
  const words = esp.split('-').filter((word) => !/^(modp|ecp|x)\d+$/.test(word));
  return words.map((word) => `ping-${word}` as FeatureId);
}

export function needsUser({ authentication }: Variation): boolean {
  return authentication.startsWith('xauth') || authentication.startsWith('hybrid');
}
