import { describe, expect, it } from 'vitest';
import type { EspTransform, IkeTransform } from '../../src/peer/policy.ts';
import { Group } from '../../src/ike/wire/numbers.ts';
import type { ChildKeys } from '../../src/peer/fact.ts';
import { Pair } from '../harness/pair.ts';
import { aes128Sha256X25519, endpoint, espAes128Sha256, subnet } from '../harness/policy.ts';

/** Both ends came to the same keys, which the wire never carried. */
function expectAgreement(pair: Pair): void {
  expect(pair.failureCause).toBeUndefined();
  expect(pair.hasSucceeded).toBe(true);
  expect(pair.phase1Keys('initiator')).toEqual(pair.phase1Keys('responder'));
  expect(withoutAddresses(pair.childKeys('initiator'))).toEqual(
    withoutAddresses(pair.childKeys('responder')),
  );
  expect(pair.childKeys('initiator').length).toBeGreaterThanOrEqual(2);
}

/** A NAT shows each end another address. */
function withoutAddresses(keys: readonly ChildKeys[]) {
  return keys.map(({ source: _source, destination: _destination, ...rest }) => rest);
}

describe('a negotiation on a good network', () => {
  it('takes nine messages in main mode', () => {
    const pair = new Pair().connect().run();
    expectAgreement(pair);
    expect(pair.sent).toHaveLength(9);
    expect(pair.initiator.phase1Count).toBe(1);
    expect(pair.responder.childCount).toBe(1);
  });

  it('takes six messages in aggressive mode', () => {
    const pair = new Pair({ initiator: { mode: 'aggressive' } }).connect().run();
    expectAgreement(pair);
    expect(pair.sent).toHaveLength(6);
  });

  it('records phase times and round trips once each', () => {
    const pair = new Pair().connect().run();
    expect(pair.factsOf('round-trip').map((fact) => fact.name)).toEqual([
      'main-1',
      'main-3',
      'main-5',
      'quick-1',
    ]);
    expect(pair.factsOf('phase1.established')).toHaveLength(1);
    expect(pair.factsOf('phase2.established')).toHaveLength(1);
    const [success] = pair.factsOf('negotiation.succeeded');
    // Four round trips of 10 ms; the last message needs no answer.
    expect(success).toMatchObject({ startedNs: 0, finishedNs: 40_000_000, firstTry: true });
  });

  const hashes = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;
  const groups = Object.values(Group);
  const transforms: IkeTransform[] = [
    ...hashes.map((hash) => ({ ...aes128Sha256X25519, hash })),
    ...groups.map((group) => ({ ...aes128Sha256X25519, group })),
    { ...aes128Sha256X25519, keyBits: 192 },
    { ...aes128Sha256X25519, keyBits: 256, hash: 'sha1' },
    { ...aes128Sha256X25519, keyBits: 256, hash: 'md5' },
    { cipher: '3des-cbc', keyBits: 192, hash: 'sha1', group: Group.modp1024 },
    { cipher: '3des-cbc', keyBits: 192, hash: 'md5', group: Group.modp768 },
  ];
  it.each(transforms)('agrees on $cipher $keyBits, $hash, group $group in both modes', (transform) => {
    for (const mode of ['main', 'aggressive'] as const) {
      const ike = [transform];
      expectAgreement(new Pair({ initiator: { ike, mode }, responder: { ike } }).connect().run());
    }
  });

  const espTransforms: EspTransform[] = [
    espAes128Sha256,
    { encryption: 'aes-cbc', keyBits: 256, integrity: 'sha512' },
    { encryption: 'aes-cbc', keyBits: 192, integrity: 'md5' },
    { encryption: '3des-cbc', keyBits: 192, integrity: 'sha1' },
    { encryption: 'aes-gcm16', keyBits: 256 },
    { encryption: 'null', keyBits: 0, integrity: 'sha384' },
    { ...espAes128Sha256, group: Group.modp2048 },
    { ...espAes128Sha256, group: Group.ecp256 },
    { encryption: 'aes-gcm16', keyBits: 128, group: Group.x25519 },
  ];
  it.each(espTransforms)('derives keys for $encryption $keyBits $integrity, PFS $group', (transform) => {
    const esp = [transform];
    expectAgreement(new Pair({ initiator: { esp }, responder: { esp } }).connect().run());
  });

  it('sets up several child SAs under one phase 1, each with keys of its own', () => {
    const pair = new Pair({ initiator: { children: 3 } }).connect().run();
    expectAgreement(pair);
    const keys = pair.childKeys('initiator').map((child) => child.encryptionKey.join());
    expect(new Set(keys).size).toBe(6);
    expect(pair.factsOf('negotiation.succeeded')).toHaveLength(1);
    expect(pair.factsOf('phase1.established')).toHaveLength(1);
  });

  it('can stop at phase 1', () => {
    const pair = new Pair({ initiator: { children: 0 } }).connect().run();
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.sent).toHaveLength(6);
  });

  it('derives fresh keys with each PFS group exchange', () => {
    const esp = [{ ...espAes128Sha256, group: Group.x25519 }];
    const pair = new Pair({ initiator: { esp, children: 2 }, responder: { esp } }).connect().run();
    expectAgreement(pair);
  });

  it('takes the first of several choices that the responder accepts', () => {
    const modp: IkeTransform = { ...aes128Sha256X25519, group: Group.modp2048 };
    const pair = new Pair({
      initiator: { ike: [{ ...modp, keyBits: 256 }, modp, aes128Sha256X25519] },
      responder: { ike: [aes128Sha256X25519, modp] },
    })
      .connect()
      .run();
    expectAgreement(pair);
    // Message 4 carries the 256 octets of a MODP-2048 value.
    expect(pair.sent[3]?.octets.length).toBeGreaterThan(256);
  });

  it('protects the networks that both policies allow', () => {
    const pair = new Pair({
      initiator: { localSelector: subnet('10.1.0.0/16'), remoteSelector: subnet('10.78.0.0/24') },
      responder: { localSelector: subnet('10.78.0.0/16') },
    })
      .connect()
      .run();
    expectAgreement(pair);
  });

  it('works in transport mode without ID payloads, from host to host', () => {
    const changes = { encapsulation: 'transport' } as const;
    expectAgreement(new Pair({ initiator: changes, responder: changes }).connect().run());
  });
});

