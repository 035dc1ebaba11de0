/** AH, bundles with IPComp, and the commit bit between ikestorm, which runs neither AH nor IPComp, and libreswan. */
import { describe, expect, it } from 'vitest';
import type { Protection } from '../../src/ike/protection-bundle.ts';
import type { FailureCause } from '../../src/peer/fact.ts';
import type { FeatureId } from '../proof/feature.ts';
import { runScenario, serve, servedScenario, stormScenario } from './ikestorm.ts';
import { connectWithLibreswan, startPlutoGateway } from './libreswan.ts';
import { PLUTO_CLIENT_IDENTITY, type PlutoGatewaySettings } from './libreswan-config.ts';
import { proves } from './proves.ts';
import { openWorkPlace } from './work-place.ts';

const COUNT = 3;
const AH = { ah: 'sha2_256' };
const COMPRESSES = { more: ['compress=yes'] };

describe.concurrent('hosts of ikestorm at libreswan', () => {
  interface Story {
    readonly title: string;
    readonly proven: readonly FeatureId[];
    readonly protection: readonly Protection[];
    readonly pluto?: PlutoGatewaySettings;
    readonly cause?: FailureCause;
  }
  const stories: readonly Story[] = [
    {
      title: 'that offer AH where it is configured for ESP are refused',
      proven: ['ah-refused'],
      protection: ['ah'],
      cause: 'no-proposal-chosen',
    },
    {
      title: 'that offer AH where it is configured for that say that they do not run it',
      proven: ['ah-chosen'],
      protection: ['esp', 'ah'],
      pluto: AH,
      cause: 'protection-unsupported',
    },
    {
      title: 'that offer ESP alone before ESP with IPComp get ESP alone',
      proven: ['ipcomp-alternative'],
      protection: ['esp', 'esp+ipcomp'],
    },
    {
      // It does not look at what else is offered.
      title: 'that offer ESP with IPComp first are refused where it does not compress',
      proven: [],
      protection: ['esp+ipcomp', 'esp'],
      cause: 'no-proposal-chosen',
    },
    {
      title: 'that offer ESP with IPComp where it compresses say that they do not run it',
      proven: ['ipcomp-chosen'],
      protection: ['esp+ipcomp'],
      pluto: COMPRESSES,
      cause: 'protection-unsupported',
    },
  ];

  it.for(stories)('$title', async ({ proven, protection, pluto: settings, cause }, context) => {
    proves('libreswan', 'responder', proven);
    const place = openWorkPlace('pluto-protection', context);
    const pluto = await startPlutoGateway(place.namespace, place.folder('gateway'), settings);
    const scenario = stormScenario({
      mode: 'main',
      count: COUNT,
      identity: PLUTO_CLIENT_IDENTITY,
      clients: { protection: [...protection], retransmit: { first: '500ms', factor: 1.5, tries: 4 } },
    });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    expect(result.failures, pluto.log.slice(-3000)).toEqual(cause === undefined ? {} : { [cause]: COUNT });
    expect(result.negotiations.succeeded).toBe(cause === undefined ? COUNT : 0);
  });
});

describe.concurrent('a libreswan client of ikestorm', () => {
  const [address, gatewayAddress] = ['10.77.0.2', '10.77.0.1'];

  it.for([
    { title: 'that offers AH is refused', proven: ['ah-refused'], pluto: AH, isIn: false },
    { title: 'that offers ESP with IPComp only is refused', proven: [], pluto: COMPRESSES, isIn: false },
    { title: 'gets in where the commit bit is set', proven: ['commit-bit'], pluto: {}, isIn: true },
  ] as const)('$title', async ({ proven, pluto, isIn }, context) => {
    proves('libreswan', 'initiator', proven);
    const ours = openWorkPlace('served', context);
    const theirs = openWorkPlace('pluto-protection', context);
    theirs.namespace.connect(ours.namespace, [`${address}/24`], [`${gatewayAddress}/24`]);
    const scenario = servedScenario({ gatewayAddress, gateway: { 'commit-bit': isIn } });
    const served = await serve(ours.namespace, ours.folder('serve'), scenario);
    const { children, log } = await connectWithLibreswan(theirs.namespace, theirs.folder('client'), {
      mode: 'main',
      address,
      gatewayAddress,
      identity: 'swan.test',
      localNetwork: '10.79.3.0/24',
      ...pluto,
      ...(!isIn && { patienceMs: 3000 }),
    });
    const { counters } = await served.stop();
    expect(children, log.slice(-3000)).toHaveLength(isIn ? 1 : 0);
    if (!isIn) expect(log).toContain('NO_PROPOSAL_CHOSEN');
    expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: isIn ? 1 : 0 });
  });
});
