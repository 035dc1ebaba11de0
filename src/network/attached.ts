/** Which box or link of its kind a peer has before it: peers of some groups in order, so many to each. */
import type { Attachment } from './network-settings.ts';

/** A group of peers with neighbouring numbers. */
export interface PlacedGroup {
  readonly name: string;
  readonly first: number;
  readonly count: number;
  /** 4 or 16. */
  readonly addressLength: number;
}

interface Part {
  readonly first: number;
  readonly end: number;
  /** Place of the first among all that are attached. */
  readonly offset: number;
}

export class Attached {
  /** How many of its kind there are. */
  readonly count: number;
  readonly #parts: readonly Part[];
  readonly #sharedBy: number;
  readonly #peers: number;

  constructor({ groups, sharedBy }: Attachment, population: readonly PlacedGroup[]) {
    this.#sharedBy = sharedBy;
    let offset = 0;
    this.#parts = groups.map((name) => {
      const group = population.find((each) => each.name === name);
      if (group === undefined) throw new TypeError(`there is no group ${name}`);
      const part = { first: group.first, end: group.first + group.count, offset };
      offset += group.count;
      return part;
    });
    this.#peers = offset;
    this.count = Math.max(1, Math.ceil(offset / sharedBy));
  }

  /** Number of the one that `peer`, which is attached to one, has. */
  numberOf(peer: number): number {
    for (const { first, end, offset } of this.#parts) {
      if (peer >= first && peer < end) return Math.floor((peer - first + offset) / this.#sharedBy);
    }
    throw new RangeError(`peer ${peer} is not attached`);
  }

  /** Those that share number `number`, in order. */
  peersOf(number: number): number[] {
    const begin = this.#sharedBy === Infinity ? 0 : number * this.#sharedBy;
    const end = Math.min(this.#peers, begin + this.#sharedBy);
    const peers: number[] = [];
    for (const part of this.#parts) {
      const from = Math.max(begin, part.offset);
      const to = Math.min(end, part.offset + part.end - part.first);
      for (let place = from; place < to; place++) peers.push(part.first + place - part.offset);
    }
    return peers;
  }

  /** Peers that have to stay together; empty when nothing is shared. */
  companions(): number[][] {
    if (this.#sharedBy === 1) return [];
    return Array.from({ length: this.count }, (_, number) => this.peersOf(number));
  }
}