describe('NAT traversal', () => {
  const behindNat = (port: number) =>
    new Pair({
      translate: (at, fromInitiator) => {
        // The NAT shows another address; answers find their way back.
        if (fromInitiator && at.address === '10.0.0.1')
          return endpoint('192.0.2.7', at.port === 500 ? port : port + 1);
        if (!fromInitiator && at.address === '192.0.2.7')
          return endpoint('10.0.0.1', at.port === port ? 500 : 4500);
        return at;
      },
    });

  it('floats to port 4500 with the marker when a NAT is seen', () => {
    const pair = behindNat(61_000).connect().run();
    expectAgreement(pair);
    const marked = pair.sent.map(({ octets }) => octets.subarray(0, 4).every((octet) => octet === 0));
    expect(marked).toEqual([false, false, false, false, true, true, true, true, true]);
  });

  it.each(['main', 'aggressive'] as const)('can be forced from either side in %s mode', (mode) => {
    expectAgreement(new Pair({ initiator: { mode, natTraversal: 'force' } }).connect().run());
    expectAgreement(new Pair({ initiator: { mode }, responder: { natTraversal: 'force' } }).connect().run());
  });

  it('stays on port 500 without a NAT, and when one end does not know NAT traversal', () => {
    for (const natTraversal of ['auto', 'off'] as const) {
      const pair = new Pair({ responder: { natTraversal } }).connect().run();
      expectAgreement(pair);
      expect(pair.sent.every(({ octets }) => octets.subarray(0, 4).some((octet) => octet !== 0))).toBe(true);
    }
  });

  it('marks every message when the policy says so', () => {
    const pair = new Pair({ initiator: { alwaysMarker: true } }).connect().run();
    expectAgreement(pair);
    expect(pair.sent.every(({ octets }) => octets.subarray(0, 4).every((octet) => octet === 0))).toBe(true);
  });
});

