/** The scenarios of the validation: the same hosts and loads once against the real gateway and once in virtual time. */
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { GATEWAY_NETWORK, PRE_SHARED_KEY } from '../../test/peers/strongswan-config.ts';
import type { Credential } from '../../test/peers/test-pki.ts';
import type { Garbage } from './garbage.ts';
import { CLIENT_IDENTITY, type Credentials } from './site.ts';

export interface Suite {
  readonly name: string;
  readonly method: 'psk' | 'ecdsa' | 'hybrid';
  readonly group: 'x25519' | 'modp2048';
}

export const SUITES = {
  pskCurve: { name: 'psk-x25519', method: 'psk', group: 'x25519' },
  pskModulus: { name: 'psk-modp2048', method: 'psk', group: 'modp2048' },
  ecdsaCurve: { name: 'ecdsa-x25519', method: 'ecdsa', group: 'x25519' },
  ecdsaModulus: { name: 'ecdsa-modp2048', method: 'ecdsa', group: 'modp2048' },
  /** The gateway signs with RSA-3072, hosts log in with a password: much more work for it than for them. */
  hybrid: { name: 'hybrid-rsa-3072', method: 'hybrid', group: 'x25519' },
} as const satisfies Record<string, Suite>;

/** Tunnels that stand at the same time: what a negotiation costs charon grows with them. */
export const HOSTS = 48;

type Load = ScenarioInput['load'];
type Group = ScenarioInput['peers'][string];

export interface Windows {
  readonly warmUpS: number;
  readonly measureS: number;
}

export type Shape =
  | { readonly type: 'closed'; readonly peers: number }
  /** Warmed up at a rate of its own, so that code is warm whatever the rate is. */
  | { readonly type: 'open'; readonly rateHz: number; readonly warmUpHz: number }
  | { readonly type: 'ramp'; readonly fromHz: number; readonly toHz: number; readonly seconds: number };

export function loadOf(shape: Shape, { warmUpS, measureS }: Windows): Load {
  const windows = { 'warm-up': `${warmUpS * 1_000}ms`, measure: `${measureS * 1_000}ms`, drain: '10s' };
  const patience = { 'send-lag-limit': '10s' };
  switch (shape.type) {
    case 'closed':
      return { executor: 'constant-peers', peers: shape.peers, ...windows, ...patience };
    case 'open':
      return {
        ...{ executor: 'poisson', rate: `${shape.rateHz.toFixed(1)}/s`, ...windows, ...patience },
        'warm-up-rate': `${shape.warmUpHz.toFixed(1)}/s`,
      };
    case 'ramp':
      return {
        executor: 'ramping-arrival-rate',
        'start-rate': `${shape.fromHz.toFixed(1)}/s`,
        stages: [{ duration: `${shape.seconds}s`, target: `${shape.toHz.toFixed(1)}/s` }],
        ...{ 'warm-up': '0s', drain: '10s' },
        ...patience,
      };
  }
}

/** Over UDP, against whatever answers at 127.0.0.1. */
export function realScenario(suite: Suite, credentials: Credentials, load: Load): ScenarioInput {
  const { hosts, gateway } = groupsOf(suite, credentials);
  return {
    ...{ name: suite.name, runtime: 'udp', seed: 1, workers: 1 },
    peers: { hosts: { ...hosts, port: 0 }, gateway },
    connections: [{ from: 'hosts', to: 'gateway' }],
    load,
  };
}

/** The computer of one end. */
export interface End {
  /** Path of the card. */
  readonly card: string;
  readonly threads: number;
  /** CPU time for a negotiation, collections of garbage included. */
  readonly demandNs: number;
  /** Absent: it collects none, or nothing is known of it. */
  readonly garbage?: Garbage;
}

export interface Model {
  readonly gateway: End;
  /** All hosts are on one computer, as they are in the generator. */
  readonly hosts: End;
  /** What the gateway's core takes to begin when it was idle; that of hosts is always awake. */
  readonly wakeNs: number;
}

