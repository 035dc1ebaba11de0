/**
 * libreswan that misbehaves on purpose (`whack --impair`): every negotiation ends in success or in a
 * failure with a name, never in an error of ikestorm and never later than its retransmissions allow.
 * Of the words left out many mean IKEv2 only, `corrupt-encrypted` and `send-bogus-payload-flag` too.
 */
import { describe, expect, it } from 'vitest';
import type { DropReason, FailureCause, Phase1Mode } from '../../src/peer/fact.ts';
import { type PeersWanted, runScenario, serve, stormScenario } from './ikestorm.ts';
import { connectWithLibreswan, startPlutoGateway } from './libreswan.ts';
import { PLUTO_CLIENT_IDENTITY } from './libreswan-config.ts';
import { GATEWAY_IDENTITY } from './strongswan-config.ts';
import { openWorkPlace } from './work-place.ts';

const MODES = ['main', 'aggressive'] as const;
const PFS = { ours: 'aes128-sha256-modp2048', plutos: 'aes128-sha2_256;modp2048' };

/** How the peers of a story retransmit. */
const SCHEDULES = {
  /** Gives up early, where that is what must happen. */
  impatient: { first: '500ms', factor: 1.5, tries: 2 },
  persistent: { first: '500ms', factor: 1.5, tries: 5 },
  /** pluto sleeps half a second between the two copies of a message. */
  patient: { first: '5s', factor: 1, tries: 3 },
} as const;

interface Story {
  readonly words: readonly string[];
  readonly modes?: readonly Phase1Mode[];
  /** Absent: the negotiations succeed. */
  readonly cause?: FailureCause;
  /** Among the reasons for which datagrams were dropped. */
  readonly drop?: DropReason;
  /** Something had to be sent again. */
  readonly isRetried?: boolean;
  readonly schedule?: keyof typeof SCHEDULES;
  /** Default: 3. */
  readonly count?: number;
}

const GATEWAY_STORIES: readonly Story[] = [
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
];

describe.each(MODES)('hosts in %s mode against an impaired libreswan', (mode) => {
  const stories = GATEWAY_STORIES.filter(({ modes = MODES }) => modes.includes(mode)).map((story) => ({
    ...story,
    title: `${story.words.join(' ')}: ${story.cause ?? 'success'}`,
  }));

  it.concurrent.for(stories)('$title', async (story, context) => {
    const { words, cause, drop, isRetried = false, count = 3, schedule = 'persistent' } = story;
    const place = openWorkPlace('impaired', context);
    const pluto = await startPlutoGateway(place.namespace, place.folder('gateway'), { esp: PFS.plutos });
    await pluto.impair(words);
    const wanted: PeersWanted = {
      mode,
      count,
      esp: PFS.ours,
      identity: PLUTO_CLIENT_IDENTITY,
      clients: { retransmit: SCHEDULES[schedule] },
    };
    const { result } = await runScenario(place.namespace, place.folder('run'), stormScenario(wanted));
    expect(pluto.isRunning, pluto.log.slice(-2000)).toBe(true);
    expect(result.failures).toEqual(cause === undefined ? {} : { [cause]: count });
    expect(result.negotiations.succeeded).toBe(cause === undefined ? count : 0);
    expect(result.negotiations.inFlightAtEnd).toBe(0);
    if (cause === undefined) expect(await pluto.trafficStatus()).toHaveLength(count);
    if (drop !== undefined) expect(Object.keys(result.drops)).toContain(drop);
    if (isRetried) expect(result.negotiations.firstTry).toBeLessThan(count);
  });
});

interface ClientStory extends Omit<Story, 'schedule' | 'count' | 'isRetried'> {
  /** The client has a phase 1 that ikestorm has, too; default: when there is no `cause`. */
  readonly hasPhase1?: boolean;
  /** Default: as `hasPhase1`. */
  readonly hasChild?: boolean;
}

