/** Hosts at libreswan gateways that misbehave on purpose, each in its own way. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { GroupResult } from '../../src/measure/result.ts';
import type { Phase1Mode } from '../../src/peer/fact.ts';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { runScenario, stormScenario } from './ikestorm.ts';
import { type Pluto, startPlutoGateway } from './libreswan.ts';
import { PLUTO_CLIENT_IDENTITY } from './libreswan-config.ts';
import { type ImpairmentStory, MODES, partsOf, PFS, SCHEDULES, USER } from './libreswan-impairment.ts';
import { NetworkNamespace } from './namespace.ts';
import { GATEWAY_IDENTITY } from './strongswan-config.ts';
import { TestAuthority } from './test-pki.ts';
import { createWorkPlace, type WorkPlace } from './work-place.ts';

interface Story extends ImpairmentStory {
  /** Something had to be sent again. */
  readonly isRetried?: boolean;
  readonly schedule?: keyof typeof SCHEDULES;
  /** Default: 3. */
  readonly count?: number;
}

const STORIES: readonly Story[] = [
  { words: ['jacob-two-two'], drop: 'duplicate', schedule: 'patient', count: 1 },
  { words: ['replay-duplicates'] },
  { words: ['replay-forward'], drop: 'duplicate' },
  { words: ['replay-backward'], drop: 'duplicate' },
  { words: ['send-bogus-isakmp-flag'] },
  { words: ['bust-mr2'], modes: ['main'] },
  ...[1, 2, 3, 4].map((number) => ({
    words: [`drop-outgoing:${number}`],
    modes: ['main'] as const,
    isRetried: true,
    count: 1,
  })),
  ...[1, 2].map((number) => ({
    words: [`drop-outgoing:${number}`],
    modes: ['aggressive'] as const,
    isRetried: true,
    count: 1,
  })),
  { words: ['drop-incoming:2'], modes: ['main'], isRetried: true, count: 1 },
  // Message 3 of aggressive mode: the host cannot know that it was lost, and pluto never asks for it.
  {
    words: ['drop-incoming:2'],
    modes: ['aggressive'],
    cause: 'timeout-phase2',
    schedule: 'impatient',
    count: 1,
  },
  // For message 4 of main mode pluto relies on its own timer: it does not answer a repeated message 3.
  {
    words: ['suppress-retransmits', 'drop-outgoing:2'],
    modes: ['main'],
    cause: 'timeout-phase1',
    schedule: 'impatient',
    count: 1,
  },
  { words: ['send-no-main-r2'], modes: ['main'], isRetried: true },
  // pluto forgets the SA before the host asks again.
  {
    words: ['delete-on-retransmit', 'drop-outgoing:2'],
    modes: ['main'],
    cause: 'timeout-phase1',
    schedule: 'impatient',
    count: 1,
  },
  {
    words: ['v1-hash-exchange:QUICK', 'v1-hash-payload:OMIT'],
    cause: 'timeout-phase2',
    drop: 'malformed',
    schedule: 'impatient',
  },
  ...['EMPTY', '0'].map((how) => ({
    words: ['v1-hash-exchange:QUICK', `v1-hash-payload:${how}`],
    cause: 'timeout-phase2' as const,
    drop: 'bad-hash' as const,
    schedule: 'impatient' as const,
  })),
  { words: ['ke-payload:OMIT'], cause: 'timeout-phase1', drop: 'malformed', schedule: 'impatient' },
  ...['EMPTY', '0', '255'].map((how) => ({
    words: [`ke-payload:${how}`],
    cause: 'invalid-key' as const,
  })),
  // A possible public value, but not the one that pluto has the private value of.
  { words: ['ke-payload:1'], modes: ['main'], cause: 'timeout-phase1', schedule: 'impatient' },
  { words: ['ke-payload:1'], modes: ['aggressive'], cause: 'authentication-failed' },
  { words: ['ike-responder-spi:0'], cause: 'timeout-phase1', drop: 'malformed', schedule: 'impatient' },
  { words: ['sa-creation'], cause: 'timeout-phase2', schedule: 'impatient' },
  // With a second, empty public value.
  { words: ['ke-payload:DUPLICATE'], cause: 'invalid-key' },
  {
    words: ['v1-hash-exchange:QUICK', 'v1-hash-payload:DUPLICATE'],
    cause: 'timeout-phase2',
    drop: 'bad-hash',
    schedule: 'impatient',
  },
  // What is refused with a notification that nobody can be sure of is not refused.
  ...['OMIT', 'EMPTY', '0', 'DUPLICATE'].map((how) => ({
    words: ['v1-hash-exchange:NOTIFICATION', `v1-hash-payload:${how}`],
    esp: 'aes256-sha512',
    cause: 'timeout-phase2' as const,
    drop: how === 'OMIT' ? ('malformed' as const) : ('bad-hash' as const),
    schedule: 'impatient' as const,
    modes: ['main'] as const,
  })),
  ...['OMIT', 'EMPTY', '0', 'DUPLICATE'].map((how) => ({
    words: ['v1-hash-exchange:XAUTH', `v1-hash-payload:${how}`],
    proof: 'xauth-psk' as const,
    cause: 'timeout-xauth' as const,
    drop: how === 'OMIT' ? ('malformed' as const) : ('bad-hash' as const),
    schedule: 'impatient' as const,
    modes: ['main'] as const,
  })),
  {
    words: ['send-no-xauth-r0'],
    modes: ['main'],
    proof: 'xauth-psk',
    cause: 'timeout-xauth',
    schedule: 'impatient',
  },
  { words: ['send-no-delete'] },
  { words: ['send-pkcs7-thingie'], modes: ['main'], proof: 'pubkey', cause: 'certificate-untrusted' },
  { words: ['replay-encrypted'] },
  {
    words: ['timeout-on-retransmit', 'drop-outgoing:2'],
    modes: ['main'],
    cause: 'timeout-phase1',
    schedule: 'impatient',
    count: 1,
  },
];

