/**
 * `ikestorm serve` with a profile is taken for the device that the profile is of: by ike-scan, whose
 * patterns (ike-backoff-patterns, as installed) were measured on message 2 of main mode of the devices
 * themselves, and by comparison with strongSwan.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backoff, scanBackoff } from './ike-scan.ts';
import { serve, stormScenario } from './ikestorm.ts';
import { startGateway } from './strongswan.ts';
import { createWorkPlace, type WorkPlace } from './work-place.ts';

/** One that ike-scan asks for by itself. */
const IKE = '3des-sha1-modp1024';
const AGGRESSIVE_IDENTITY = 'scan.client.test';
const DEADLINE_MS = 300_000;

interface Case {
  readonly profile: string;
  /** As ike-scan names it; undefined for who is never heard again, like many others. */
  readonly implementation: string | undefined;
  readonly delaysS: readonly number[];
}

/** Schedules that end within half a minute; all are watched at the same time. */
const CASES: readonly Case[] = [
  { profile: 'solaris', implementation: 'Sun Solaris', delaysS: [0, 0.5, 1, 2, 4, 8] },
  { profile: 'cisco-vpn-3000', implementation: 'Cisco VPN Concentrator or PIX 7.0', delaysS: [0, 8, 8, 8] },
  { profile: 'cisco-pix-6.3', implementation: 'Cisco PIX 6.3', delaysS: [0, 5, 5, 5, 5, 5] },
  { profile: 'isakmpd', implementation: 'FreeBSD/OpenBSD-isakmpd', delaysS: [0, 7, 9, 11] },
];

describe.concurrent('ike-scan watches ikestorm serve repeat message 2 of main mode', () => {
  const place = createWorkPlace('profile');
  const seen = new Map<string, Backoff>();

  beforeAll(async () => {
    await Promise.all(
      CASES.map(async ({ profile, delaysS }, index) => {
        const backoff = await watchProfile(place, profile, {
          gatewayAddress: `127.30.0.${index + 1}`,
          // Long enough to see that nothing more comes.
          waitS: Math.max(...delaysS) + 2,
        });
        seen.set(profile, backoff);
      }),
    );
  }, DEADLINE_MS);

  it.each(CASES)('and takes profile $profile for $implementation', ({ profile, implementation, delaysS }) => {
    const backoff = seen.get(profile);
    expect(backoff?.implementation, backoff?.output).toBe(implementation);
    expect(roundedDelays(backoff)).toEqual(delaysS);
  });
});

describe.concurrent('profile strongswan-5.9 sends what strongSwan sends, as responder of', () => {
  const theirPlace = createWorkPlace('strongswan');
  const ourPlace = createWorkPlace('profile');
  const modes = [
    // Nothing is repeated: it takes a moment to be sure.
    { mode: 'main mode', options: { waitS: 12 }, delaysS: [0] },
    // Ends with the half-open timeout of 30 s, long before the tries do.
    {
      mode: 'aggressive mode',
      options: { waitS: 14, aggressiveIdentity: AGGRESSIVE_IDENTITY },
      delaysS: [0, 4, 7, 13],
    },
  ];
  const theirs = new Map<string, Backoff>();
  const ours = new Map<string, Backoff>();

  beforeAll(async () => {
    const charon = await startGateway(theirPlace.namespace, theirPlace.folder('gateway'), {
      ike: IKE,
      extra: 'half_open_timeout = 30',
    });
    await Promise.all(
      modes.flatMap(({ mode, options }, index) => [
        scanBackoff(theirPlace.namespace, { address: '127.0.0.1', port: 500, ...options }).then((backoff) =>
          theirs.set(mode, backoff),
        ),
        watchProfile(ourPlace, 'strongswan-5.9', {
          gatewayAddress: `127.30.0.${index + 1}`,
          ...options,
        }).then((backoff) => ours.set(mode, backoff)),
      ]),
    );
    await charon.stop();
  }, DEADLINE_MS);

  it.each(modes)('$mode', ({ mode, delaysS }) => {
    expect(roundedDelays(theirs.get(mode)), theirs.get(mode)?.output).toEqual(delaysS);
    expect(roundedDelays(ours.get(mode)), ours.get(mode)?.output).toEqual(delaysS);
  });
});

interface Watch {
  readonly gatewayAddress: string;
  readonly waitS: number;
  readonly aggressiveIdentity?: string;
}

/** Serves a gateway with the profile for as long as ike-scan listens to it. */
async function watchProfile(place: WorkPlace, profile: string, watch: Watch): Promise<Backoff> {
  const { gatewayAddress, ...options } = watch;
  const scenario = stormScenario({ mode: 'main', count: 1, gatewayAddress, ike: IKE });
  const { clients, gateway } = scenario.peers;
  if (clients === undefined || gateway === undefined) throw new Error('the scenario has other groups');
  const peers = { clients, gateway: { ...gateway, profile } };
  const served = await serve(place.namespace, place.folder(profile), { ...scenario, peers });
  try {
    return await scanBackoff(place.namespace, { ...served, ...options });
  } finally {
    await served.stop();
  }
}

/** To half a second below two seconds and whole seconds above. */
function roundedDelays(backoff: Backoff | undefined): number[] | undefined {
  return backoff?.delaysS.map((delay) => (delay < 1.8 ? Math.round(delay * 2) / 2 : Math.round(delay)));
}
