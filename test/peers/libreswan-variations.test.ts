/** Everything that ikestorm and libreswan can both negotiate, one way after the other, in both roles. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { FeatureId } from '../proof/feature.ts';
import { runScenario, type RunOutcome, serve } from './ikestorm.ts';
import { Pluto } from './libreswan.ts';
import {
  PLUTO_VARIATIONS,
  plutoPeerAddress,
  plutoVariationsClientConf,
  plutoVariationsGatewayConf,
} from './libreswan-variations-config.ts';
import { waitUntil } from './namespace.ts';
import { proves } from './proves.ts';
import { algorithmFeatures, needsUser, type Variation } from './variation.ts';
import { gatewayScenario, hostsScenario, makeCredentials } from './variation-scenario.ts';
import { createWorkPlace } from './work-place.ts';

/** Connection `v3` and its instances, which have a number behind. */
function linesOf(log: string, index: number): string[] {
  return log.split('\n').filter((line) => new RegExp(`"v${index}"(\\[\\d+\\])?[ :]`).test(line));
}

function featuresOf(variation: Variation): FeatureId[] {
  return [...variation.features, ...algorithmFeatures(variation)];
}

describe('hosts of ikestorm at libreswan', () => {
  const place = createWorkPlace('pluto-variations');
  let outcome: RunOutcome;
  let log: string;

  beforeAll(async () => {
    const credentials = makeCredentials(place);
    const { gateway, authority } = credentials['rsa-3072'];
    const conf = plutoVariationsGatewayConf({ own: gateway, trusted: [authority] });
    const pluto = await Pluto.start(place.namespace, place.folder('gateway'), conf);
    const hosts = { count: 1, addressesOf: plutoPeerAddress };
    outcome = await runScenario(
      place.namespace,
      place.folder('run'),
      hostsScenario(PLUTO_VARIATIONS, credentials, hosts),
    );
    await pluto.stop();
    ({ log } = pluto);
  });

  it.each(PLUTO_VARIATIONS)('negotiate $title', (variation) => {
    proves('libreswan', 'responder', featuresOf(variation));
    const { index, children = 1 } = variation;
    const lines = linesOf(log, index);
    const group = outcome.result.groups[`v${index}`];
    expect(group?.failures, lines.join('\n')).toEqual({});
    expect(group?.negotiations).toMatchObject({ started: 1, succeeded: 1, failed: 0 });
    expect(lines.filter((line) => /IPsec SA established/.test(line))).toHaveLength(children);
    const logins = lines.filter((line) => line.includes('XAUTH: User alice: Authentication Successful'));
    expect(logins).toHaveLength(needsUser(variation) ? 1 : 0);
  });

  it('say in the end that they delete what they have', () => {
    proves('libreswan', 'responder', ['delete-ours']);
    for (const { index } of PLUTO_VARIATIONS) {
      expect(linesOf(log, index).join('\n')).toMatch(/received Delete SA(\(0x[0-9a-f]+\))? payload/);
    }
  });
});

describe('libreswan at ikestorm', () => {
  // Apart: at its start pluto wants port 500 of all addresses for a moment.
  const place = createWorkPlace('served');
  const clientPlace = createWorkPlace('pluto-variations');
  const gateways = { 'rsa-3072': '10.77.0.1', push: '10.77.0.2' } as const;
  const addressOf = (index: number): string => `10.77.1.${index + 1}`;
  let log: string;
  let counted: Record<string, unknown>[];

  beforeAll(async () => {
    clientPlace.namespace.connect(
      place.namespace,
      PLUTO_VARIATIONS.map(({ index }) => `${addressOf(index)}/16`),
      Object.values(gateways).map((address) => `${address}/16`),
    );
    const credentials = makeCredentials(place);
    const served = await Promise.all(
      (['rsa-3072', 'push'] as const).map((kind) => {
        const scenario = gatewayScenario(kind, PLUTO_VARIATIONS, credentials, gateways[kind]);
        return serve(place.namespace, place.folder(`serve-${kind}`), scenario);
      }),
    );
    const { client, authority } = credentials['rsa-3072'];
    const conf = plutoVariationsClientConf(
      addressOf,
      ({ configuration }) => (configuration === 'push' ? gateways.push : gateways['rsa-3072']),
      { own: client, trusted: [authority] },
    );
    const pluto = await Pluto.start(clientPlace.namespace, clientPlace.folder('client'), conf);
    for (const name of conf.names) await pluto.whack(['--initiate', '--asynchronous', '--name', name]);
    const isDone = ({ index }: { readonly index: number }): boolean =>
      linesOf(pluto.log, index).some((line) => /IPsec SA established|timeout exceeded/.test(line));
    await waitUntil('pluto knows what came of all', () => PLUTO_VARIATIONS.every(isDone)).catch(
      () => undefined,
    );
    await pluto.stop();
    ({ log } = pluto);
    counted = (await Promise.all(served.map((each) => each.stop()))).map(({ counters }) => counters);
  });

  it.each(PLUTO_VARIATIONS)('negotiates $title', (variation) => {
    // A connection of libreswan makes one child.
    const proven = featuresOf(variation).filter((feature) => feature !== 'several-children');
    proves('libreswan', 'initiator', proven);
    const lines = linesOf(log, variation.index);
    expect(lines.join('\n')).toMatch(/IPsec SA established tunnel mode/);
  });

  it('is counted by ikestorm, and deletes in the end what it has', () => {
    proves('libreswan', 'initiator', ['delete-theirs']);
    for (const each of counted) {
      expect(each).toMatchObject({ failures: {}, phase1Held: 0, childrenHeld: 0 });
    }
    expect(counted.map((each) => each['phase1Established'])).toEqual([PLUTO_VARIATIONS.length - 1, 1]);
  });
});
