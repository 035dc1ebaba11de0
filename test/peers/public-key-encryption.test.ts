/**
 * Public key encryption as other people's tools see it: no real peer at hand has it, but ike-scan knows
 * the methods by number, and tshark reads the messages and decrypts what follows the key exchange.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { scan } from './ike-scan.ts';
import { runScenario, serve, type PeersWanted, type Served, stormScenario } from './ikestorm.ts';
import { type DissectedPacket, dissect } from './tshark.ts';
import { createWorkPlace } from './work-place.ts';

const METHODS = [
  { method: 'public-key-encryption', number: 4, name: 'RSA_Enc' },
  { method: 'revised-public-key-encryption', number: 5, name: 'RSA_RevEnc' },
] as const;
type Method = (typeof METHODS)[number]['method'];

const COUNT = 6;
const ExchangeType = { main: 2, aggressive: 4, quickMode: 32 };
const PayloadType = { sa: 1, keyExchange: 4, identification: 5, hash: 8, nonce: 10 };

function encryptingScenario(method: Method, wanted: PeersWanted): ScenarioInput {
  const keys = { authentication: method, certificate: { authority: 'lab' } } as const;
  const scenario = stormScenario({
    ...wanted,
    clients: { ...keys, ...wanted.clients },
    gateway: { ...keys, identity: 'gate.test', ...wanted.gateway },
  });
  return { ...scenario, authorities: { lab: { key: 'rsa-2048', 'shared-keys': 2 } } };
}

describe.each(METHODS)('ike-scan finds ikestorm serve with $method', ({ method, number, name }) => {
  const place = createWorkPlace('scan-encryption');
  const transform = { cipher: 7, keyBits: 128, hash: 4, authentication: number, group: 14 };
  let served: Served;

  beforeAll(async () => {
    const ports = ['--port', '10500', '--nat-port', '10501'];
    const scenario = encryptingScenario(method, { mode: 'main', count: 2 });
    served = await serve(place.namespace, place.folder('serve'), scenario, ports);
  });

  afterAll(() => served.stop());

  it('as a main mode responder', async () => {
    const answer = await scan(place.namespace, { ...served, transform });
    expect(answer.handshake, answer.line).toBe('Main Mode');
    expect(answer.transform?.split(' ')).toContain(`Auth=${name}`);
  });

  it('as an aggressive mode responder that does not let on that nothing was encrypted', async () => {
    const answer = await scan(place.namespace, { ...served, transform, aggressiveIdentity: 'scan.test' });
    expect(answer.handshake, answer.line).toBe('Aggressive Mode');
    expect(answer.transform?.split(' ')).toContain(`Auth=${name}`);
  });

  it('and is refused with the other method', async () => {
    const answer = await scan(place.namespace, {
      ...served,
      transform: { ...transform, authentication: 9 - number },
    });
    expect(answer.notification, answer.line).toBe('14 (NO-PROPOSAL-CHOSEN)');
  });
});

describe.each(['main', 'aggressive'] as const)('tshark reads public key encryption in %s mode', (mode) => {
  const place = createWorkPlace('capture-encryption');
  let packets: DissectedPacket[];

  beforeAll(async () => {
    const scenario = encryptingScenario('public-key-encryption', { mode, count: COUNT, runtime: 'memory' });
    const outcome = await runScenario(place.namespace, place.folder('run'), scenario);
    expect(outcome.result.negotiations.succeeded).toBe(COUNT);
    packets = await dissect(join(outcome.folder, 'capture.pcapng'), outcome.folder);
  });

  it('as well-formed messages', () => {
    expect(packets.filter(({ isMalformed }) => isMalformed)).toEqual([]);
  });

  it('and decrypts HASH and what comes after phase 1 with the keys of the run', () => {
    const phase1 = packets.filter(({ exchangeType }) => exchangeType === ExchangeType[mode]);
    const proofs = phase1.filter(({ isEncrypted }) => isEncrypted);
    expect(proofs.length).toBeGreaterThanOrEqual(mode === 'main' ? 2 * COUNT : COUNT);
    for (const { payloadTypes } of proofs) expect(payloadTypes[0]).toBe(PayloadType.hash);
    const contributions = phase1.filter(({ payloadTypes }) => payloadTypes.includes(PayloadType.nonce));
    for (const { payloadTypes } of contributions) {
      const { keyExchange, identification, nonce } = PayloadType;
      expect(payloadTypes).toEqual(expect.arrayContaining([keyExchange, identification, nonce]));
    }
    const quick = packets.filter(({ exchangeType }) => exchangeType === ExchangeType.quickMode);
    expect(quick.filter(({ payloadTypes }) => payloadTypes.includes(PayloadType.sa))).toHaveLength(2 * COUNT);
  });
});
