import { describe, expect, it } from 'vitest';
import { AUTHENTICATIONS, authenticationOfNumber } from '../../src/ike/authentication.ts';
import { totp as codeAt } from '../../src/ike/v1/totp.ts';
import { AuthenticationMethod, Group } from '../../src/ike/wire/numbers.ts';
import { asciiOctets } from '../../src/ike/wire/octets.ts';
import type { StartChart } from '../../src/peer/chart.ts';
import { startDirectChart } from '../../src/peer/interpreter/direct.ts';
import type { ClientAccessActor } from '../../src/peer/machine/client-access.machine.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { accessPair, alice, password, totp, type AccessSetup } from '../harness/access.ts';
import { fakeCertificates } from '../harness/fake-certificates.ts';
import { type Pair, suite } from '../harness/pair.ts';
import { aes128Sha256X25519 } from '../harness/policy.ts';

const methods = AUTHENTICATIONS.filter((name) => /xauth|hybrid/.test(name));
const modes = ['main', 'aggressive'] as const;
const cases = methods.flatMap((method) => modes.map((mode) => [method, mode] as const));

function expectNobodyIn(pair: Pair): void {
  for (const peer of [pair.initiator, pair.responder]) {
    expect([peer.phase1Count, peer.childCount]).toEqual([0, 0]);
  }
  expect(pair.armedTimers).toHaveLength(0);
}

describe('a user who logs in', () => {
  it.each(cases)('is let in with %s in %s mode', (authentication, mode) => {
    const pair = accessPair({ authentication, initiator: { mode } }).connect().run();
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.childKeys('initiator')).toEqual(pair.childKeys('responder'));
    expect(pair.childKeys('initiator')).toHaveLength(2);
    // REQUEST, REPLY, SET, ACK beside phase 1 and quick mode.
    expect(pair.sent).toHaveLength((mode === 'main' ? 9 : 6) + 4);
    expect(pair.factsOf('dropped')).toEqual([]);
    expect(pair.factsOf('responder.failed')).toEqual([]);
  });

  it('costs two round trips, one of which the client can time', () => {
    const pair = accessPair().connect().run();
    expect(pair.factsOf('round-trip').map((fact) => fact.name)).toEqual([
      'main-1',
      'main-3',
      'main-5',
      'xauth-1',
      'quick-1',
    ]);
    // Phase 1 takes 30 ms, the gateway's request comes with its last message, quick mode ends at the client.
    expect(pair.factsOf('negotiation.succeeded')).toMatchObject([{ finishedNs: 50_000_000, firstTry: true }]);
  });

  it('may stop there without child SAs', () => {
    const pair = accessPair({ initiator: { children: 0 } })
      .connect()
      .run();
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.initiator.phase1Count).toBe(1);
  });

  it.each([
    { cipher: '3des-cbc', keyBits: 192, hash: 'md5', group: Group.modp1024 },
    { ...aes128Sha256X25519, keyBits: 256, hash: 'sha512' },
  ] as const)('is let in with $cipher, $hash too', (transform) => {
    const ike = [transform];
    expect(accessPair({ initiator: { ike }, responder: { ike } }).connect().run().hasSucceeded).toBe(true);
  });

  it('may type the code of a token instead of a password, or both', () => {
    for (const secret of [{ totp }, { password, totp }]) {
      expect(accessPair({ secret }).connect().run().hasSucceeded).toBe(true);
    }
  });

  it('may type the code where a password is asked for', () => {
    const xauth = { server: { users: () => ({ totp }), factors: ['password'] as const } };
    expect(accessPair({ secret: { totp }, responder: { xauth } }).connect().run().hasSucceeded).toBe(true);
  });

  it.each([
    [0, true],
    [29_000, true],
    [-29_000, true],
    [61_000, false],
    [-61_000, false],
  ])('with a clock that is wrong by %i ms: let in is %s', (skewMs, isLetIn) => {
    const epochMs = 1_700_000_010_000;
    const pair = accessPair({
      secret: { totp },
      initiatorEpochMs: epochMs + skewMs,
      responderEpochMs: epochMs,
    });
    pair.connect().run();
    expect(pair.hasSucceeded).toBe(isLetIn);
    expect(pair.failureCause).toBe(isLetIn ? undefined : 'xauth-failed');
  });

  it('reads a message and need not answer it', () => {
    const xauth = {
      server: {
        users: () => ({ password }),
        factors: ['password'] as const,
        message: asciiOctets('Welcome'),
      },
    };
    expect(accessPair({ responder: { xauth } }).connect().run().hasSucceeded).toBe(true);
  });

  it('logs in again when phase 1 is replaced, and child SAs change over', () => {
    const rekey = { marginNs: 5 * NS_PER_S, fuzz: 0 };
    const pair = accessPair({ initiator: { rekey, ikeLifetimeS: 30 } });
    const transactions = () => pair.sent.filter(({ octets }) => octets[18] === 6).length;
    pair.connect().run(10 * NS_PER_S);
    const atFirst = transactions();
    pair.run(29 * NS_PER_S);
    expect(pair.factsOf('lifecycle', 'initiator').map((fact) => fact.event)).toEqual(['phase1-rekeyed']);
    for (const peer of [pair.initiator, pair.responder]) {
      expect([peer.phase1Count, peer.childCount]).toEqual([1, 1]);
    }
    expect(atFirst).toBeGreaterThan(0);
    expect(transactions()).toBe(2 * atFirst);
    expect(pair.factsOf('round-trip').filter((fact) => fact.name === 'xauth-1')).toHaveLength(1);
  });
});