describe('a negotiation that cannot succeed names its cause', () => {
  it('wrong pre-shared key in main mode: authentication-failed at both ends', () => {
    const pair = new Pair({ responderKey: 'another' }).connect().run();
    expect(pair.failureCause).toBe('authentication-failed');
    expect(pair.factsOf('responder.failed').map((fact) => fact.cause)).toEqual(['authentication-failed']);
    expect(pair.responder.phase1Count + pair.initiator.phase1Count).toBe(0);
  });

  it('wrong pre-shared key in aggressive mode: authentication-failed', () => {
    const pair = new Pair({ responderKey: 'another', initiator: { mode: 'aggressive' } }).connect().run();
    expect(pair.failureCause).toBe('authentication-failed');
    expect(pair.responder.phase1Count + pair.initiator.phase1Count).toBe(0);
  });

  it('no key for the other end: authentication-failed', () => {
    expect(new Pair({ responderKey: undefined }).connect().run().failureCause).toBe('authentication-failed');
    expect(new Pair({ initiatorKey: undefined }).connect().run().failureCause).toBe('authentication-failed');
  });

  it.each(['main', 'aggressive'] as const)(
    'no common IKE transform in %s mode: no-proposal-chosen',
    (mode) => {
      const ike = [{ ...aes128Sha256X25519, keyBits: 256 }];
      const pair = new Pair({ initiator: { mode }, responder: { ike } }).connect().run();
      expect(pair.failureCause).toBe('no-proposal-chosen');
      expect(pair.responder.phase1Count).toBe(0);
    },
  );

  it('no common ESP transform: no-proposal-chosen, and phase 1 is deleted', () => {
    const esp = [{ ...espAes128Sha256, keyBits: 256 }];
    const pair = new Pair({ responder: { esp } }).connect().run();
    expect(pair.failureCause).toBe('no-proposal-chosen');
    expect(pair.responder.phase1Count + pair.initiator.phase1Count).toBe(0);
  });

  it('PFS on one side only: no-proposal-chosen', () => {
    const esp = [{ ...espAes128Sha256, group: Group.x25519 }];
    expect(new Pair({ initiator: { esp } }).connect().run().failureCause).toBe('no-proposal-chosen');
    expect(new Pair({ responder: { esp } }).connect().run().failureCause).toBe('no-proposal-chosen');
  });

  it('networks outside the policy: invalid-id', () => {
    const pair = new Pair({
      initiator: { localSelector: subnet('10.1.0.0/16'), remoteSelector: subnet('10.78.0.0/24') },
      responder: { localSelector: subnet('10.79.0.0/24') },
    });
    expect(pair.connect().run().failureCause).toBe('invalid-id');
  });

  describe('segments', () => {
    const finance = [subnet('10.1.0.0/16'), subnet('10.78.1.0/24')];
    const askFor = (remote: string, local = '10.1.2.0/24', networks = finance) =>
      new Pair({
        initiator: { localSelector: subnet(local), remoteSelector: subnet(remote) },
        permittedNetworks: () => networks,
      })
        .connect()
        .run();

    it('let a peer reach the networks of its own', () => {
      expect(askFor('10.78.1.0/24').hasSucceeded).toBe(true);
    });

    it('keep it out of the networks of others, at either end, and of wider ones: invalid-id', () => {
      expect(askFor('10.78.2.0/24').failureCause).toBe('invalid-id');
      expect(askFor('10.78.0.0/16').failureCause).toBe('invalid-id');
      expect(askFor('10.78.1.0/24', '10.2.0.0/24').failureCause).toBe('invalid-id');
      expect(askFor('10.78.1.0/24', '10.1.2.0/24', []).failureCause).toBe('invalid-id');
    });

    it('hold without ID payloads for the addresses of phase 1', () => {
      const between = (network: string) =>
        new Pair({ permittedNetworks: () => [subnet(network)] }).connect().run().failureCause;
      expect(between('10.0.0.0/24')).toBeUndefined();
      expect(between('10.0.0.1/32')).toBe('invalid-id');
    });
  });

  it('a mode that the responder does not accept: rejected', () => {
    const pair = new Pair({ initiator: { mode: 'aggressive' }, responder: { acceptedModes: ['main'] } });
    expect(pair.connect().run().failureCause).toBe('rejected');
    expect(pair.factsOf('dropped', 'responder').map((fact) => fact.reason)).toEqual(['no-policy']);
  });

  it('nobody answers: timeout-phase1 after the whole schedule', () => {
    const pair = new Pair({ wire: () => [] }).connect().run();
    expect(pair.failureCause).toBe('timeout-phase1');
    // strongSwan's schedule: 4.0 s x 1.8^n, five tries, gives up after 165 s.
    expect(pair.sent).toHaveLength(6);
    expect(Math.round(pair.nowNs / 1e9)).toBeGreaterThanOrEqual(165);
    expect(pair.armedTimers).toHaveLength(0);
  });

  it('phase 2 stays unanswered: timeout-phase2', () => {
    const pair = new Pair({ wire: (datagram) => (datagram.index < 6 ? [datagram] : []) }).connect().run();
    expect(pair.failureCause).toBe('timeout-phase2');
  });

  it('the network says that nobody listens: unreachable at once', () => {
    const pair = new Pair({ wire: () => [] }).connect();
    pair.feed(pair.initiator, { type: 'destination.unreachable', to: pair.responder.endpoint });
    expect(pair.failureCause).toBe('unreachable');
    expect(pair.armedTimers).toHaveLength(0);
  });

  it('the end of the run: aborted, without another message', () => {
    const pair = new Pair({ wire: () => [] }).connect();
    pair.feed(pair.initiator, { type: 'stop' });
    expect(pair.failureCause).toBe('aborted');
    expect(pair.sent).toHaveLength(1);
    expect(pair.armedTimers).toHaveLength(0);
  });
});