/** What both ends need for the proof of a story, besides the pre-shared key. */
function proofsOf({ proof }: ImpairmentStory, place: WorkPlace) {
  if (proof === undefined) return { hosts: {}, pluto: {} };
  if (proof === 'xauth-psk') {
    return {
      hosts: {
        authentication: 'xauth-pre-shared-key' as const,
        login: { user: USER.name, password: USER.password },
        configuration: 'pull' as const,
        'local-network': undefined,
      },
      pluto: { proof, users: [USER] },
    };
  }
  const authority = new TestAuthority(place.folder('pki'), 'rsa', 'authority');
  const own = authority.issue(PLUTO_CLIENT_IDENTITY);
  return {
    hosts: {
      authentication: 'rsa-signature' as const,
      certificate: { chain: own.certificate, 'private-key': own.privateKey, trust: authority.certificate },
    },
    pluto: {
      proof,
      certificates: { own: authority.issue(GATEWAY_IDENTITY), trusted: [authority.certificate] },
    },
  };
}

/** Gateways that are run at the same time, each in a namespace of its own with a cable to that of all hosts. */
const AT_A_TIME = 8;

const stories = MODES.flatMap((mode) =>
  STORIES.filter(({ modes = MODES }) => modes.includes(mode)).map((story) => ({
    ...story,
    mode,
    title: `${mode} mode, ${story.words.join(' ')}: ${story.cause ?? 'success'}`,
  })),
);

type Titled = Story & { readonly mode: Phase1Mode; readonly title: string };

interface Met {
  readonly pluto: Pluto;
  readonly clients: GroupResult;
  readonly isRunning: boolean;
  readonly tunnels: readonly string[];
}

