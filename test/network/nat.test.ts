import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../src/ike/endpoint.ts';
import { NatBox, type NatModel } from '../../src/network/nat.ts';
import { PositionedStream } from '../../src/random/positioned-stream.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';

const MODEL: NatModel = {
  timeoutNs: 30 * NS_PER_S,
  isKeptByInbound: false,
  filtering: 'address-and-port-dependent',
  isSymmetric: false,
  ports: 'sequential',
  firstPort: 10_000,
  lastPort: 10_099,
  rebindNs: [],
  rebindEveryNs: 0,
};

const at = (peer: number, port: number): Endpoint => ({
  address: `10.0.0.${peer}`,
  port,
  octets: Uint8Array.of(10, 0, 0, peer),
  peer,
});
const GATEWAY = at(9, 500);

function box(changes: Partial<NatModel> = {}): NatBox {
  return new NatBox(
    { ...MODEL, ...changes },
    {
      entity: 0,
      random: new PositionedStream(1, 'nat'),
      counts: { mappings: 0, rebindings: 0 },
      outerAt: (port) => ({
        address: '198.51.100.1',
        port,
        octets: Uint8Array.of(198, 51, 100, 1),
        peer: 20,
      }),
    },
  );
}

const portOf = (translated: Endpoint | string): number | string =>
  typeof translated === 'string' ? translated : translated.port;

describe('a NAT box', () => {
  it('puts its own address and a port of its own in place of the host’s, and finds the host again', () => {
    const nat = box();
    const first = nat.outbound(at(1, 500), GATEWAY, 0);
    const second = nat.outbound(at(2, 500), GATEWAY, 0);
    expect(first).toMatchObject({ address: '198.51.100.1', port: 10_000, peer: 20 });
    expect(portOf(second)).toBe(10_001);
    expect(portOf(nat.outbound(at(1, 500), GATEWAY, 1))).toBe(10_000);
    expect(portOf(nat.outbound(at(1, 4500), GATEWAY, 1))).toBe(10_002);
    expect(nat.inbound(GATEWAY, second as Endpoint, 2)).toMatchObject({
      address: '10.0.0.2',
      port: 500,
      peer: 2,
    });
  });

  it('forgets who is silent, and gives another port to who comes back', () => {
    const nat = box();
    const outer = nat.outbound(at(1, 500), GATEWAY, 0) as Endpoint;
    expect(portOf(nat.inbound(GATEWAY, outer, 30 * NS_PER_S))).toBe(500);
    expect(nat.inbound(GATEWAY, outer, 30 * NS_PER_S + 1)).toBe('nat-no-mapping');
    expect(portOf(nat.outbound(at(1, 500), GATEWAY, 31 * NS_PER_S))).toBe(10_001);
    expect(nat.counts).toEqual({ mappings: 2, rebindings: 1 });
  });

  it('is kept awake by what comes in only when it is such a box', () => {
    for (const isKeptByInbound of [false, true]) {
      const nat = box({ isKeptByInbound });
      const outer = nat.outbound(at(1, 500), GATEWAY, 0) as Endpoint;
      nat.inbound(GATEWAY, outer, 20 * NS_PER_S);
      const later = nat.inbound(GATEWAY, outer, 45 * NS_PER_S);
      expect(portOf(later)).toBe(isKeptByInbound ? 500 : 'nat-no-mapping');
    }
  });

  it('forgets everybody at given times, once or again and again', () => {
    const portsOf = (nat: NatBox): (number | string)[] =>
      [1, 9, 10, 19, 20, 21].map((s) => portOf(nat.outbound(at(1, 500), GATEWAY, s * NS_PER_S)));
    expect(portsOf(box({ rebindNs: [10 * NS_PER_S] }))).toEqual([
      10_000, 10_000, 10_001, 10_001, 10_001, 10_001,
    ]);
    expect(portsOf(box({ rebindEveryNs: 10 * NS_PER_S }))).toEqual([
      ...[10_000, 10_000, 10_001, 10_001, 10_002],
      10_002,
    ]);
  });

  it('lets in whom its filtering lets in', () => {
    const strangers = [GATEWAY, at(9, 4500), at(8, 500)];
    const letIn = (filtering: NatModel['filtering']): boolean[] => {
      const nat = box({ filtering });
      const outer = nat.outbound(at(1, 500), GATEWAY, 0) as Endpoint;
      return strangers.map((from) => typeof nat.inbound(from, outer, 1) !== 'string');
    };
    expect(letIn('endpoint-independent')).toEqual([true, true, true]);
    expect(letIn('address-dependent')).toEqual([true, true, false]);
    expect(letIn('address-and-port-dependent')).toEqual([true, false, false]);
  });

  it('gives each destination a port of its own when it is symmetric', () => {
    const nat = box({ isSymmetric: true });
    const ports = [GATEWAY, at(9, 4500), GATEWAY].map((to) => portOf(nat.outbound(at(1, 500), to, 0)));
    expect(ports).toEqual([10_000, 10_001, 10_000]);
  });

  it('keeps the host’s own port while that is free, but not after a rebinding', () => {
    const nat = box({ ports: 'preserve', timeoutNs: 10 * NS_PER_S });
    expect(portOf(nat.outbound(at(1, 500), GATEWAY, 0))).toBe(500);
    expect(portOf(nat.outbound(at(2, 500), GATEWAY, 0))).toBe(10_000);
    expect(portOf(nat.outbound(at(1, 500), GATEWAY, 20 * NS_PER_S))).not.toBe(500);
  });

  it('draws ports from its range, and says when there is none left', () => {
    const nat = box({ ports: 'random', lastPort: 10_004 });
    const ports = [1, 2, 3, 4, 5].map((peer) => portOf(nat.outbound(at(peer, 500), GATEWAY, 0)));
    expect(ports.toSorted()).toEqual([10_000, 10_001, 10_002, 10_003, 10_004]);
    expect(nat.outbound(at(6, 500), GATEWAY, 0)).toBe('nat-no-free-port');
    // Ports of the forgotten are free again.
    expect(typeof nat.outbound(at(6, 500), GATEWAY, 31 * NS_PER_S)).not.toBe('string');
    expect(nat.size).toBe(5);
  });
});
