import { describe, expect, it } from 'vitest';
import { AUTHENTICATIONS } from '../../src/ike/authentication.ts';
import { IdentificationType } from '../../src/ike/wire/numbers.ts';
import { IkePeer } from '../../src/peer/ike-peer.ts';
import type { PeerPolicy } from '../../src/peer/policy.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { accessPair, firstAddress, type AccessSetup } from '../harness/access.ts';
import type { Pair } from '../harness/pair.ts';
import { endpoint, subnet } from '../harness/policy.ts';

const methods = AUTHENTICATIONS.filter((name) => /xauth|hybrid|pre-shared-key|rsa-signature/.test(name));
const ways = ['pull', 'push'] as const;
const modes = ['main', 'aggressive'] as const;
const cases = methods.flatMap((method) =>
  ways.flatMap((way) => modes.map((mode) => [method, way, mode] as const)),
);

function leasedBy(pair: Pair): number | undefined {
  return pair.responder instanceof IkePeer ? pair.responder.addressPool?.leasedCount : undefined;
}

function addressesOf(pair: Pair): string[] {
  return pair.factsOf('address.assigned').map(({ address }) => address.join('.'));
}

describe('a client that gets an address', () => {
  it.each(cases)('%s, %s, %s mode', (authentication, configuration, mode) => {
    const pair = accessPair({ authentication, configuration, initiator: { mode } }).connect().run();
    expect(pair.hasSucceeded).toBe(true);
    expect(addressesOf(pair)).toEqual(['10.99.0.1']);
    expect(leasedBy(pair)).toBe(1);
    expect(pair.childKeys('initiator')).toEqual(pair.childKeys('responder'));
    const hasLogin = /xauth|hybrid/.test(authentication);
    expect(pair.sent).toHaveLength((mode === 'main' ? 9 : 6) + (hasLogin ? 4 : 0) + 2);
    expect(pair.factsOf('dropped')).toEqual([]);
  });

  it('measures how long it waits for what it asked for', () => {
    const names = (way: 'pull' | 'push') =>
      accessPair({ configuration: way })
        .connect()
        .run()
        .factsOf('round-trip')
        .map(({ name }) => name);
    expect(names('pull')).toEqual(['main-1', 'main-3', 'main-5', 'xauth-1', 'configuration-1', 'quick-1']);
    expect(names('push')).toEqual(['main-1', 'main-3', 'main-5', 'xauth-1', 'quick-1']);
  });

  it.each(ways)(
    'uses it as its side of the tunnel, towards everything or what its policy names (%s)',
    (configuration) => {
      for (const remoteSelector of [undefined, subnet('10.78.0.0/24')]) {
        const initiator: Partial<PeerPolicy> = remoteSelector === undefined ? {} : { remoteSelector };
        const pair = accessPair({ configuration, initiator }).connect().run();
        const child = childOf(pair);
        expect(child?.localSelector).toEqual({ idType: IdentificationType.ipv4Address, data: firstAddress });
        expect(child?.remoteSelector).toEqual(remoteSelector ?? subnet('0.0.0.0/0'));
      }
    },
  );

  it('hears of the rest of the network too', () => {
    const pair = accessPair({ configuration: 'pull' }).connect().run();
    const peer = pair.initiator;
    expect(peer instanceof IkePeer && peer.initiator.configuration).toEqual({
      address: firstAddress,
      dnsServers: [Uint8Array.of(10, 78, 0, 53)],
      splitNetworks: [],
    });
  });

  it('may have IPv6, which it asks for when it wants to reach IPv6', () => {
    const first = new Uint8Array(16).fill(0xfd, 0, 1);
    const remoteSelector = { idType: IdentificationType.ipv6Subnet, data: new Uint8Array(32) };
    for (const configuration of ways) {
      const pair = accessPair({
        configuration,
        initiator: { remoteSelector },
        responder: { clientNetwork: { addresses: [{ first, count: 4 }] } },
      });
      expect(pair.connect().run().hasSucceeded).toBe(true);
      expect(pair.factsOf('address.assigned')).toMatchObject([{ address: first }]);
    }
  });

  it('may pull what would be pushed to others', () => {
    const pair = accessPair({
      configuration: 'push',
      authentication: 'pre-shared-key',
      initiator: { configuration: 'pull' },
    });
    expect(pair.connect().run().hasSucceeded).toBe(true);
    expect(leasedBy(pair)).toBe(1);
    expect(new Set(addressesOf(pair))).toEqual(new Set(['10.99.0.1']));
  });

  it('that wants none acknowledges what is pushed and goes on', () => {
    const responder = {
      configuration: 'push',
      clientNetwork: { addresses: [{ first: firstAddress, count: 2 }] },
    } as const;
    const pair = accessPair({ responder }).connect().run();
    expect(pair.factsOf('address.assigned')).toEqual([]);
    expect(pair.hasSucceeded).toBe(true);
  });

  it('keeps it when phase 1 is replaced', () => {
    const rekey = { marginNs: 5 * NS_PER_S, fuzz: 0 };
    for (const configuration of ways) {
      const pair = accessPair({ configuration, initiator: { rekey, ikeLifetimeS: 30, espLifetimeS: 40 } });
      pair.connect().run(200 * NS_PER_S);
      const events = pair.factsOf('lifecycle', 'initiator').map((fact) => fact.event);
      expect(events.filter((event) => event === 'phase1-rekeyed').length).toBeGreaterThanOrEqual(6);
      expect(new Set(events)).toEqual(new Set(['phase1-rekeyed', 'phase2-rekeyed']));
      expect(leasedBy(pair)).toBe(1);
      expect(childOf(pair)?.localSelector?.data).toEqual(firstAddress);
    }
  });
});