describe('a user who is not let in', () => {
  const wrong: [string, AccessSetup][] = [
    ['a wrong password', { knownSecret: { password: asciiOctets('looking-glass') } }],
    ['a wrong code', { secret: { totp: { ...totp, key: alice } }, knownSecret: { totp } }],
    ['a password without the code', { secret: { password }, knownSecret: { password, totp } }],
    [
      'a name that nobody has',
      { responder: { xauth: { server: { users: () => undefined, factors: ['password'] } } } },
    ],
    ['a gateway without users', { responder: { xauth: {} } }],
    ['no credentials', { initiator: { xauth: {} } }],
  ];
  it.each(wrong)('%s: xauth-failed, and the SA is deleted at both ends', (_name, setup) => {
    const pair = accessPair(setup).connect().run();
    expect(pair.failureCause).toBe('xauth-failed');
    expect(pair.factsOf('responder.failed').map((fact) => fact.cause)).toEqual(['xauth-failed']);
    expectNobodyIn(pair);
  });

  it.each(cases)('with %s in %s mode by a wrong password', (authentication, mode) => {
    const setup = { authentication, initiator: { mode }, knownSecret: { password: alice } } as const;
    expect(accessPair(setup).connect().run().failureCause).toBe('xauth-failed');
  });

  it('may try again', () => {
    const pair = accessPair({ knownSecret: { password: alice } })
      .connect(1)
      .run();
    pair.connect(2).run();
    expect(pair.factsOf('negotiation.failed').map((fact) => fact.negotiation)).toEqual([1, 2]);
    expectNobodyIn(pair);
  });

  it('does not get past the login by skipping it', () => {
    const startChart: StartChart = (machine, actor) =>
      machine.id === 'client-access' ? letIn(actor as ClientAccessActor) : startDirectChart(machine, actor);
    const pair = accessPair({ startChart }).connect().run();
    expect(pair.failureCause).toBe('authentication-failed');
    expect(pair.factsOf('responder.failed')).toMatchObject([{ cause: 'authentication-failed' }]);
    expect(pair.factsOf('responder.phase2.established')).toEqual([]);
    expectNobodyIn(pair);
  });

  it('gives up when the gateway says nothing, as the gateway does when nobody answers', () => {
    const pair = accessPair({ wire: (datagram) => (datagram.index < 6 ? [datagram] : []) });
    expect(pair.connect().run().failureCause).toBe('timeout-xauth');
    expect(pair.factsOf('responder.failed').map((fact) => fact.cause)).toEqual(['timeout-xauth']);
    expectNobodyIn(pair);
  });

  it('learns that the gateway has given up', () => {
    const pair = accessPair({ wire: (datagram) => (isTransaction(datagram.octets) ? [] : [datagram]) });
    expect(pair.connect().run().failureCause).toBe('deleted-by-peer');
    expectNobodyIn(pair);
  });

  it('is refused at once where the gateway does not want the method', () => {
    const responder = { acceptedAuthentications: ['pre-shared-key'] as const };
    expect(accessPair({ responder }).connect().run().failureCause).toBe('no-proposal-chosen');
  });

  it('is refused by a wrong group key before the login', () => {
    const pair = accessPair({ responderKey: 'another' }).connect().run();
    expect(pair.failureCause).toBe('authentication-failed');
    expect(pair.sent.some(({ octets }) => isTransaction(octets))).toBe(false);
  });

  it('refuses a gateway that it does not believe, before it says its password', () => {
    const initiatorCertificates = fakeCertificates({ believed: ['another'] });
    const pair = accessPair({ authentication: 'hybrid-rsa-signature', initiatorCertificates });
    expect(pair.connect().run().failureCause).toBe('certificate-untrusted');
    expect(pair.sent.some(({ octets, fromInitiator }) => fromInitiator && isTransaction(octets))).toBe(false);
  });
});

/** A chart of a client that acts as if it had logged in. */
function letIn(actor: ClientAccessActor): ReturnType<StartChart> {
  return { state: 'open', send: ({ type }) => void (type === 'login.expected' && actor.grant()) };
}

it('methods in which the responder is the user are none of ours', () => {
  const { xauthRespPreSharedKey, xauthRespRsaSignature, hybridRespRsaSignature } = AuthenticationMethod;
  const numbers = [xauthRespPreSharedKey, xauthRespRsaSignature, hybridRespRsaSignature];
  expect(numbers).toEqual([65_002, 65_006, 64_222]);
  expect(numbers.map(authenticationOfNumber)).toEqual([undefined, undefined, undefined]);
  expect([65_001, 65_005, 64_221].map(authenticationOfNumber)).toEqual(methods);
});

function isTransaction(octets: Uint8Array): boolean {
  return octets[18] === 6;
}

it('codes are of the time at which they are asked for', () => {
  const epochMs = 1_700_000_010_000;
  const pair = accessPair({ secret: { totp }, initiatorEpochMs: epochMs, responderEpochMs: epochMs });
  pair.nowNs = 3_600 * NS_PER_S;
  expect(pair.connect().run().hasSucceeded).toBe(true);
  expect(codeAt(suite, totp, epochMs)).not.toEqual(codeAt(suite, totp, epochMs + 3_600_000));
});
