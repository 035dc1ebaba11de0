import { describe, expect, it } from 'vitest';
import { createTimer } from '../../../src/peer/timer.ts';
import { createClock, takeClockOrigin } from '../../../src/runtime/clock.ts';
import { createMemoryRuntime } from '../../../src/runtime/memory/memory-runtime.ts';
import type { MemoryRuntime, MemoryRuntimeSetup } from '../../../src/runtime/memory/memory-runtime.ts';
import { createNetworkMemory } from '../../../src/runtime/memory/network-memory.ts';
import type { Agenda, WireDatagram } from '../../../src/runtime/runtime.ts';
import { EchoPeer, endpointOf, placeOf, sendEffect } from '../../harness/echo-peer.ts';
import { startTypeScriptWorker } from '../../harness/typescript-worker.ts';

function runtimeOf(peers: readonly EchoPeer[], extra: Partial<MemoryRuntimeSetup> = {}): MemoryRuntime {
  const byId = new Map(peers.map((peer) => [peer.id, peer]));
  return createMemoryRuntime({
    clock: createClock(takeClockOrigin()),
    network: createNetworkMemory(1),
    worker: 0,
    peerAt: (id) => byId.get(id),
    workerOf: () => 0,
    addressOf: placeOf,
    onFact: () => {},
    ...extra,
  });
}

const until = (isDone: () => boolean): Agenda => ({ nextDueNs: () => undefined, runDue: () => {}, isDone });
const connect = (to: number) =>
  ({ type: 'connect', negotiation: 0, plannedNs: 0, to: endpointOf(to) }) as const;