describe('an address pool', () => {
  it('gets an address back when the tunnel is deleted, by either end', () => {
    for (const end of ['initiator', 'responder'] as const) {
      const pair = accessPair({ configuration: 'pull', addressCount: 1 }).connect(1).run();
      pair.feed(pair[end], { type: 'disconnect' });
      pair.run();
      expect(leasedBy(pair)).toBe(0);
      pair.connect(2).run();
      expect(pair.factsOf('negotiation.succeeded')).toHaveLength(2);
      expect(addressesOf(pair)).toEqual(['10.99.0.1', '10.99.0.1']);
    }
  });

  it('gets an address back from a client that vanished, with dead peer detection', () => {
    const dpd = { delayNs: 10 * NS_PER_S, retryNs: 2 * NS_PER_S, timeoutNs: 8 * NS_PER_S };
    const pair = accessPair({ configuration: 'pull', responder: { dpd } })
      .connect()
      .run(5 * NS_PER_S);
    expect(leasedBy(pair)).toBe(1);
    pair.wire = () => [];
    pair.run(60 * NS_PER_S);
    expect(leasedBy(pair)).toBe(0);
  });

  it.each(ways)('that is exhausted is named as the cause at both ends (%s)', (configuration) => {
    const setup: AccessSetup = { configuration, addressCount: 0 };
    const pair = accessPair(setup).connect().run();
    expect(pair.failureCause).toBe('no-address');
    expect(pair.factsOf('responder.failed').map((fact) => fact.cause)).toEqual(['no-address']);
    expect([pair.initiator.phase1Count, pair.responder.phase1Count]).toEqual([0, 0]);
    expect(pair.armedTimers).toHaveLength(0);
  });

  it('that is not there has no address for anybody', () => {
    const pair = accessPair({ initiator: { configuration: 'pull' } })
      .connect()
      .run();
    expect(pair.failureCause).toBe('no-address');
  });

  it('lends no IPv4 address to who asks for IPv6', () => {
    const remoteSelector = { idType: IdentificationType.ipv6Subnet, data: new Uint8Array(32) };
    const pair = accessPair({ configuration: 'pull', initiator: { remoteSelector } });
    expect(pair.connect().run().failureCause).toBe('no-address');
    expect(leasedBy(pair)).toBe(0);
  });

  it('gives two hosts two addresses, though they have one name and one user', () => {
    const pair = accessPair({ configuration: 'pull' }).connect().run();
    const moved = endpoint('10.0.0.1', 40_000);
    const other = accessPair({ configuration: 'pull', seed: 2, initiatorEndpoint: moved });
    for (const octets of exchangeWith(other, pair)) expect(octets.length).toBeGreaterThan(0);
    expect(leasedBy(pair)).toBe(2);
    expect(other.factsOf('address.assigned', 'initiator')).toMatchObject([
      { address: Uint8Array.of(10, 99, 0, 2) },
    ]);
  });
});

describe('a client without an address', () => {
  it.each(ways)('gives up when none comes in time (%s)', (configuration) => {
    // Login goes through, and nothing after it.
    const pair = accessPair({ configuration, wire: (datagram) => (datagram.index < 10 ? [datagram] : []) });
    expect(pair.connect().run().failureCause).toBe('no-address');
    // A gateway that pushes has noticed; one that is asked hears nothing.
    expect([pair.initiator.phase1Count, pair.responder.phase1Count]).toEqual([
      0,
      configuration === 'push' ? 0 : 1,
    ]);
  });

  it('that waits for a push of a gateway that does not push gives up', () => {
    const pair = accessPair({ initiator: { configuration: 'push' } })
      .connect()
      .run();
    expect(pair.failureCause).toBe('no-address');
  });

  it('may use no other address than its own', () => {
    const localSelector = { idType: IdentificationType.ipv4Address, data: Uint8Array.of(10, 99, 0, 77) };
    const pair = accessPair({
      initiator: { localSelector, remoteSelector: subnet('10.78.0.0/24') },
      responder: { configuration: 'push', clientNetwork: { addresses: [{ first: firstAddress, count: 9 }] } },
    });
    expect(pair.connect().run().failureCause).toBe('invalid-id');
  });
});

function childOf(pair: Pair) {
  const { initiator: peer } = pair;
  if (!(peer instanceof IkePeer)) return undefined;
  return [...peer.table].flatMap((entry) => entry.children).at(-1)?.child;
}

/** Runs the initiator of one pair against the responder of another, without time passing. */
function* exchangeWith(from: Pair, to: Pair): Generator<Uint8Array> {
  const toInitiator: Uint8Array[] = [];
  const toResponder: Uint8Array[] = [];
  from.wire = ({ octets }) => (toResponder.push(octets), []);
  to.wire = ({ octets }) => (toInitiator.push(octets), []);
  from.connect();
  while (toInitiator.length + toResponder.length > 0) {
    for (const [octets, pair, receiver, sender] of [
      ...toResponder.splice(0).map((each) => [each, to, to.responder, from.initiator] as const),
      ...toInitiator.splice(0).map((each) => [each, from, from.initiator, to.responder] as const),
    ]) {
      yield octets;
      const path = { from: sender.endpoint, to: receiver.endpoint };
      pair.feed(receiver, { type: 'datagram.received', ...path, octets });
    }
  }
}