describe('the life of a tunnel', () => {
  it('is deleted at both ends by the initiator', () => {
    const pair = new Pair().connect().run();
    pair.feed(pair.initiator, { type: 'disconnect' });
    pair.run();
    expect(pair.factsOf('negotiation.closed')).toHaveLength(1);
    for (const peer of [pair.initiator, pair.responder]) {
      expect([peer.phase1Count, peer.childCount]).toEqual([0, 0]);
    }
    expect(pair.armedTimers).toHaveLength(0);
  });

  it('is lost to the initiator when the responder deletes it', () => {
    const pair = new Pair().connect().run();
    pair.feed(pair.responder, { type: 'disconnect' });
    pair.run();
    expect(pair.factsOf('negotiation.closed', 'initiator')).toHaveLength(1);
    expect(pair.initiator.phase1Count).toBe(0);
  });

  it('ends by itself after the hold time', () => {
    const pair = new Pair({ initiator: { holdNs: 2_000_000_000 } }).connect().run();
    expect(pair.factsOf('negotiation.closed')).toMatchObject([{ negotiation: 0 }]);
    expect(pair.responder.phase1Count).toBe(0);
    expect(pair.armedTimers).toHaveLength(0);
  });

  it('is replaced when the host connects again', () => {
    const pair = new Pair().connect(1).run();
    pair.connect(2).run();
    expect(pair.factsOf('negotiation.closed')).toMatchObject([{ negotiation: 1 }]);
    expect(pair.factsOf('negotiation.succeeded').map((fact) => fact.negotiation)).toEqual([1, 2]);
    expect(pair.responder.phase1Count).toBe(1);
    expect(pair.responder.childCount).toBe(1);
  });

  it('ends with its lifetime at both ends', () => {
    const pair = new Pair({ initiator: { espLifetimeS: 60, ikeLifetimeS: 120 } }).connect().run();
    expect(pair.factsOf('negotiation.closed')).toHaveLength(1);
    expect(pair.initiator.phase1Count + pair.responder.phase1Count).toBe(0);
  });

  it('INITIAL-CONTACT clears what a crashed host left at the gateway', () => {
    const pair = new Pair({ initiator: { initialContact: true } }).connect().run();
    const reborn = new Pair({ initiator: { initialContact: true }, seed: 2 });
    // The same address and identity, a new life: its datagrams go to the first pair's gateway.
    pair.feed(pair.initiator, { type: 'stop' });
    expect(pair.responder.phase1Count).toBe(1);
    relay(reborn, pair);
    expect(reborn.hasSucceeded).toBe(true);
    expect(pair.responder.phase1Count).toBe(1);
  });
});

/** Runs the initiator of one pair against the responder of another. */
function relay(from: Pair, to: Pair): void {
  const path = { initiator: from.initiator.endpoint, responder: to.responder.endpoint };
  const toInitiator: Uint8Array[] = [];
  const toResponder: Uint8Array[] = [];
  from.wire = ({ octets }) => (toResponder.push(octets), []);
  to.wire = ({ octets }) => (toInitiator.push(octets), []);
  from.connect();
  for (let rounds = 0; rounds < 50 && toInitiator.length + toResponder.length > 0; rounds++) {
    for (const octets of toResponder.splice(0)) {
      to.feed(to.responder, { type: 'datagram.received', from: path.initiator, to: path.responder, octets });
    }
    for (const octets of toInitiator.splice(0)) {
      from.feed(from.initiator, {
        type: 'datagram.received',
        from: path.responder,
        to: path.initiator,
        octets,
      });
    }
  }
}
