/** One of two workers that count a number up to a limit by sending it to and fro; started by the test beside it. */
import { parentPort, workerData } from 'node:worker_threads';
import { createClock } from '../../../src/runtime/clock.ts';
import { createMemoryRuntime } from '../../../src/runtime/memory/memory-runtime.ts';
import type { NetworkMemory } from '../../../src/runtime/memory/network-memory.ts';
import { EchoPeer, endpointOf, placeOf, sendEffect } from '../../harness/echo-peer.ts';

interface PingPong {
  readonly network: NetworkMemory;
  readonly origin: bigint;
  readonly worker: number;
  readonly pairs: number;
  readonly limit: number;
}

const { network, origin, worker, pairs, limit } = workerData as PingPong;
const peers = new Map<number, EchoPeer>();
/** Order of arrival must be order of sending: the numbers of one pair only grow. */
let disorder = 0;
let finished = 0;

for (let pair = 0; pair < pairs; pair++) {
  const id = 2 * pair + worker;
  let last = -1;
  const peer = new EchoPeer(id, (event, _nowNs, effects, self) => {
    const other = id ^ 1;
    if (event.type === 'connect') {
      effects.push(sendEffect(self.endpoint, endpointOf(other), encode(0)));
      return;
    }
    if (event.type !== 'datagram.received') return;
    self.seen.length = 0;
    const value = decode(event.octets);
    if (value <= last || event.from.peer !== other || event.to.peer !== id) disorder++;
    last = value;
    if (value >= limit - 1) finished++;
    if (value < limit) effects.push(sendEffect(self.endpoint, event.from, encode(value + 1)));
  });
  peers.set(id, peer);
}

function encode(value: number): Uint8Array {
  const octets = new Uint8Array(64);
  new DataView(octets.buffer).setUint32(0, value);
  return octets;
}

function decode(octets: Uint8Array): number {
  return new DataView(octets.buffer, octets.byteOffset).getUint32(0);
}

const runtime = createMemoryRuntime({
  clock: createClock(origin),
  network,
  worker,
  peerAt: (id) => peers.get(id),
  workerOf: (id) => id & 1,
  addressOf: placeOf,
  onFact: () => {},
});
if (worker === 0) {
  for (const id of peers.keys()) {
    runtime.dispatch(id, { type: 'connect', negotiation: id, plannedNs: 0, to: endpointOf(id ^ 1) });
  }
}
const idle = { nextDueNs: () => undefined, runDue: () => {}, isDone: () => finished === pairs };
await runtime.run(idle, () => false);
parentPort!.postMessage({
  disorder,
  finished,
  sent: runtime.datagramsSent,
  drops: [...runtime.drops],
  nowNs: runtime.nowNs(),
});
