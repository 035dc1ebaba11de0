import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../src/ike/endpoint.ts';
import type { Fact } from '../../../src/peer/fact.ts';
import { NS_PER_MS } from '../../../src/peer/timer.ts';
import { createClock, takeClockOrigin } from '../../../src/runtime/clock.ts';
import type { Agenda, WireDatagram } from '../../../src/runtime/runtime.ts';
import { addressOctets } from '../../../src/runtime/udp/address-octets.ts';
import { SocketError } from '../../../src/runtime/udp/socket-error.ts';
import type { SocketPlan } from '../../../src/runtime/udp/socket-table.ts';
import { createUdpRuntime, type UdpRuntime } from '../../../src/runtime/udp/udp-runtime.ts';
import { ANSWER, AnsweringPeer, AskingPeer, type Heard, REQUEST } from './echo-peer.ts';

const RESPONDER = 0;

interface World {
  readonly runtime: UdpRuntime;
  readonly heard: Heard[];
  readonly facts: { readonly fact: Fact; readonly peer: number }[];
  readonly datagrams: WireDatagram[];
  readonly askers: Map<number, AskingPeer>;
}

let worlds: World[] = [];
let sockets: Socket[] = [];

afterEach(async () => {
  for (const { runtime } of worlds) await runtime.close();
  for (const socket of sockets) socket.close();
  worlds = [];
  sockets = [];
});

/** Peer 0 answers on 127.9.0.1 with free ports; the others ask. */
function createWorld(planOf: (id: number) => Partial<SocketPlan>, simulated: readonly string[] = []): World {
  const heard: Heard[] = [];
  const facts: World['facts'] = [];
  const datagrams: WireDatagram[] = [];
  const askers = new Map<number, AskingPeer>();
  const clock = createClock(takeClockOrigin());
  const runtime = createUdpRuntime({
    clock,
    socketPlanOf: (id) => ({
      address: id === RESPONDER ? '127.9.0.1' : `127.9.1.${id}`,
      port: 0,
      natPort: 0,
      isResponder: id === RESPONDER,
      ...planOf(id),
    }),
    peerAt(id, endpoint) {
      if (id === RESPONDER) return new AnsweringPeer(id, endpoint, heard);
      const asker = new AskingPeer(id, endpoint, heard);
      askers.set(id, asker);
      return asker;
    },
    onFact: (fact, peer) => facts.push({ fact, peer }),
    onDatagram: (datagram) => datagrams.push(datagram),
    isSimulated: (address) => simulated.includes(address),
  });
  const world = { runtime, heard, facts, datagrams, askers };
  worlds.push(world);
  return world;
}

/** Connects the given peers at once and is done when each has finished. */
function connectAll(world: World, peers: readonly number[], to: Endpoint): Agenda {
  const waiting = [...peers];
  const expected = world.facts.length + peers.length;
  return {
    nextDueNs: () => (waiting.length > 0 ? 0 : undefined),
    runDue(nowNs, limit) {
      for (const peer of waiting.splice(0, limit)) {
        world.runtime.dispatch(peer, { type: 'connect', negotiation: peer, plannedNs: nowNs, to });
      }
    },
    isDone: () => world.facts.length >= expected,
  };
}

function endpoint(address: string, port: number): Endpoint {
  return { address, port, octets: addressOctets(address) };
}

function responderOf(world: World): Endpoint {
  const bound = world.runtime.endpointOf(RESPONDER);
  if (bound === undefined) throw new Error('the responder is not bound');
  return bound;
}