const CLIENT_STORIES: readonly ClientStory[] = [
  { words: ['jacob-two-two'], drop: 'duplicate' },
  { words: ['replay-duplicates'] },
  { words: ['replay-forward'] },
  { words: ['replay-backward'] },
  { words: ['send-bogus-isakmp-flag'] },
  { words: ['bust-mi2'], modes: ['main'] },
  ...[1, 2, 3, 4].map((number) => ({ words: [`drop-outgoing:${number}`], modes: ['main'] as const })),
  { words: ['drop-outgoing:1'], modes: ['aggressive'] },
  { words: ['drop-outgoing:3'], modes: ['aggressive'] },
  // Nobody retransmits: the client was told not to, the responder of main mode never does.
  { words: ['suppress-retransmits', 'drop-outgoing:2'], modes: ['main'], hasPhase1: false },
  { words: ['drop-i2'], hasPhase1: false },
  { words: ['ke-payload:OMIT'], hasPhase1: false, drop: 'malformed' },
  { words: ['ke-payload:EMPTY'], cause: 'invalid-key' },
  { words: ['ke-payload:0'], cause: 'invalid-key' },
  { words: ['ke-payload:1'], modes: ['main'], hasPhase1: false, drop: 'decryption-failed' },
  { words: ['ke-payload:1'], modes: ['aggressive'], cause: 'authentication-failed' },
  { words: ['ike-initiator-spi:0'], hasPhase1: false, drop: 'malformed' },
  { words: ['ike-key-length-attribute:OMIT'], cause: 'no-proposal-chosen' },
  { words: ['ike-key-length-attribute:77'], cause: 'no-proposal-chosen' },
  {
    words: ['child-key-length-attribute:OMIT'],
    cause: 'no-proposal-chosen',
    hasPhase1: true,
    hasChild: false,
  },
  {
    words: ['v1-hash-exchange:QUICK', 'v1-hash-payload:OMIT'],
    hasPhase1: true,
    hasChild: false,
    drop: 'malformed',
  },
  {
    words: ['v1-hash-exchange:QUICK', 'v1-hash-payload:EMPTY'],
    hasPhase1: true,
    hasChild: false,
    drop: 'bad-hash',
  },
  // When it ends; what was not proven to be the other end's wish is not done.
  { words: ['v1-hash-exchange:DELETE', 'v1-hash-payload:EMPTY'], drop: 'bad-hash' },
  // Its second payload is shorter than its own SPI size says.
  { words: ['ikev1-del-with-notify'], drop: 'decryption-failed' },
];

describe.each(MODES)('an impaired libreswan in %s mode against ikestorm serve', (mode) => {
  const [address, gatewayAddress] = ['10.77.0.2', '10.77.0.1'];

  const stories = CLIENT_STORIES.filter(({ modes = MODES }) => modes.includes(mode)).map((story) => ({
    ...story,
    title: story.words.join(' '),
  }));

  it.concurrent.for(stories)('$title', async (story, context) => {
    const { words, cause, drop, hasPhase1 = cause === undefined, hasChild = hasPhase1 } = story;
    const place = openWorkPlace('served', context);
    const clientPlace = openWorkPlace('client', context);
    clientPlace.namespace.connect(place.namespace, [`${address}/24`], [`${gatewayAddress}/24`]);
    const scenario = stormScenario({
      mode,
      count: 1,
      gatewayAddress,
      esp: PFS.ours,
      gateway: { identity: GATEWAY_IDENTITY, retransmit: SCHEDULES.persistent },
    });
    const served = await serve(place.namespace, place.folder('serve'), scenario);
    // Gives up early where nothing comes of it.
    const patience = hasPhase1 && hasChild ? {} : { patienceMs: 3000 };
    const client = { mode, address, gatewayAddress, esp: PFS.plutos, ...patience };
    const { isPhase1Established, children, log } = await connectWithLibreswan(
      clientPlace.namespace,
      clientPlace.folder('client'),
      { ...client, identity: 'swan.test', localNetwork: '10.79.3.0/24' },
      words,
    );
    const { counters, code } = await served.stop();
    expect(code).toBe(0);
    expect(counters).toMatchObject({
      phase1Established: hasPhase1 ? 1 : 0,
      childrenEstablished: hasChild ? 1 : 0,
      failures: cause === undefined ? {} : { [cause]: expect.any(Number) as number },
    });
    expect(isPhase1Established, log.slice(-2000)).toBe(hasPhase1);
    expect(children).toHaveLength(hasChild ? 1 : 0);
    if (drop !== undefined) expect(counters['drops']).toHaveProperty([drop]);
  });
});
