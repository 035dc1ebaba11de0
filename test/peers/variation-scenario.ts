/** The scenarios of ikestorm for variations: hosts that each negotiate in another way, and gateways that take them. */
import type { Authentication } from '../../src/ike/authentication.ts';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { stormScenario } from './ikestorm.ts';
import { GATEWAY_IDENTITY, PRE_SHARED_KEY } from './strongswan-config.ts';
import { type Credential, TestAuthority } from './test-pki.ts';
import {
  identityOf,
  needsUser,
  type Variation,
  VARIATION_KEYS,
  VARIATION_POOL,
  VARIATION_USER,
  type VariationKey,
} from './variation.ts';
import type { WorkPlace } from './work-place.ts';

type Group = ScenarioInput['peers'][string];

/** Of one kind of key: both ends' certificates and the authority that both are from. */
export interface VariationCredentials {
  readonly client: Credential;
  readonly gateway: Credential;
  readonly authority: string;
}

export type CredentialsByKey = Readonly<Record<VariationKey, VariationCredentials>>;

export function makeCredentials(place: WorkPlace): CredentialsByKey {
  const made = VARIATION_KEYS.map((key) => {
    const authority = new TestAuthority(place.folder('pki'), key, `authority-${key}`);
    const [client, gateway] = [authority.issue(identityOf({ key })), authority.issue(GATEWAY_IDENTITY)];
    return [key, { client, gateway, authority: authority.certificate }] as const;
  });
  return Object.fromEntries(made) as Record<VariationKey, VariationCredentials>;
}

export interface Numbered extends Variation {
  readonly index: number;
}

export interface HostsWanted {
  /** Hosts of each variation. */
  readonly count: number;
  /** Where those of variation number `index` are. */
  readonly addressesOf: (index: number) => string;
  /** Of those variations that have pings; they act as if there were a NAT, since sockets of UDP carry no bare ESP. */
  readonly ping?: Group['ping'];
}

/** A group `v0`, `v1`, ... for each variation, whose hosts all go to a real gateway, stay a moment and say goodbye. */
export function hostsScenario(
  variations: readonly Numbered[],
  credentials: CredentialsByKey,
  { count, addressesOf, ping }: HostsWanted,
): ScenarioInput {
  const { common, clients, gateway } = commonScenario();
  const groups = variations.map((variation): [string, Group] => {
    const { index, mode, ike, esp, children = 1, hasPings = false } = variation;
    return [
      `v${index}`,
      {
        ...clients,
        ...proofOf(variation, credentials),
        count,
        addresses: addressesOf(index),
        mode,
        ike: [ike],
        esp: [esp],
        children,
        ...networkOf(variation, `10.79.${index}.{number}/32`),
        retransmit: { first: '3s', factor: 1, tries: 10 },
        ...(hasPings && ping !== undefined && { ping, 'nat-traversal': 'force' as const }),
      },
    ];
  });
  return {
    ...common,
    peers: { ...Object.fromEntries(groups), gateway },
    connections: groups.map(([from]) => ({ from, to: 'gateway' })),
    load: {
      executor: 'per-peer-iterations',
      iterations: 1,
      hold: ping === undefined ? '3s' : '8s',
      drain: '20s',
    },
  };
}

/** Which gateway a variation needs: one has one certificate, and either pushes addresses or waits to be asked. */
export const GATEWAY_KINDS = [...VARIATION_KEYS, 'push'] as const;
export type GatewayKind = (typeof GATEWAY_KINDS)[number];

export function gatewayKindOf({ key = 'rsa-3072', configuration }: Variation): GatewayKind {
  return configuration === 'push' ? 'push' : key;
}

/** A gateway for all `variations` of one kind. */
export function gatewayScenario(
  kind: GatewayKind,
  variations: readonly Numbered[],
  credentials: CredentialsByKey,
  address: string,
): ScenarioInput {
  const { common, clients, gateway } = commonScenario();
  const served = variations.filter((variation) => gatewayKindOf(variation) === kind);
  const groups = served.map((variation): [string, Group] => [
    `v${variation.index}`,
    {
      ...clients,
      ...proofOf(variation, credentials),
      addresses: `127.40.${variation.index}.1`,
      ...networkOf(variation, `10.79.${variation.index}.0/24`),
    },
  ]);
  const own = credentials[kind === 'push' ? 'rsa-3072' : kind];
  const authentication: Authentication = kind === 'push' || kind === 'rsa-3072' ? 'rsa-signature' : kind;
  return {
    ...common,
    peers: {
      ...Object.fromEntries(groups),
      gateway: {
        ...gateway,
        addresses: address,
        identity: GATEWAY_IDENTITY,
        authentication,
        certificate: files(own.gateway, own.authority),
        ike: [...new Set(served.map(({ ike }) => ike))],
        esp: [...new Set(served.map(({ esp }) => esp))],
        lend: { addresses: VARIATION_POOL },
        ...(kind === 'push' && { configuration: 'push' as const }),
      },
    },
    connections: groups.map(([from]) => ({ from, to: 'gateway' })),
  };
}

function commonScenario() {
  const common = stormScenario({ mode: 'main', count: 1 });
  const { clients, gateway } = common.peers;
  if (clients === undefined || gateway === undefined) throw new Error('the scenario has other groups');
  return { common, clients, gateway };
}

/** How the hosts of a variation prove who they are. */
function proofOf(variation: Variation, credentials: CredentialsByKey) {
  const own = variation.key === undefined ? undefined : credentials[variation.key];
  return {
    authentication: variation.authentication,
    identity: identityOf(variation),
    psk: PRE_SHARED_KEY,
    ...(own !== undefined && { certificate: files(own.client, own.authority) }),
    ...(needsUser(variation) && {
      login: { user: VARIATION_USER.name, password: VARIATION_USER.password },
    }),
  };
}

/** What the host's side of the tunnel is: a network of its own, or the address that it gets. */
function networkOf({ configuration }: Variation, network: string): Partial<Group> {
  return configuration === undefined
    ? { 'local-network': network }
    : { configuration, 'local-network': undefined };
}

function files(own: Credential, trust: string) {
  return { chain: own.certificate, 'private-key': own.privateKey, trust };
}
