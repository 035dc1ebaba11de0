import { describe, expect, it } from 'vitest';
import { createPeer } from '../../src/peer/create-peer.ts';
import type { Effect } from '../../src/peer/effect.ts';
import { FalliblePeer } from '../../src/peer/fallible-peer.ts';
import type { Fact } from '../../src/peer/fact.ts';
import type { PeerSetup } from '../../src/peer/peer.ts';
import { NS_PER_MS, NS_PER_S } from '../../src/peer/timer.ts';
import { asciiOctets } from '../../src/ike/wire/octets.ts';
import { createRandomStream } from '../../src/random/stream.ts';
import { suite } from '../harness/pair.ts';
import { endpoint, policy } from '../harness/policy.ts';

const DPD = { delayNs: 10 * NS_PER_S, retryNs: 5 * NS_PER_S, timeoutNs: 20 * NS_PER_S };

/** A host and a gateway whose machines can crash, with a wire without loss between them. */
class Village {
  readonly host = fallible(1, 'host', '10.0.0.1');
  readonly gateway = fallible(2, 'gateway', '10.0.0.2');
  readonly facts: { readonly by: FalliblePeer; readonly fact: Fact }[] = [];
  readonly timers = new Set<Effect & { type: 'timer.set' }>();
  sent = 0;
  nowNs = 0;
  readonly #queue: { readonly to: FalliblePeer; readonly effect: Effect & { type: 'send' } }[] = [];

  feed(peer: FalliblePeer, event: Parameters<FalliblePeer['handle']>[0]): void {
    const effects: Effect[] = [];
    peer.handle(event, this.nowNs, effects);
    for (const effect of effects) {
      if (effect.type === 'send') {
        this.sent++;
        this.#queue.push({ to: peer === this.host ? this.gateway : this.host, effect });
      } else if (effect.type === 'record') this.facts.push({ by: peer, fact: effect.fact });
      else {
        for (const set of this.timers) if (set.timer === effect.timer) this.timers.delete(set);
        if (effect.type === 'timer.set') this.timers.add(effect);
      }
    }
  }

  connect(negotiation: number): void {
    this.feed(this.host, {
      type: 'connect',
      negotiation,
      plannedNs: this.nowNs,
      to: this.gateway.endpoint,
    });
  }

  /** Delivers everything, then lets timers fire, until the time. */
  run(untilNs: number): void {
    for (let step = 0; step < 10_000; step++) {
      const next = this.#queue.shift();
      if (next !== undefined) {
        const { from, to, octets } = next.effect;
        this.nowNs += NS_PER_MS;
        this.feed(next.to, { type: 'datagram.received', from, to, octets });
        continue;
      }
      const [first] = [...this.timers].sort((a, b) => a.timer.dueNs - b.timer.dueNs);
      if (first === undefined || first.timer.dueNs > untilNs) break;
      this.timers.delete(first);
      this.nowNs = Math.max(this.nowNs, first.timer.dueNs);
      const owner = first.timer.peer === 1 ? this.host : this.gateway;
      this.feed(owner, { type: 'timer.fired', timer: first.timer });
    }
    this.nowNs = Math.max(this.nowNs, untilNs);
  }

  of<Type extends Fact['type']>(type: Type, by?: FalliblePeer): Extract<Fact, { type: Type }>[] {
    return this.facts.flatMap(({ by: who, fact }) =>
      fact.type === type && (by === undefined || by === who) ? [fact as Extract<Fact, { type: Type }>] : [],
    );
  }
}

function fallible(id: number, role: PeerSetup['role'], address: string): FalliblePeer {
  const setup: PeerSetup = {
    id,
    role,
    endpoint: endpoint(address),
    policy: policy({ dpd: DPD, reportKeys: false }),
    preSharedKey: () => asciiOctets('secret'),
    suite,
    random: createRandomStream({ seed: 1, entity: id, purpose: 'keys' }).octets,
  };
  return new FalliblePeer({ mode: 'main', create: () => createPeer(setup) });
}