describe('datagrams', () => {
  it('go from the asking peers to the responder and back, each from its own address', async () => {
    const world = createWorld(() => ({}));
    await world.runtime.prepare([0, 1, 2, 3]);
    await world.runtime.run(connectAll(world, [1, 2, 3], responderOf(world)), () => false);

    expect(world.facts.map(({ fact, peer }) => [peer, fact.type]).toSorted()).toEqual([
      [1, 'negotiation.succeeded'],
      [2, 'negotiation.succeeded'],
      [3, 'negotiation.succeeded'],
    ]);
    const asked = world.heard.filter(({ peer }) => peer === RESPONDER).map(({ event }) => event);
    for (const [index, event] of asked.entries()) {
      if (event.type !== 'datagram.received') throw new Error(`unexpected ${event.type}`);
      expect(event.octets).toEqual(REQUEST);
      expect(event.from.address).toBe(`127.9.1.${index + 1}`);
      expect(event.from.octets).toEqual(Uint8Array.of(127, 9, 1, index + 1));
      expect(event.to).toEqual(responderOf(world));
    }
    expect(asked).toHaveLength(3);
    expect([...world.runtime.drops]).toEqual([]);
  });

  it('arrive as plain octets in memory of their own', async () => {
    const world = createWorld(() => ({}));
    await world.runtime.run(connectAll(world, [1], responderOf(world)), () => false);
    const answer = world.heard.find(({ peer, event }) => peer === 1 && event.type === 'datagram.received');
    if (answer?.event.type !== 'datagram.received') throw new Error('no answer');
    expect(Buffer.isBuffer(answer.event.octets)).toBe(false);
    expect(answer.event.octets).toEqual(ANSWER);
  });

  it('are captured once where both ends are simulated, and both ways for a stranger', async () => {
    const together = createWorld(() => ({}), ['127.9.0.1', '127.9.1.1']);
    await together.runtime.run(connectAll(together, [1], responderOf(together)), () => false);
    expect(together.datagrams.map(({ octets }) => octets)).toEqual([REQUEST, ANSWER]);

    const apart = createWorld(() => ({ address: '127.9.2.1' }));
    const stranger = await answeringSocket('127.9.3.1');
    await apart.runtime.run(connectAll(apart, [1], stranger), () => false);
    expect(apart.datagrams.map(({ from, octets }) => [from.address, octets])).toEqual([
      ['127.9.2.1', REQUEST],
      ['127.9.3.1', ANSWER],
    ]);
  });
});

async function answeringSocket(address: string, answerFrom?: Socket): Promise<Endpoint> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.on('message', (_octets, remote) => (answerFrom ?? socket).send(ANSWER, remote.port, remote.address));
  socket.bind(0, address);
  await once(socket, 'listening');
  return endpoint(address, socket.address().port);
}

describe('timers', () => {
  it('fire as events after they are due, and not when cancelled', async () => {
    const world = createWorld(() => ({}));
    const silent = createSocket('udp4');
    sockets.push(silent);
    let received = 0;
    silent.on('message', (_octets, remote) => {
      received++;
      if (received === 2) silent.send(ANSWER, remote.port, remote.address);
    });
    silent.bind(0, '127.9.3.2');
    await once(silent, 'listening');
    await world.runtime.prepare([1]);
    world.askers.get(1)!.patienceNs = 5 * NS_PER_MS;
    await world.runtime.run(
      connectAll(world, [1], endpoint('127.9.3.2', silent.address().port)),
      () => false,
    );

    const fired = world.heard.filter(({ event }) => event.type === 'timer.fired');
    expect(fired).toHaveLength(1);
    const [first] = fired;
    if (first?.event.type !== 'timer.fired') throw new Error('unreachable');
    expect(first.nowNs).toBeGreaterThanOrEqual(first.event.timer.dueNs);
    expect(world.datagrams.filter(({ isRetransmission }) => isRetransmission)).toHaveLength(1);
  });
});

