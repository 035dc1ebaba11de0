/** The child SAs of one peer, found by the SPI that data comes with, and counted. */
import type { ChildSa } from '../ike/v1/child-sa.ts';
import { equalOctets, uint32At } from '../ike/wire/octets.ts';
import type { QuickModeInitiator } from './exchange/quick-mode-exchange.ts';
import type { EstablishedChild, SaEntry } from './sa-entry.ts';
import { SaPlace } from './sa-place.ts';
import type { Timer } from './timer.ts';

export interface FoundChild {
  readonly entry: SaEntry;
  readonly established: EstablishedChild;
}

export class ChildTable {
  /** Where the phase 1 SA is parked: its place. */
  readonly #bySpi = new Map<number, FoundChild | SaPlace>();
  /** Quick modes that wait for CONNECTED, by the SPI that traffic would come with; made with the first one. */
  #awaited: Map<number, QuickModeInitiator> | undefined;
  readonly #cancelTimer: (timer: Timer) => void;

  readonly #wake: (place: SaPlace) => void;

  constructor(cancelTimer: (timer: Timer) => void, wake: (place: SaPlace) => void) {
    this.#cancelTimer = cancelTimer;
    this.#wake = wake;
  }

  /** Pairs of SAs. */
  get size(): number {
    return this.#bySpi.size;
  }

  /** The child SA that receives on an SPI. */
  find(spi: number): FoundChild | undefined {
    const found = this.#bySpi.get(spi);
    if (!(found instanceof SaPlace)) return found;
    this.#wake(found);
    return this.#bySpi.get(spi) as FoundChild;
  }

  /** The phase 1 SA is at this place from now on, and no object any more. */
  park({ children }: SaEntry, place: SaPlace): void {
    for (const { child } of children) this.#bySpi.set(uint32At(child.inbound.spi, 0), place);
  }

  /** The phase 1 SA is an object again. */
  wake(entry: SaEntry): void {
    for (const established of entry.children) {
      this.#bySpi.set(uint32At(established.child.inbound.spi, 0), { entry, established });
    }
  }

  /** All phase 1 SAs that are parked are let go of. */
  forgetParked(): void {
    for (const [spi, found] of this.#bySpi) if (found instanceof SaPlace) this.#bySpi.delete(spi);
  }

  add(entry: SaEntry, established: EstablishedChild): void {
    // Most have one, and what is pushed takes room for many.
    if (entry.children.length === 0) entry.children = [established];
    else entry.children.push(established);
    this.#bySpi.set(uint32At(established.child.inbound.spi, 0), { entry, established });
  }

  /** Traffic that comes over a child SA shows that the other end is ready, though it has not said so. */
  awaitTraffic({ inbound }: ChildSa, exchange: QuickModeInitiator): void {
    this.#awaited ??= new Map();
    this.#awaited.set(uint32At(inbound.spi, 0), exchange);
  }

  awaitTrafficNoLonger({ inbound }: ChildSa): void {
    this.#awaited?.delete(uint32At(inbound.spi, 0));
  }

  /** The quick mode that waits for CONNECTED and whose child SA is to receive on an SPI. */
  awaited(spi: number): QuickModeInitiator | undefined {
    return this.#awaited?.get(spi);
  }

  /** Whether a packet with this SPI can belong to anything here. */
  expects(spi: number): boolean {
    return this.#bySpi.has(spi) || this.#awaited?.has(spi) === true;
  }

  /** Removes one and cancels its timer; false when the entry does not have it. */
  remove(entry: SaEntry, child: ChildSa): boolean {
    const index = entry.children.findIndex((established) => established.child === child);
    const [removed] = index < 0 ? [] : entry.children.splice(index, 1);
    if (removed === undefined) return false;
    this.#bySpi.delete(uint32At(child.inbound.spi, 0));
    if (removed.rekeyTimer !== undefined) this.#cancelTimer(removed.rekeyTimer);
    return true;
  }

  removeAll(entry: SaEntry): void {
    for (const { child } of [...entry.children]) this.remove(entry, child);
  }

  /** Child SAs go on under another phase 1 SA. */
  move(from: SaEntry, to: SaEntry): void {
    for (const established of from.children.splice(0)) this.add(to, established);
  }
}

/** The child SA of an entry that sends to an SPI of the other end. */
export function childSendingTo(entry: SaEntry, spi: Uint8Array): ChildSa | undefined {
  return entry.children.find(({ child }) => equalOctets(child.outbound.spi, spi))?.child;
}
