/** The captures and key tables of a run, read by tshark. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PeersWanted, runScenario, type RunOutcome, stormScenario } from './ikestorm.ts';
import { startGateway } from './strongswan.ts';
import { type DissectedPacket, dissect } from './tshark.ts';
import { createWorkPlace } from './work-place.ts';

const COUNT = 10;
const ExchangeType = { main: 2, aggressive: 4, informational: 5, quickMode: 32 };
const PayloadType = { sa: 1, keyExchange: 4, identification: 5, hash: 8, nonce: 10 };

const STORIES: PeersWanted[] = [
  { count: COUNT, mode: 'main', runtime: 'memory' },
  { count: COUNT, mode: 'aggressive', runtime: 'memory', hasPfs: true, ike: '3des-sha1-modp1024' },
  { count: COUNT, mode: 'main', runtime: 'udp', hasPfs: true },
  { count: COUNT, mode: 'aggressive', runtime: 'udp' },
];

describe.each(STORIES)('the capture of a run in $mode mode over $runtime', (wanted) => {
  const place = createWorkPlace('capture');
  let outcome: RunOutcome;
  let packets: DissectedPacket[];
  let undecrypted: DissectedPacket[];

  beforeAll(async () => {
    const needsGateway = wanted.runtime === 'udp';
    const gateway = needsGateway ? await startGateway(place.namespace, place.folder('gateway')) : undefined;
    outcome = await runScenario(
      place.namespace,
      place.folder('run'),
      stormScenario({ ...wanted, spread: '1s' }),
    );
    await gateway?.stop();
    packets = await dissect(join(outcome.folder, 'capture.pcapng'), outcome.folder);
    undecrypted = await dissect(join(outcome.folder, 'capture.pcapng'), place.folder('no-keys'));
  });

  it('holds every message of every peer', () => {
    expect(outcome.result.negotiations.succeeded).toBe(COUNT);
    const phase1 =
      wanted.mode === 'main'
        ? { type: ExchangeType.main, messages: 6 }
        : { type: ExchangeType.aggressive, messages: 3 };
    expect(packets.filter(({ exchangeType }) => exchangeType === phase1.type)).toHaveLength(
      phase1.messages * COUNT,
    );
    expect(packets.filter(({ exchangeType }) => exchangeType === ExchangeType.quickMode)).toHaveLength(
      3 * COUNT,
    );
  });

  it('is well-formed throughout', () => {
    expect(packets.filter(({ isMalformed }) => isMalformed)).toEqual([]);
  });

  it('is decrypted with the keys beside it, and not without', () => {
    const quick = packets.filter(({ exchangeType }) => exchangeType === ExchangeType.quickMode);
    expect(quick.every(({ isEncrypted }) => isEncrypted)).toBe(true);
    const { hash, sa, nonce, identification, keyExchange } = PayloadType;
    const offers = quick.filter(({ payloadTypes }) => payloadTypes.includes(sa));
    expect(offers).toHaveLength(2 * COUNT);
    for (const { payloadTypes } of offers) {
      expect(payloadTypes.filter((type) => type === identification)).toHaveLength(2);
      expect(payloadTypes).toEqual(expect.arrayContaining([hash, sa, nonce]));
      expect(payloadTypes.includes(keyExchange)).toBe(wanted.hasPfs ?? false);
    }
    const proofs = quick.filter(({ payloadTypes }) => !payloadTypes.includes(sa));
    for (const { payloadTypes } of proofs) expect(payloadTypes).toEqual([hash]);
    const closed = undecrypted.filter(({ exchangeType }) => exchangeType === ExchangeType.quickMode);
    expect(closed).toHaveLength(3 * COUNT);
    for (const { payloadTypes } of closed) expect(payloadTypes).not.toContain(sa);
  });
});
