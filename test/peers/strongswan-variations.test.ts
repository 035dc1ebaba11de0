/** Everything that ikestorm and strongSwan can both negotiate, one way after the other, in both roles. */
import { beforeAll, describe, expect, it } from 'vitest';
import { runScenario, type RunOutcome, serve, unexpectedDrops } from './ikestorm.ts';
import { PING } from './ping.ts';
import { proves } from './proves.ts';
import { Charon } from './strongswan.ts';
import { GATEWAY_INNER_ADDRESS } from './strongswan-config.ts';
import {
  childNames,
  variationNetwork,
  variationsClientConf,
  variationsGatewayConf,
} from './strongswan-variations-config.ts';
import { algorithmFeatures, pingFeatures, type Variation, VARIATION_KEYS, VARIATIONS } from './variation.ts';
import {
  GATEWAY_KINDS,
  gatewayKindOf,
  gatewayScenario,
  hostsScenario,
  makeCredentials,
} from './variation-scenario.ts';
import { createWorkPlace, type WorkPlace } from './work-place.ts';

/** Hosts of ikestorm for each variation. */
const COUNT = 3;
const NUMBERED = VARIATIONS.map((variation, index) => ({ ...variation, index }));

const DEADLINE_MS = 300_000;

interface CharonWanted {
  readonly port: number;
  readonly natPort: number;
  readonly privateKeys: readonly string[];
  readonly conf: string;
  /** Set on its TUN device. */
  readonly innerAddresses: readonly string[];
  /** Further lines of strongswan.conf. */
  readonly more?: readonly string[];
}

async function startCharon(place: WorkPlace, wanted: CharonWanted): Promise<Charon> {
  const { conf, innerAddresses, more = [], ...settings } = wanted;
  const extra = ['retransmit_tries = 3', 'retransmit_timeout = 2', 'retransmit_base = 1', ...more].join(
    '\n  ',
  );
  const directory = place.folder('charon');
  const charon = await Charon.start(
    place.namespace,
    { directory, logsKeys: false, extra, ...settings },
    conf,
  );
  const device = /created TUN device: (\S+)/.exec(charon.log)?.[1];
  if (device === undefined) throw new Error('charon has no TUN device');
  for (const address of innerAddresses) place.namespace.addAddress(device, address);
  return charon;
}