describe('an unreachable port', () => {
  it('is told to the peer that sent there', async () => {
    const world = createWorld(() => ({}));
    const gone = await answeringSocket('127.9.3.3');
    sockets.pop()?.close();
    await world.runtime.run(connectAll(world, [1], gone), () => false);
    expect(world.facts.map(({ fact }) => fact.type)).toEqual(['negotiation.failed']);
    const told = world.heard.find(({ event }) => event.type === 'destination.unreachable');
    if (told?.event.type !== 'destination.unreachable') throw new Error('not told');
    expect([told.event.to.address, told.event.to.port]).toEqual([gone.address, gone.port]);
  });

  it('does not keep the peer from another end, and the peer keeps its port', async () => {
    const world = createWorld(() => ({}));
    const gone = await answeringSocket('127.9.3.4');
    sockets.pop()?.close();
    const before = world.runtime.endpointOf(1);
    await world.runtime.run(connectAll(world, [1], gone), () => false);
    await world.runtime.run(connectAll(world, [1], responderOf(world)), () => false);
    expect(world.facts.map(({ fact }) => fact.type)).toEqual(['negotiation.failed', 'negotiation.succeeded']);
    const asked = world.heard.find(({ peer }) => peer === RESPONDER);
    if (asked?.event.type !== 'datagram.received') throw new Error('not asked');
    expect(asked.event.from.port).toBe(before?.port);
  });
});

describe('the floating port (RFC 3947)', () => {
  it('is a second socket of a responder, which answers from where it was asked', async () => {
    const world = createWorld(() => ({}));
    responderOf(world);
    const nat = world.runtime.natEndpointOf(RESPONDER);
    if (nat === undefined) throw new Error('no second socket');
    expect(nat.port).not.toBe(responderOf(world).port);
    await world.runtime.run(connectAll(world, [1], nat), () => false);
    expect(world.datagrams.at(-1)?.from.port).toBe(nat.port);
    expect(world.facts.map(({ fact }) => fact.type)).toEqual(['negotiation.succeeded']);
  });

  it('is a second socket of an initiator that has a fixed port', async () => {
    const world = createWorld((id) => (id === 1 ? { port: 40_500, natPort: 40_501 } : {}));
    await world.runtime.prepare([0, 1]);
    const asker = world.askers.get(1);
    if (asker === undefined) throw new Error('not made');
    asker.fromPort = 40_501;
    await world.runtime.run(connectAll(world, [1], responderOf(world)), () => false);
    const asked = world.heard.find(({ peer }) => peer === RESPONDER);
    if (asked?.event.type !== 'datagram.received') throw new Error('not asked');
    expect(asked.event.from.port).toBe(40_501);
  });

  it('is the same socket for an initiator on any free port', async () => {
    const world = createWorld(() => ({}));
    await world.runtime.prepare([0, 1]);
    const asker = world.askers.get(1);
    if (asker === undefined) throw new Error('not made');
    asker.fromPort = 4500;
    await world.runtime.run(connectAll(world, [1], responderOf(world)), () => false);
    const asked = world.heard.find(({ peer }) => peer === RESPONDER);
    if (asked?.event.type !== 'datagram.received') throw new Error('not asked');
    expect(asked.event.from.port).toBe(world.runtime.endpointOf(1)?.port);
  });
});

describe('after floating', () => {
  it('the other end is heard from both of its ports', async () => {
    const world = createWorld(() => ({}));
    const main = createSocket('udp4');
    const nat = createSocket('udp4');
    sockets.push(main, nat);
    main.bind(0, '127.9.3.7');
    nat.bind(0, '127.9.3.7');
    await Promise.all([once(main, 'listening'), once(nat, 'listening')]);
    main.on('message', (_octets, remote) => main.send(ANSWER, remote.port, remote.address));
    nat.on('message', (_octets, remote) => main.send(ANSWER, remote.port, remote.address));
    await world.runtime.run(connectAll(world, [1], endpoint('127.9.3.7', main.address().port)), () => false);
    await world.runtime.run(connectAll(world, [1], endpoint('127.9.3.7', nat.address().port)), () => false);
    await world.runtime.run(connectAll(world, [1], endpoint('127.9.3.7', main.address().port)), () => false);
    const answers = world.heard.filter(({ event }) => event.type === 'datagram.received');
    expect(answers).toHaveLength(3);
    expect(world.facts).toHaveLength(3);
    expect([...world.runtime.drops]).toEqual([]);
  });
});

