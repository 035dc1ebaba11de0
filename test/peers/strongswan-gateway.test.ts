/** ikestorm's peers against strongSwan as the gateway: everybody gets in, and both ends have the same keys. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KeyRecord } from '../../src/export/key-record.ts';
import { type LoggedSa, parseCharonLog } from './charon-log.ts';
import { type PeersWanted, readKeys, runScenario, type RunOutcome, stormScenario } from './ikestorm.ts';
import { proves } from './proves.ts';
import { startGateway } from './strongswan.ts';
import { createWorkPlace } from './work-place.ts';

const PEERS = 200;
type Phase1Record = KeyRecord & { type: 'phase1' };
type ChildRecord = KeyRecord & { type: 'child' };

interface Story extends PeersWanted {
  readonly title: string;
  /** Peers and gateway in two namespaces with a cable between them, because both want port 500 of all addresses. */
  readonly isApart?: boolean;
}

const STORIES: Story[] = [
  { title: 'main mode', mode: 'main', count: PEERS, spread: '2s' },
  { title: 'main mode with PFS', mode: 'main', hasPfs: true, count: PEERS, spread: '2s' },
  { title: 'aggressive mode', mode: 'aggressive', count: PEERS, spread: '2s' },
  { title: 'aggressive mode with PFS', mode: 'aggressive', hasPfs: true, count: PEERS, spread: '2s' },
  {
    title: 'main mode from port 500, floating to 4500',
    mode: 'main',
    count: 20,
    port: 500,
    addresses: '10.77.1.1-10.77.1.20',
    gatewayAddress: '10.77.0.1',
    isApart: true,
  },
  {
    title: 'main mode over IPv6',
    mode: 'main',
    count: 15,
    addresses: 'fd77::1:1-fd77::1:f',
    gatewayAddress: 'fd77::1',
    isApart: true,
  },
  {
    title: 'ECP and AES-GCM',
    mode: 'main',
    count: 20,
    ike: 'aes256-sha384-ecp384',
    esp: 'aes256gcm16-ecp256',
  },
  {
    title: '3DES, MD5 and group 2',
    mode: 'aggressive',
    count: 20,
    ike: '3des-md5-modp1024',
    esp: '3des-sha1',
  },
];

describe('two runs with the same seed against the same gateway', () => {
  const place = createWorkPlace('again');

  it('both succeed at the first try', async () => {
    await startGateway(place.namespace, place.folder('gateway'));
    const scenario = stormScenario({ mode: 'main', count: 3 });
    for (const name of ['first', 'second']) {
      const { result } = await runScenario(place.namespace, place.folder(name), scenario);
      expect(result.negotiations).toMatchObject({ succeeded: 3, firstTry: 3 });
    }
  });
});

describe.each(STORIES)('$count peers in $title', (story) => {
  const place = createWorkPlace('gateway');
  const clientPlace = story.isApart === true ? createWorkPlace('clients') : place;
  let outcome: RunOutcome;
  let logged: Map<string, LoggedSa>;

  beforeAll(async () => {
    const gateway = await startGateway(place.namespace, place.folder('gateway'), {
      logsKeys: true,
      ...(story.ike === undefined ? {} : { ike: story.ike }),
      ...(story.esp === undefined ? {} : { esp: story.esp }),
    });
    const clients = clientPlace.namespace;
    if (clients !== place.namespace) {
      const numbers = Array.from({ length: story.count }, (_, index) => index + 1);
      const own = numbers.flatMap((number) => [`10.77.1.${number}/16`, `fd77::1:${number.toString(16)}/64`]);
      clients.connect(place.namespace, own, ['10.77.0.1/16', 'fd77::1/64']);
    }
    outcome = await runScenario(clients, place.folder('run'), stormScenario(story));
    await gateway.stop();
    logged = parseCharonLog(gateway.log, 'responder');
  });

  it('all succeed', () => {
    proves('strongSwan', 'responder', story.gatewayAddress?.includes(':') === true ? ['ipv6'] : []);
    expect(outcome.result.failures).toEqual({});
    expect(outcome.result.negotiations).toMatchObject({
      started: story.count,
      succeeded: story.count,
      failed: 0,
    });
    expect([outcome.code, outcome.result.verdict]).toEqual([0, 'pass']);
  });

  it('are seen by strongSwan in the same number', () => {
    expect([...logged.values()].filter(({ children }) => children.length === 2)).toHaveLength(story.count);
  });

  it('have the keys of phase 1 that strongSwan has', () => {
    const records = readKeys(outcome.folder).filter(
      (record): record is Phase1Record => record.type === 'phase1',
    );
    expect(records).toHaveLength(story.count);
    for (const record of records) {
      const secrets = logged.get(record.initiatorCookie)?.secrets;
      expect({
        skeyid: record.skeyid,
        skeyidD: record.skeyidD,
        skeyidA: record.skeyidA,
        skeyidE: record.skeyidE,
        cipherKey: record.cipherKey,
      }).toEqual({
        skeyid: secrets?.get('SKEYID'),
        skeyidD: secrets?.get('SKEYID_d'),
        skeyidA: secrets?.get('SKEYID_a'),
        skeyidE: secrets?.get('SKEYID_e'),
        cipherKey: secrets?.get('encryption_key_Ka'),
      });
    }
  });

  it('have the keys of the child SAs that strongSwan has', () => {
    proves('strongSwan', 'responder', ['equal-keys']);
    const records = readKeys(outcome.folder).filter(
      (record): record is ChildRecord => record.type === 'child',
    );
    expect(records).toHaveLength(story.count);
    for (const { initiatorCookie, children } of records) {
      const ours = children.map(({ spi, encryptionKey, integrityKey }) => ({
        spi,
        encryptionKey,
        integrityKey,
      }));
      const theirs = (logged.get(initiatorCookie)?.children ?? []).map(
        ({ spi, encryptionKey, integrityKey }) => ({ spi, encryptionKey, integrityKey }),
      );
      expect(ours).toHaveLength(2);
      expect(ours).toEqual(expect.arrayContaining(theirs));
      expect(theirs).toHaveLength(2);
    }
  });
});

describe('the example scenarios for a real gateway', () => {
  const place = createWorkPlace('example');

  it.each(['real-gateway-main', 'real-gateway-aggressive'])('%s: everybody gets in', async (name) => {
    const gateway = await startGateway(place.namespace, place.folder('gateway'));
    const file = fileURLToPath(new URL(`../../scenarios/${name}.yaml`, import.meta.url));
    const { result } = await runScenario(place.namespace, place.folder('run'), file);
    await gateway.stop();
    expect(result.failures).toEqual({});
    expect(result.negotiations).toMatchObject({ started: 100, succeeded: 100 });
  });
});