describe('the memory runtime in one worker', () => {
  it('carries datagrams to the other peer in order, with both ends named', async () => {
    const sender = new EchoPeer(1, (event, _nowNs, effects, self) => {
      if (event.type !== 'connect') return;
      for (let value = 0; value < 5; value++) {
        effects.push(sendEffect(self.endpoint, event.to, Uint8Array.of(value)));
      }
    });
    const receiver = new EchoPeer(2);
    const runtime = runtimeOf([sender, receiver]);
    runtime.dispatch(1, connect(2));
    await runtime.run(
      until(() => receiver.seen.length >= 5),
      () => false,
    );
    expect(receiver.received).toEqual([0, 1, 2, 3, 4]);
    expect(receiver.seen[0]).toMatchObject({
      from: { peer: 1, address: '10.0.0.1' },
      to: { peer: 2, port: 500 },
    });
  });

  it('names the sending peer even when the peer did not name itself, and finds the receiver by its address', async () => {
    const anonymous = { address: '10.0.0.1', port: 4500, octets: Uint8Array.of(10, 0, 0, 1) };
    const target = { address: '10.0.0.2', port: 4500, octets: Uint8Array.of(10, 0, 0, 2) };
    const sender = new EchoPeer(1, (_event, _nowNs, effects) => {
      effects.push(sendEffect(anonymous, target, Uint8Array.of(9)));
    });
    const receiver = new EchoPeer(2);
    const runtime = runtimeOf([sender, receiver], {
      peerAtAddress: (address) => (address === '10.0.0.2' ? 2 : undefined),
    });
    runtime.dispatch(1, connect(2));
    await runtime.run(
      until(() => receiver.seen.length >= 1),
      () => false,
    );
    expect(receiver.seen[0]).toMatchObject({ from: { peer: 1, port: 4500 }, to: { peer: 2, port: 4500 } });
  });

  it('fires timers in order and not before they are due; a cancelled one never', async () => {
    const timers = [30, 10, 20].map((ms) => ({ ms, timer: createTimer(1, 'retransmit', ms) }));
    const cancelled = createTimer(1, 'hold', undefined);
    const peer = new EchoPeer(1, (event, nowNs, effects) => {
      if (event.type !== 'connect') return;
      for (const { ms, timer } of timers) {
        timer.dueNs = nowNs + ms * 100_000;
        effects.push({ type: 'timer.set', timer });
      }
      cancelled.dueNs = nowNs + 1_500_000;
      effects.push({ type: 'timer.set', timer: cancelled }, { type: 'timer.cancel', timer: cancelled });
    });
    const runtime = runtimeOf([peer]);
    runtime.dispatch(1, connect(2));
    await runtime.run(
      until(() => peer.seen.length >= 4),
      () => false,
    );
    const fired = peer.seen.flatMap((event) => (event.type === 'timer.fired' ? [event.timer] : []));
    expect(fired.map((timer) => timer.subject)).toEqual([10, 20, 30]);
    fired.forEach((timer, index) => expect(peer.seenAtNs[index + 1]).toBeGreaterThanOrEqual(timer.dueNs));
  });

  it('counts what is sent to nobody and what a full queue cannot take', async () => {
    const sender = new EchoPeer(1, (event, _nowNs, effects, self) => {
      if (event.type !== 'connect') return;
      for (let value = 0; value < 10; value++) {
        effects.push(sendEffect(self.endpoint, event.to, Uint8Array.of(value)));
      }
    });
    const receiver = new EchoPeer(2);
    const runtime = runtimeOf([sender, receiver], { queueLimit: 4 });
    runtime.dispatch(1, connect(2));
    runtime.dispatch(1, { type: 'disconnect' });
    runtime.dispatch(77, { type: 'disconnect' });
    await runtime.run(
      until(() => receiver.seen.length >= 4),
      () => false,
    );
    expect(receiver.received).toEqual([0, 1, 2, 3]);
    expect(Object.fromEntries(runtime.drops)).toEqual({ 'network-queue-full': 6, 'no-such-peer': 1 });
    expect(runtime.datagramsSent).toBe(10);
  });

  it('shows every datagram to the capture, the lost ones too', () => {
    const captured: WireDatagram[] = [];
    const sender = new EchoPeer(1, (_event, _nowNs, effects, self) => {
      effects.push({
        ...sendEffect(self.endpoint, endpointOf(2), Uint8Array.of(1)),
        isRetransmission: true,
      } as never);
    });
    const runtime = runtimeOf([sender, new EchoPeer(2)], {
      queueLimit: 0,
      onDatagram: (datagram) => captured.push(datagram),
    });
    runtime.dispatch(1, connect(2));
    expect(captured).toMatchObject([{ isRetransmission: true, from: { peer: 1 }, to: { peer: 2 } }]);
    expect(runtime.drops.get('network-queue-full')).toBe(1);
  });

  it('lets a fact lead to another event at once', () => {
    const first = new EchoPeer(1, (_event, _nowNs, effects) => {
      effects.push(
        { type: 'record', fact: { type: 'negotiation.closed', negotiation: 1 } },
        { type: 'record', fact: { type: 'retransmitted' } },
      );
    });
    const second = new EchoPeer(2, (_event, _nowNs, effects) => {
      effects.push({ type: 'record', fact: { type: 'responder.phase1.established' } });
    });
    const facts: string[] = [];
    const runtime: MemoryRuntime = runtimeOf([first, second], {
      onFact: (fact) => {
        facts.push(fact.type);
        if (fact.type === 'negotiation.closed') runtime.dispatch(2, { type: 'disconnect' });
      },
    });
    runtime.dispatch(1, connect(2));
    expect(facts).toEqual(['negotiation.closed', 'responder.phase1.established', 'retransmitted']);
  });

  it('delivers what is on its way when the agenda is done, and nothing when it has to stop', async () => {
    const peersOf = () => {
      const sender = new EchoPeer(1, (event, _nowNs, effects, self) => {
        if (event.type === 'connect') effects.push(sendEffect(self.endpoint, event.to, Uint8Array.of(1)));
      });
      return [sender, new EchoPeer(2)] as const;
    };
    for (const [isStopped, received] of [
      [false, [1]],
      [true, []],
    ] as const) {
      const peers = peersOf();
      const runtime = runtimeOf(peers);
      runtime.dispatch(1, connect(2));
      await runtime.run(
        until(() => !isStopped),
        () => isStopped,
      );
      expect(peers[1].received).toEqual(received);
    }
  });

  it('gives the event loop its turn while it is busy and while it sleeps', async () => {
    const busy = new EchoPeer(1, (_event, _nowNs, effects, self) => {
      self.seen.length = 0;
      effects.push(sendEffect(self.endpoint, self.endpoint, Uint8Array.of(0)));
    });
    const runtime = runtimeOf([busy]);
    runtime.dispatch(1, connect(1));
    let hadTurn = false;
    setImmediate(() => (hadTurn = true));
    await runtime.run(
      until(() => false),
      () => hadTurn,
    );
    const idle = runtimeOf([]);
    hadTurn = false;
    setImmediate(() => (hadTurn = true));
    // A busy machine may give the turn before the first sleep.
    await idle.run(
      until(() => false),
      () => hadTurn && idle.idleNs > 0,
    );
    expect(idle.idleNs).toBeGreaterThan(0);
  });
});

describe('the memory runtime between workers', () => {
  it('carries every datagram of many pairs across, in order, through rings that wrap around', async () => {
    const [pairs, limit] = [20, 500];
    const network = createNetworkMemory(2, 4096);
    const origin = takeClockOrigin();
    const results = await Promise.all(
      [0, 1].map((worker) => workerResult({ network, origin, worker, pairs, limit })),
    );
    for (const result of results) expect(result).toMatchObject({ disorder: 0, finished: pairs, drops: [] });
    expect(results[0]!.sent + results[1]!.sent).toBe(pairs * (limit + 1));
  });
});

interface WorkerResult {
  readonly disorder: number;
  readonly finished: number;
  readonly sent: number;
  readonly drops: readonly unknown[];
}

function workerResult(data: unknown): Promise<WorkerResult> {
  return new Promise((resolve, reject) => {
    const worker = startTypeScriptWorker(new URL('./ping-pong-worker.ts', import.meta.url), data);
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