/** Both ends take apart what is longer than a packet. */
function expectFragments(log: string): void {
  expect(log).toMatch(/splitting IKE message \(\d+ bytes\) into \d+ fragments/);
  expect(log).toMatch(/received fragment #2, reassembled fragmented IKE message/);
}

describe('hosts of ikestorm at strongSwan', () => {
  const place = createWorkPlace('variations');
  let outcome: RunOutcome;
  let log: string;

  beforeAll(async () => {
    const credentials = makeCredentials(place);
    const charon = await startCharon(place, {
      port: 500,
      natPort: 4500,
      privateKeys: VARIATION_KEYS.map((kind) => credentials[kind].gateway.privateKey),
      conf: variationsGatewayConf(VARIATIONS, credentials),
      innerAddresses: [GATEWAY_INNER_ADDRESS],
    });
    const ping = { count: 2, interval: '500ms', timeout: '5s', to: '10.78.0.1' };
    const hosts = { count: COUNT, addressesOf: variationNetwork, ping };
    const scenario = hostsScenario(NUMBERED, credentials, hosts);
    outcome = await runScenario(place.namespace, place.folder('run'), scenario);
    await charon.stop();
    ({ log } = charon);
  }, DEADLINE_MS);

  it.each(NUMBERED)('negotiate $title', ({ index, features, children = 1, ...variation }) => {
    proves('strongSwan', 'responder', [...features, ...algorithmFeatures(variation)]);
    const group = outcome.result.groups[`v${index}`];
    expect(group?.failures).toEqual({});
    expect(group?.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT, failed: 0 });
    const established = log.match(new RegExp(`CHILD_SA c${index}\\{\\d+\\} established`, 'g'));
    expect(established).toHaveLength(COUNT * children);
  });

  it('ping through every kind of ESP, and each of them is answered', () => {
    const pinging = NUMBERED.filter(({ hasPings = false }) => hasPings);
    proves('strongSwan', 'responder', pinging.flatMap(pingFeatures));
    expect(outcome.result.latency.firstPacket?.count).toBe(COUNT * pinging.length);
    expect(unexpectedDrops(outcome.result)).toEqual({});
  });

  it('say in the end that they delete what they have', () => {
    proves('strongSwan', 'responder', ['delete-ours']);
    const hosts = COUNT * VARIATIONS.length;
    expect(log.match(/received DELETE for IKE_SA v\d+\[/g)).toHaveLength(hosts);
    expect(log).toMatch(/received DELETE for ESP CHILD_SA with SPI/);
  });

  it('go to the port for those behind a NAT, which strongSwan with ESP in user space always pretends to be', () => {
    proves('strongSwan', 'responder', ['nat-traversal']);
    expect(log).toMatch(/received packet: from 127\.10\.0\.1\[\d+\] to 127\.0\.0\.1\[4500\]/);
  });

  it('send and understand long messages in fragments', () => {
    proves('strongSwan', 'responder', ['fragmentation']);
    expectFragments(log);
  });
});

describe('strongSwan at ikestorm', () => {
  const place = createWorkPlace('variations-client');
  const initiated = new Map<string, string>();
  const pinged = new Map<number, string>();
  let log: string;
  let counted: { phase1Established: number; childrenEstablished: number; failures: unknown }[];

  const addressOf = (variation: Variation): string =>
    `127.30.0.${GATEWAY_KINDS.indexOf(gatewayKindOf(variation)) + 1}`;

  beforeAll(async () => {
    const credentials = makeCredentials(place);
    const served = await Promise.all(
      GATEWAY_KINDS.map((kind, index) =>
        serve(
          place.namespace,
          place.folder(`serve-${kind}`),
          gatewayScenario(kind, NUMBERED, credentials, `127.30.0.${index + 1}`),
        ),
      ),
    );
    // charon looks for the interface of its address to install the lent one on.
    for (const { index } of NUMBERED) place.namespace.addAddress('lo', `127.10.${index}.1/32`);
    const charon = await startCharon(place, {
      port: 0,
      natPort: 0,
      more: ['install_virtual_ip = yes'],
      privateKeys: VARIATION_KEYS.map((kind) => credentials[kind].client.privateKey),
      conf: variationsClientConf(VARIATIONS, credentials, addressOf),
      innerAddresses: VARIATIONS.map((_, index) => `10.79.${index}.1/32`),
    });
    for (const { index, children = 1, hasPings = false } of NUMBERED) {
      for (const name of childNames(index, children)) {
        const { stdout, stderr } = await charon.swanctl(['--initiate', '--child', name, '--timeout', '20']);
        initiated.set(name, `${stdout}${stderr}`);
      }
      if (!hasPings) continue;
      const from = ['-I', `10.79.${index}.1`, '-c', '2', '-i', '0.2', '-W', '5'];
      pinged.set(index, (await place.namespace.run(PING, [...from, '10.78.0.77'])).stdout);
    }
    await charon.stop();
    ({ log } = charon);
    const outcomes = await Promise.all(served.map((each) => each.stop()));
    counted = outcomes.map(({ counters }) => counters as (typeof counted)[number]);
  }, DEADLINE_MS);

  it.each(NUMBERED)('negotiates $title', ({ index, features, children = 1, ...variation }) => {
    proves('strongSwan', 'initiator', [...features, ...algorithmFeatures(variation)]);
    for (const name of childNames(index, children)) {
      expect(initiated.get(name)).toContain(`CHILD_SA ${name}{`);
      expect(initiated.get(name)).toContain('initiate completed successfully');
    }
  });

  it.each(NUMBERED.filter(({ hasPings = false }) => hasPings))(
    'pings through ESP with $esp',
    ({ index, esp }) => {
      proves('strongSwan', 'initiator', pingFeatures({ esp }));
      // One of two is enough on a busy machine.
      expect(pinged.get(index)).toMatch(/ [12] received/);
    },
  );

  it('is counted by ikestorm', () => {
    proves('strongSwan', 'initiator', ['delete-theirs']);
    const sum = (of: (each: (typeof counted)[number]) => number): number =>
      counted.reduce((total, each) => total + of(each), 0);
    const children = VARIATIONS.reduce((total, { children: each = 1 }) => total + each, 0);
    expect(counted.map(({ failures }) => failures)).toEqual(GATEWAY_KINDS.map(() => ({})));
    expect(sum(({ phase1Established }) => phase1Established)).toBe(VARIATIONS.length);
    expect(sum(({ childrenEstablished }) => childrenEstablished)).toBe(children);
    // When charon ended it deleted everything.
    for (const each of counted) expect(each).toMatchObject({ phase1Held: 0, childrenHeld: 0 });
  });

  it('goes to the port for those behind a NAT', () => {
    proves('strongSwan', 'initiator', ['nat-traversal']);
    expect(log).toMatch(/sending packet: from 127\.10\.0\.1\[\d+\] to 127\.30\.0\.1\[4500\]/);
  });

  it('sends and understands long messages in fragments', () => {
    proves('strongSwan', 'initiator', ['fragmentation']);
    expectFragments(log);
  });
});