describe('what cannot be', () => {
  it('an address that this machine does not have is refused with a hint', async () => {
    const world = createWorld(() => ({ address: '192.0.2.77' }));
    const failure: unknown = await world.runtime.prepare([1]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SocketError);
    expect(failure).toMatchObject({
      message: 'cannot bind UDP 192.0.2.77:0: this machine does not have the address (EADDRNOTAVAIL)',
      hint: expect.stringContaining('127.10.0.0/16'),
    });
  });

  it('a port in use is refused with a hint', async () => {
    const taken = await answeringSocket('127.9.3.5');
    const world = createWorld(() => ({ address: '127.9.3.5', port: taken.port }));
    await expect(world.runtime.prepare([1])).rejects.toMatchObject({
      code: 'EADDRINUSE',
      hint: expect.stringContaining('another port'),
    });
  });

  it('a free port is found beside one that is taken', async () => {
    const world = createWorld((id) => (id > 0 ? { address: '127.9.3.6' } : {}));
    const taken = createSocket('udp4');
    sockets.push(taken);
    taken.bind(49_152 + 7, '127.9.3.6');
    await once(taken, 'listening');
    await world.runtime.prepare([0, 7]);
    expect(world.runtime.endpointOf(7)?.port).toBe(49_152 + 8);
  });

  it('a datagram that the system refuses is a counted drop', async () => {
    const world = createWorld(() => ({}));
    await world.runtime.prepare([1]);
    const nowhere = endpoint('203.0.113.1', 500);
    let rounds = 0;
    const agenda: Agenda = {
      nextDueNs: () => (rounds === 0 ? 0 : undefined),
      runDue(nowNs) {
        if (rounds++ > 0) return;
        world.runtime.dispatch(1, { type: 'connect', negotiation: 1, plannedNs: nowNs, to: nowhere });
      },
      isDone: () => rounds > 3,
    };
    await world.runtime.run(agenda, () => false);
    expect([...world.runtime.drops.keys()].filter((reason) => reason.startsWith('send-E'))).toHaveLength(1);
  });

  it('an event for a peer that lives elsewhere is a counted drop', () => {
    const world = createWorld(() => ({}));
    const runtime = createUdpRuntime({
      clock: () => 0,
      socketPlanOf: () => undefined,
      peerAt: () => undefined,
      onFact: () => undefined,
    });
    worlds.push({ ...world, runtime });
    runtime.dispatch(5, { type: 'disconnect' });
    expect([...runtime.drops]).toEqual([['no-such-peer', 1]]);
  });
});

describe('a run', () => {
  it('ends when asked to stop, with nothing planned', async () => {
    const world = createWorld(() => ({}));
    let questions = 0;
    const idle: Agenda = { nextDueNs: () => undefined, runDue: () => undefined, isDone: () => false };
    await world.runtime.run(idle, () => ++questions > 2);
    expect(questions).toBe(3);
  });

  it('ends with the error when something in it is broken', async () => {
    const world = createWorld(() => ({}));
    const broken: Agenda = {
      nextDueNs: () => 0,
      runDue: () => {
        throw new Error('broken agenda');
      },
      isDone: () => false,
    };
    await expect(world.runtime.run(broken, () => false)).rejects.toThrow('broken agenda');
  });

  it('starts what is due late rather than never, and nothing early', async () => {
    const world = createWorld(() => ({}));
    const to = responderOf(world);
    const startNs = world.runtime.nowNs();
    const planned = Array.from({ length: 20 }, (_, index) => startNs + index * 700_000);
    const started: number[] = [];
    const agenda: Agenda = {
      nextDueNs: () => planned[started.length],
      runDue(nowNs, limit) {
        for (let count = 0; count < limit; count++) {
          const dueNs = planned[started.length];
          if (dueNs === undefined || dueNs > nowNs) return;
          started.push(nowNs);
          world.runtime.dispatch(1, { type: 'connect', negotiation: started.length, plannedNs: dueNs, to });
        }
      },
      isDone: () => started.length === planned.length,
    };
    await world.runtime.run(agenda, () => false);
    expect(started).toHaveLength(20);
    for (const [index, nowNs] of started.entries()) expect(nowNs).toBeGreaterThanOrEqual(planned[index] ?? 0);
  });
});
