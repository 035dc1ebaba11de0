/** AH and bundles with IPComp between ikestorm, which runs neither, and strongSwan. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Protection } from '../../src/ike/protection-bundle.ts';
import {
  type PeersWanted,
  type RunOutcome,
  runScenario,
  serve,
  type Served,
  servedScenario,
  stormScenario,
} from './ikestorm.ts';
import { proves } from './proves.ts';
import {
  type ClientOutcome,
  connectWithStrongswan,
  type GatewayOptions,
  startGateway,
} from './strongswan.ts';
import { clientAt } from './strongswan-client.ts';
import { type ClientSettings, IPSEC_OF_KERNEL } from './strongswan-config.ts';
import { createWorkPlace } from './work-place.ts';

const COUNT = 5;
const BUNDLES: readonly Protection[] = ['ah+esp', 'esp+ipcomp'];

describe('a strongSwan client of ikestorm serve', () => {
  const place = createWorkPlace('protection-client');
  let served: Served | undefined;

  afterEach(() => served?.stop());

  async function connect(
    client: Partial<ClientSettings>,
    gateway: PeersWanted['gateway'] = {},
  ): Promise<ClientOutcome> {
    served = await serve(place.namespace, place.folder('serve'), servedScenario({ gateway }));
    return connectWithStrongswan(place.namespace, place.folder('client'), clientAt(served, client));
  }

  it('that offers AH is told NO-PROPOSAL-CHOSEN', async () => {
    proves('strongSwan', 'initiator', ['no-esp-proposal', 'ah-refused']);
    const { isEstablished, log, output } = await connect({ ah: 'sha256' });
    expect(isEstablished, output).toBe(false);
    expect(log).toContain('IKE_SA tunnel[1] established between');
    expect(log).toContain('received NO_PROPOSAL_CHOSEN error notify');
  });

  it('that offers ESP with IPComp and ESP alone gets ESP alone', async () => {
    proves('strongSwan', 'initiator', ['ipcomp-alternative']);
    const { log } = await connect({ childExtra: 'ipcomp = yes', charonExtra: IPSEC_OF_KERNEL });
    expect(log).toContain('peer did not accept our IPComp proposal, IPComp disabled');
    expect(log).toContain('selected proposal: ESP:AES_CBC_128/HMAC_SHA2_256_128');
  });

  it('gets in where the commit bit is set', async () => {
    proves('strongSwan', 'initiator', ['commit-bit']);
    const { isEstablished, log } = await connect({}, { 'commit-bit': true });
    expect(isEstablished, log).toBe(true);
  });

  it('that offers ESP with IPComp in an ESP that is not taken is told NO-PROPOSAL-CHOSEN', async () => {
    const ipcomp = { childExtra: 'ipcomp = yes', charonExtra: IPSEC_OF_KERNEL };
    const { isEstablished, log } = await connect({ ...ipcomp, esp: 'aes256-sha512' });
    expect(isEstablished).toBe(false);
    expect(log).toContain('received NO_PROPOSAL_CHOSEN error notify');
  });
});

describe('a strongSwan gateway', () => {
  const place = createWorkPlace('protection-gateway');

  async function run(protection: readonly Protection[], options: GatewayOptions = {}) {
    const gateway = await startGateway(place.namespace, place.folder('gateway'), options);
    const outcome: RunOutcome = await runScenario(
      place.namespace,
      place.folder('run'),
      stormScenario({ mode: 'main', count: COUNT, clients: { protection: [...protection] } }),
    );
    await gateway.stop();
    return { ...outcome, log: gateway.log };
  }

  it('takes ESP alone of an offer that begins with bundles', async () => {
    proves('strongSwan', 'responder', ['ipcomp-alternative']);
    const { result, log } = await run([...BUNDLES, 'ah', 'esp']);
    expect(result.failures).toEqual({});
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(log.match(/CHILD_SA site\{\d+\} established/g)).toHaveLength(COUNT);
  });

  it('refuses ESP that stands with AH only, since it has no bundles of them', async () => {
    const { result } = await run(['ah+esp']);
    expect(result.failures).toEqual({ 'no-proposal-chosen': COUNT });
  });

  it('refuses AH where it is configured for ESP', async () => {
    proves('strongSwan', 'responder', ['no-esp-proposal', 'ah-refused']);
    const { result } = await run(['ah']);
    expect(result.failures).toEqual({ 'no-proposal-chosen': COUNT });
  });

  it('that is configured for AH takes that, which ends the negotiation with a cause of its own', async () => {
    proves('strongSwan', 'responder', ['ah-chosen']);
    const { result, log } = await run(['esp', 'ah'], { ah: 'sha256' });
    expect(result.failures).toEqual({ 'protection-unsupported': COUNT });
    // INVALID-PROTOCOL-ID, which charon has no name for.
    expect(log.match(/received \(10\) error notify/g)).toHaveLength(COUNT);
    expect(log).not.toMatch(/CHILD_SA site\{\d+\} established/);
  });
});