describe.each(partsOf<Titled>(stories, AT_A_TIME))('hosts against impaired libreswans', (...part) => {
  const place = createWorkPlace('hosts');
  const met: Met[] = [];

  beforeAll(async () => {
    const namespaces = part.map(() => new NetworkNamespace('impaired'));
    try {
      const plutos = await Promise.all(
        part.map((story, index) => startImpaired(place, namespaces[index]!, story, index)),
      );
      const scenario = scenarioOf(part.map((story, index) => peersOf(story, index, plutos[index]!.hosts)));
      const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
      for (const [index, { pluto }] of plutos.entries()) {
        const { isRunning } = pluto;
        const tunnels = isRunning ? await pluto.trafficStatus() : [];
        met.push({ pluto, isRunning, tunnels, clients: result.groups[clientsName(index)]! });
      }
    } finally {
      await Promise.all(namespaces.map((namespace) => namespace.remove()));
    }
  });

  it.each(part.map((story, index) => ({ ...story, index })))('in $title', (story) => {
    const { cause, drop, isRetried = false, count = 3, index } = story;
    const { pluto, clients, isRunning, tunnels } = met[index]!;
    expect(isRunning, pluto.log.slice(-2000)).toBe(true);
    expect(clients.failures).toEqual(cause === undefined ? {} : { [cause]: count });
    expect(clients.negotiations.succeeded).toBe(cause === undefined ? count : 0);
    expect(clients.negotiations.inFlightAtEnd).toBe(0);
    if (cause === undefined) expect(tunnels).toHaveLength(count);
    if (drop !== undefined) expect(Object.keys(clients.drops)).toContain(drop);
    if (isRetried) expect(clients.negotiations.firstTry).toBeLessThan(count);
  });
});

const clientsName = (index: number): string => `clients-${index}`;
const gatewayAddress = (index: number): string => `10.${100 + index}.0.1`;
const hostAddress = (index: number, host: number): string => `10.${100 + index}.1.${host}`;

/** Starts the gateway of a story at the end of a cable from where the hosts are. */
async function startImpaired(place: WorkPlace, namespace: NetworkNamespace, story: Titled, index: number) {
  const hosts = Array.from({ length: story.count ?? 3 }, (_, host) => `${hostAddress(index, host + 1)}/16`);
  place.namespace.connect(namespace, hosts, [`${gatewayAddress(index)}/16`], `cable-${index}`);
  const proofs = proofsOf(story, place);
  const pluto = await startPlutoGateway(namespace, place.folder('gateway'), {
    address: gatewayAddress(index),
    esp: PFS.plutos,
    ...proofs.pluto,
  });
  await pluto.impair(story.words);
  return { pluto, hosts: proofs.hosts };
}

type Peers = ScenarioInput['peers'];

function peersOf(
  story: Titled,
  index: number,
  clients: ReturnType<typeof proofsOf>['hosts'],
): { readonly clients: Peers[string]; readonly gateway: Peers[string] } {
  const { mode, count = 3, schedule = 'persistent' } = story;
  const { peers } = stormScenario({
    mode,
    count,
    esp: story.esp ?? PFS.ours,
    identity: PLUTO_CLIENT_IDENTITY,
    addresses: `${hostAddress(index, 1)}-${hostAddress(index, count)}`,
    gatewayAddress: gatewayAddress(index),
    clients: { retransmit: SCHEDULES[schedule], ...clients },
  });
  return { clients: peers['clients']!, gateway: peers['gateway']! };
}

function scenarioOf(pairs: readonly ReturnType<typeof peersOf>[]): ScenarioInput {
  const peers: Peers = {};
  const connections: ScenarioInput['connections'] = [];
  for (const [index, { clients, gateway }] of pairs.entries()) {
    peers[clientsName(index)] = clients;
    peers[`gateway-${index}`] = gateway;
    connections.push({ from: clientsName(index), to: `gateway-${index}` });
  }
  return { ...stormScenario({ mode: 'main', count: 1 }), peers, connections, capture: false };
}