/** In virtual time, with a gateway and a generator that compute by cards, on one core each. */
export function virtualScenario(
  suite: Suite,
  credentials: Credentials,
  load: Load,
  { gateway: gatewayEnd, hosts: hostsEnd, wakeNs }: Model,
): ScenarioInput {
  const { hosts, gateway } = groupsOf(suite, credentials);
  return {
    ...{ name: suite.name, clock: 'virtual', crypto: 'modelled', seed: 1, workers: 1 },
    peers: {
      // One thread reads one datagram after the other, whatever is in it.
      hosts: { ...hosts, cpu: { ...computerOf(hostsEnd), shared: true, priorities: ALL_ALIKE } },
      gateway: {
        ...gateway,
        cpu: {
          ...computerOf(gatewayEnd),
          wake: `${Math.round(wakeNs / 1_000)}us`,
          ...(gatewayEnd.threads === 1 && { priorities: ALL_ALIKE }),
        },
      },
    },
    connections: [{ from: 'hosts', to: 'gateway' }],
    // There is no network without latency.
    network: { latency: '1us' },
    load,
  };
}

/** What Linux gives a thread at a time on a machine with two cores. */
const SLICE = '1.4ms';

function computerOf({ card, threads, demandNs, garbage }: End) {
  const computer = { ...({ cores: 1, threads, card, sharing: 'time-slices' } as const), slice: SLICE };
  if (garbage === undefined) return computer;
  // What cards say of each operation has its share of the collections in it, which the model makes by themselves.
  const everyNs = garbage.negotiations * demandNs - garbage.pauseNs;
  if (everyNs <= 0) throw new RangeError('there is nothing but collections of garbage');
  return {
    ...computer,
    speed: (everyNs + garbage.pauseNs) / everyNs,
    garbage: {
      every: `${Math.round(everyNs / 1_000)}us`,
      pause: `${Math.max(1, Math.round(garbage.pauseNs / 1_000))}us`,
    },
  };
}

const ALL_ALIKE = {
  main: 'low',
  aggressive: 'low',
  quick: 'low',
  transaction: 'low',
  informational: 'low',
  other: 'low',
  timer: 'low',
  command: 'low',
} as const;

interface Groups {
  readonly hosts: Group;
  readonly gateway: Group;
}

function groupsOf(suite: Suite, credentials: Credentials): Groups {
  const proofs = proofsOf(suite, credentials);
  const common: Partial<Group> = {
    ike: [`aes128-sha256-${suite.group}`],
    esp: ['aes128-sha256'],
    rekey: 'none',
    'nat-keepalive': '0s',
    'half-open-limit': 100_000,
  };
  return {
    hosts: {
      ...{ ...common, ...proofs.hosts, count: HOSTS, addresses: '127.10.0.0/16', mode: 'main' },
      'local-network': '10.79.{index}.0/24',
      'remote-network': GATEWAY_NETWORK,
    },
    gateway: {
      ...{ ...common, ...proofs.gateway, role: 'gateway', addresses: '127.0.0.1', identity: 'gw.test' },
      'local-network': GATEWAY_NETWORK,
      'remote-network': '10.79.0.0/16',
    },
  };
}

/** How hosts and gateway say who they are. */
function proofsOf({ method }: Suite, credentials: Credentials): Record<keyof Groups, Partial<Group>> {
  const { trust, client, gateway, rsa } = credentials;
  const owner = ({ certificate, privateKey }: Credential, anchor: string) => ({
    certificate: { chain: certificate, 'private-key': privateKey, trust: anchor },
  });
  switch (method) {
    case 'psk': {
      const psk = PRE_SHARED_KEY;
      return { hosts: { psk, identity: 'number-{number}.client.test' }, gateway: { psk } };
    }
    case 'ecdsa': {
      const authentication = 'ecdsa-256';
      return {
        hosts: { authentication, identity: CLIENT_IDENTITY, ...owner(client, trust) },
        gateway: { authentication, ...owner(gateway, trust) },
      };
    }
    case 'hybrid': {
      const authentication = 'hybrid-rsa-signature';
      return {
        hosts: {
          ...{ authentication, identity: 'number-{number}.client.test' },
          login: { user: 'user-{number}', password: 'wonderland-{number}' },
          certificate: { trust: rsa.trust },
        },
        gateway: { authentication, ...owner(rsa.gateway, rsa.trust) },
      };
    }
  }
}