describe('a machine that crashes', () => {
  it('loses its SAs without a word, and what it hears is dropped', () => {
    const village = new Village();
    village.connect(0);
    village.run(NS_PER_S);
    expect(village.gateway.phase1Count).toBe(1);
    const before = village.sent;
    village.feed(village.gateway, { type: 'crash', keepsState: false });
    expect([village.gateway.phase1Count, village.gateway.childCount, village.sent]).toEqual([0, 0, before]);
    village.run(60 * NS_PER_S);
    const lifecycle = village.of('lifecycle', village.host).map(({ event }) => event);
    expect(lifecycle.at(-1)).toBe('peer-dead');
    expect(village.of('dropped', village.gateway).every(({ reason }) => reason === 'peer-down')).toBe(true);
    expect(village.of('negotiation.closed')).toEqual([
      { type: 'negotiation.closed', negotiation: 0, wasLost: true },
    ]);
    // Only the questions of dead peer detection were sent, and nobody answered.
    expect(village.sent - before).toBe(lifecycle.filter((event) => event === 'liveness-asked').length);
  });

  it('answers again after its restart, with cookies that it never had', () => {
    const village = new Village();
    village.connect(0);
    village.run(NS_PER_S);
    village.feed(village.gateway, { type: 'crash', keepsState: false });
    village.run(50 * NS_PER_S);
    village.feed(village.gateway, { type: 'restart' });
    village.connect(1);
    village.run(51 * NS_PER_S);
    expect(village.of('negotiation.succeeded').map(({ negotiation }) => negotiation)).toEqual([0, 1]);
    expect(village.of('lifecycle', village.gateway).map(({ event }) => event)).toEqual([
      'crashed',
      'restarted',
    ]);
  });

  it('loses the tunnel that it began, and fails what is in flight as crashed', () => {
    const village = new Village();
    village.connect(0);
    village.run(NS_PER_S);
    village.feed(village.host, { type: 'crash', keepsState: false });
    expect(village.of('negotiation.closed')).toEqual([
      { type: 'negotiation.closed', negotiation: 0, wasLost: true },
    ]);
    expect([...village.timers].filter(({ timer }) => timer.peer === 1)).toEqual([]);
    village.feed(village.host, { type: 'restart' });
    village.connect(1);
    village.feed(village.host, { type: 'crash', keepsState: false });
    expect(village.of('negotiation.failed')).toMatchObject([{ negotiation: 1, cause: 'crashed' }]);
  });

  it('fails whoever wants something of it at once', () => {
    const village = new Village();
    village.feed(village.host, { type: 'crash', keepsState: false });
    village.connect(5);
    expect(village.of('negotiation.failed')).toMatchObject([{ negotiation: 5, cause: 'crashed' }]);
    expect(village.sent).toBe(0);
  });

  it('goes on with the state that it keeps: what was due goes off at the restart', () => {
    const village = new Village();
    village.connect(0);
    village.run(NS_PER_S);
    village.feed(village.host, { type: 'crash', keepsState: true });
    village.run(15 * NS_PER_S);
    // The gateway's question was not answered, and the host has not asked either.
    expect(village.of('lifecycle', village.host).map(({ event }) => event)).toEqual(['crashed']);
    village.feed(village.host, { type: 'restart' });
    village.run(20 * NS_PER_S);
    expect(village.of('lifecycle', village.host).map(({ event }) => event)).toContain('liveness-asked');
    village.run(100 * NS_PER_S);
    expect(village.of('lifecycle').map(({ event }) => event)).not.toContain('peer-dead');
    expect([village.host.childCount, village.gateway.childCount]).toEqual([1, 1]);
  });

  it('is up when it has started as often as it has crashed', () => {
    const village = new Village();
    for (const type of ['crash', 'crash', 'restart'] as const) {
      village.feed(village.gateway, type === 'crash' ? { type, keepsState: true } : { type });
    }
    village.connect(0);
    village.run(NS_PER_S);
    expect(village.of('negotiation.succeeded')).toEqual([]);
    village.feed(village.gateway, { type: 'restart' });
    village.run(10 * NS_PER_S);
    expect(village.of('negotiation.succeeded')).toHaveLength(1);
    // One more than there were crashes changes nothing.
    village.feed(village.gateway, { type: 'restart' });
    expect(
      village.of('lifecycle', village.gateway).filter(({ event }) => event === 'restarted'),
    ).toHaveLength(1);
  });
});
