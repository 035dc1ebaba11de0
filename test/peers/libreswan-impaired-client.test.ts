/** A libreswan client that misbehaves on purpose, at `ikestorm serve`. */
import { describe, expect, it } from 'vitest';
import { serve, stormScenario } from './ikestorm.ts';
import { connectWithLibreswan } from './libreswan.ts';
import { type ImpairmentStory, MODES, PFS, SCHEDULES } from './libreswan-impairment.ts';
import { GATEWAY_IDENTITY } from './strongswan-config.ts';
import { openWorkPlace } from './work-place.ts';

interface ClientStory extends ImpairmentStory {
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
