/** One libreswan for many variations at once, told apart by the addresses of the hosts. */
import {
  PLUTO_ADDRESS,
  PLUTO_CERTIFICATE,
  type PlutoConfiguration,
  plutoSetup,
  section,
} from './libreswan-config.ts';
import {
  type CertificateSettings,
  GATEWAY_IDENTITY,
  GATEWAY_NETWORK,
  PRE_SHARED_KEY,
} from './strongswan-config.ts';
import { identityOf, needsUser, type Variation, VARIATION_USER, VARIATIONS } from './variation.ts';

/** It has no groups 1 and 2, no ECDSA and no hybrid authentication with IKEv1, and mode-config only after XAUTH. */
export const PLUTO_VARIATIONS: readonly (Variation & { readonly index: number })[] = VARIATIONS.filter(
  ({ authentication, ike }) =>
    !/^(ecdsa|hybrid)/.test(authentication) && !ike.endsWith('modp768') && !ike.endsWith('modp1024'),
)
  // With IKEv1 it takes no elliptic curves for PFS.
  .map((variation): Variation => ({ ...variation, esp: variation.esp.replace(/-(ecp\d+|x25519)$/, '') }))
  .map((variation): Variation =>
    variation.configuration === undefined || needsUser(variation)
      ? variation
      : { ...variation, authentication: 'xauth-pre-shared-key' },
  )
  .map((variation, index) => ({ ...variation, index }));

/** The address of the host of variation number `index` at a libreswan gateway. */
export function plutoPeerAddress(index: number): string {
  return `127.10.${index}.1`;
}

/** A responder with a connection `v0`, `v1`, ... for each variation. */
export function plutoVariationsGatewayConf(certificates: CertificateSettings): PlutoConfiguration {
  const connections = PLUTO_VARIATIONS.map((variation) =>
    connection(variation, [
      `left=${PLUTO_ADDRESS}`,
      `leftid=@${GATEWAY_IDENTITY}`,
      `leftsubnet=${GATEWAY_NETWORK}`,
      `right=${plutoPeerAddress(variation.index)}`,
      `rightid=@${identityOf(variation)}`,
      ...(needsUser(variation)
        ? [
            'leftxauthserver=yes',
            'rightxauthclient=yes',
            'leftmodecfgserver=yes',
            'rightmodecfgclient=yes',
            'xauthby=file',
            `rightaddresspool=10.99.${variation.index}.1-10.99.${variation.index}.20`,
          ]
        : [`rightsubnet=10.79.${variation.index}.1/32`]),
    ]),
  );
  return {
    connections: [plutoSetup(), ...connections].join('\n'),
    secrets: `: PSK "${PRE_SHARED_KEY}"\n`,
    names: PLUTO_VARIATIONS.map(({ index }) => `v${index}`),
    users: [VARIATION_USER],
    certificates,
  };
}

/** An initiator with a connection `v0`, `v1`, ... for each variation, each from an address of its own. */
export function plutoVariationsClientConf(
  addressOf: (index: number) => string,
  gatewayAddressOf: (variation: Variation) => string,
  certificates: CertificateSettings,
): PlutoConfiguration {
  const connections = PLUTO_VARIATIONS.map((variation) =>
    connection(variation, [
      `left=${addressOf(variation.index)}`,
      `leftid=@${identityOf(variation)}`,
      `right=${gatewayAddressOf(variation)}`,
      `rightid=@${GATEWAY_IDENTITY}`,
      `rightsubnet=${GATEWAY_NETWORK}`,
      ...(needsUser(variation)
        ? [
            'leftxauthclient=yes',
            'rightxauthserver=yes',
            'leftmodecfgclient=yes',
            'rightmodecfgserver=yes',
            `leftusername=${VARIATION_USER.name}`,
          ]
        : [`leftsubnet=10.79.${variation.index}.0/24`]),
    ]),
  );
  return {
    connections: [plutoSetup(), ...connections].join('\n'),
    secrets: `: PSK "${PRE_SHARED_KEY}"\n@${VARIATION_USER.name} : XAUTH "${VARIATION_USER.password}"\n`,
    names: PLUTO_VARIATIONS.map(({ index }) => `v${index}`),
    certificates,
  };
}

function connection(variation: Variation & { readonly index: number }, lines: readonly string[]): string {
  const { index, mode, ike, esp, key, configuration } = variation;
  return section(`conn v${index}`, [
    'ikev2=no',
    ...(key === undefined ? ['authby=secret'] : ['authby=rsasig', `leftcert=${PLUTO_CERTIFICATE}`]),
    ...(key === undefined ? [] : ['leftsendcert=always', 'rightca=%same']),
    `aggressive=${mode === 'aggressive' ? 'yes' : 'no'}`,
    `ike=${plutoIke(ike)}`,
    `esp=${plutoEsp(esp)}`,
    `pfs=${/-(modp|ecp|x)\d+$/.test(esp) ? 'yes' : 'no'}`,
    ...(configuration === undefined ? [] : [`modecfgpull=${configuration === 'pull' ? 'yes' : 'no'}`]),
    'keyingtries=1',
    'rekey=no',
    'leftupdown=%disabled',
    'auto=add',
    ...lines,
  ]);
}

const WORDS: Readonly<Record<string, string>> = {
  sha256: 'sha2_256',
  sha384: 'sha2_384',
  sha512: 'sha2_512',
  ecp256: 'dh19',
  ecp384: 'dh20',
  ecp521: 'dh21',
  x25519: 'dh31',
  aes128gcm16: 'aes_gcm128-null',
  aes192gcm16: 'aes_gcm192-null',
  aes256gcm16: 'aes_gcm256-null',
};

/** `aes128-sha256-modp2048` as `aes128-sha2_256;modp2048`. */
function plutoIke(ike: string): string {
  const [cipher = '', hash = '', group = ''] = ike.split('-').map((word) => WORDS[word] ?? word);
  return `${cipher}-${hash};${group}`;
}

function plutoEsp(esp: string): string {
  const words = esp.split('-').map((word) => WORDS[word] ?? word);
  const group = words.find((word) => /^(modp|dh)\d+$/.test(word));
  const others = words.filter((word) => word !== group).join('-');
  return group === undefined ? others : `${others};${group}`;
}
