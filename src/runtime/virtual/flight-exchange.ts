/** What a worker sends to and takes from the others in virtual time: rings, and a list for what does not fit into one. */
import type { Datagram } from '../../network/network-model.ts';
import type { Ns } from '../../peer/timer.ts';
import type { EndpointCache } from '../memory/endpoint-cache.ts';
import { Flight } from './flight.ts';
import { createFlightRecord } from './flight-ring.ts';
import type { FlightRecord, FlightRing } from './flight-ring.ts';
import { flightRingBetween } from './virtual-memory.ts';
import type { VirtualMemory } from './virtual-memory.ts';

/** Time and key of an arrival. */
export type FlightKey = Pick<FlightRecord, 'arrivalNs' | 'hash' | 'source' | 'sequence'>;

export class FlightExchange {
  /** Least time of arrival of what was sent in this window or could not be sent yet; Infinity: nothing. */
  leastSentNs: Ns = Infinity;
  /** Records that wait for room. */
  unsent = 0;
  readonly #endpoints: EndpointCache;
  readonly #inbound: FlightRing[] = [];
  /** By worker; undefined for this one. */
  readonly #outbound: (FlightRing | undefined)[] = [];
  readonly #waiting: FlightRecord[][] = [];
  readonly #record = createFlightRecord();
  #windowEndNs: Ns = 0;

  constructor(shared: VirtualMemory, worker: number, endpoints: EndpointCache) {
    this.#endpoints = endpoints;
    for (let other = 0; other < shared.workers; other++) {
      const isSelf = other === worker;
      this.#outbound.push(isSelf ? undefined : flightRingBetween(shared, worker, other));
      this.#waiting.push([]);
      if (!isSelf) this.#inbound.push(flightRingBetween(shared, other, worker));
    }
  }

  /** What arrived from other workers has been taken; what is sent from now on arrives at `windowEndNs` or later. */
  beginWindow(windowEndNs: Ns): void {
    this.#windowEndNs = windowEndNs;
    this.leastSentNs = Infinity;
  }

  /**
   * Sends a datagram to another worker.
   * @throws RangeError when it would arrive before the end of the window: the network lied about its least latency.
   */
  send(
    worker: number,
    { from, to, octets }: Datagram,
    { arrivalNs, hash, source, sequence }: FlightKey,
  ): void {
    if (arrivalNs < this.#windowEndNs) {
      throw new RangeError(
        `a datagram to another worker arrives at ${arrivalNs}, before ${this.#windowEndNs}`,
      );
    }
    if (arrivalNs < this.leastSentNs) this.leastSentNs = arrivalNs;
    const record: FlightRecord = {
      arrivalNs,
      hash,
      source,
      sequence,
      fromNode: from.peer!,
      fromPort: from.port,
      toNode: to.peer!,
      toPort: to.port,
      octets,
    };
    const waiting = this.#waiting[worker]!;
    if (waiting.length === 0 && this.#outbound[worker]!.push(record)) return;
    waiting.push(record);
    this.unsent++;
  }

  /** Tries again what did not fit, in order. */
  flush(): void {
    if (this.unsent === 0) return;
    for (const [worker, waiting] of this.#waiting.entries()) {
      let sent = 0;
      while (sent < waiting.length && this.#outbound[worker]!.push(waiting[sent]!)) sent++;
      waiting.splice(0, sent);
      this.unsent -= sent;
    }
  }

  /** Takes all that has come. */
  take(accept: (flight: Flight, record: Readonly<FlightRecord>) => void): void {
    const record = this.#record;
    for (const ring of this.#inbound) {
      while (ring.pop(record)) {
        // Both ends were known to the sender, from the same plan.
        const from = this.#endpoints.at(record.fromNode, record.fromPort)!;
        const to = this.#endpoints.at(record.toNode, record.toPort)!;
        accept(new Flight(from, to, record.octets), record);
      }
    }
  }
}
