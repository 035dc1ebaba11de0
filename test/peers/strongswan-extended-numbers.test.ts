/** Extended sequence numbers agreed on with strongSwan, whose ESP in user space then does not run them. */
import { afterEach, describe, expect, it } from 'vitest';
import { runScenario, serve, type Served, stormScenario } from './ikestorm.ts';
import { proves } from './proves.ts';
import { connectWithStrongswan, startGateway } from './strongswan.ts';
import { clientAt } from './strongswan-client.ts';
import { GATEWAY_IDENTITY } from './strongswan-config.ts';
import { createWorkPlace } from './work-place.ts';

const COUNT = 3;
const EXTENDED = 'aes128-sha256-esn';
const CHOSEN = 'selected proposal: ESP:AES_CBC_128/HMAC_SHA2_256_128/EXT_SEQ';
/** charon has agreed, and finds only then that it cannot. */
const NOT_RUN = 'IPsec SA: ESN not supported';

describe('a strongSwan gateway', () => {
  const place = createWorkPlace('extended-gateway');

  async function run(gatewayEsp: string, ownEsp: string) {
    const gateway = await startGateway(place.namespace, place.folder('gateway'), { esp: gatewayEsp });
    const scenario = stormScenario({ mode: 'main', esp: ownEsp, count: COUNT });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    await gateway.stop();
    return { result, log: gateway.log };
  }

  it('chooses extended sequence numbers, and the hosts take them', async () => {
    proves('strongSwan', 'responder', ['esp-esn']);
    const { result, log } = await run(EXTENDED, EXTENDED);
    expect(result.failures).toEqual({});
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(log.split(CHOSEN)).toHaveLength(COUNT + 1);
    expect(log).toContain(NOT_RUN);
  });

  it.each([
    ['that it does not have', 'aes128-sha256', EXTENDED],
    ['that the hosts do not offer', EXTENDED, 'aes128-sha256'],
  ])('refuses what differs in extended sequence numbers %s', async (_what, gatewayEsp, ownEsp) => {
    const { result } = await run(gatewayEsp, ownEsp);
    expect(result.failures).toEqual({ 'no-proposal-chosen': COUNT });
  });
});

describe('a strongSwan client of ikestorm serve', () => {
  const place = createWorkPlace('extended-client');
  let served: Served | undefined;

  afterEach(() => served?.stop());

  async function connect(ownEsp: string, clientEsp: string): Promise<string> {
    const gateway = { identity: GATEWAY_IDENTITY };
    const scenario = stormScenario({ mode: 'main', count: 1, esp: ownEsp, gateway });
    served = await serve(place.namespace, place.folder('serve'), scenario);
    const client = clientAt(served, { esp: clientEsp });
    const { log } = await connectWithStrongswan(place.namespace, place.folder('client'), client);
    return log;
  }

  it('gets the extended sequence numbers that it offers', async () => {
    proves('strongSwan', 'initiator', ['esp-esn']);
    const log = await connect(EXTENDED, EXTENDED);
    expect(log).toContain(CHOSEN);
    expect(log).toContain(NOT_RUN);
  });

  it.each([
    ['offers them to a gateway that has none', 'aes128-sha256', EXTENDED],
    ['offers none to a gateway that wants them', EXTENDED, 'aes128-sha256'],
  ])('is told NO-PROPOSAL-CHOSEN when it %s', async (_what, ownEsp, clientEsp) => {
    expect(await connect(ownEsp, clientEsp)).toContain('received NO_PROPOSAL_CHOSEN error notify');
  });
});
