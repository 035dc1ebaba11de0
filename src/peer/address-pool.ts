/** Addresses that a gateway lends to its clients: leased, returned, and given again, those never used first. */
import { compareOctets, equalOctets, toHex } from '../ike/wire/octets.ts';

/** Addresses one after the other, all of one family over a whole pool. */
export interface AddressRange {
  /** 4 or 16 octets. */
  readonly first: Uint8Array;
  readonly count: number;
}

export interface Lease {
  readonly address: Uint8Array;
  readonly holder: string;
  readonly index: number;
}

interface Holding {
  readonly lease: Lease;
  /** A client that replaces its SA holds its address twice for a moment. */
  uses: number;
}

export class AddressPool {
  readonly #ranges: readonly AddressRange[];
  readonly #holdings = new Map<number, Holding>();
  readonly #byHolder = new Map<string, Holding>();
  /** Free again, in the order in which they were returned. */
  readonly #returned = new Set<number>();
  /** No address from here on was given in turn; one may have been asked for by name. */
  #next = 0;
  readonly size: number;

  constructor(ranges: readonly AddressRange[]) {
    this.#ranges = ranges;
    this.size = ranges.reduce((sum, { count }) => sum + count, 0);
  }

  get leasedCount(): number {
    return this.#holdings.size;
  }

  /**
   * An address for a holder: the one it has, unless it wants another; the wanted one, if it is
   * free; otherwise the next one. Undefined when none is left.
   */
  lease(holder: string, wanted?: Uint8Array): Lease | undefined {
    const own = this.#byHolder.get(holder);
    if (own !== undefined && (wanted === undefined || equalOctets(wanted, own.lease.address))) {
      own.uses++;
      return own.lease;
    }
    const index = this.#freeIndexOf(wanted) ?? this.#takeNext();
    if (index === undefined) return undefined;
    this.#returned.delete(index);
    const lease: Lease = { address: this.#addressOf(index), holder, index };
    const holding: Holding = { lease, uses: 1 };
    this.#holdings.set(index, holding);
    this.#byHolder.set(holder, holding);
    return lease;
  }

  /** Takes an address back. Of one that is leased twice, the other lease goes on. */
  release(lease: Lease): void {
    const holding = this.#holdings.get(lease.index);
    if (holding?.lease !== lease) return;
    holding.uses--;
    if (holding.uses > 0) return;
    this.#holdings.delete(lease.index);
    if (this.#byHolder.get(lease.holder) === holding) this.#byHolder.delete(lease.holder);
    this.#returned.add(lease.index);
  }

  #takeNext(): number | undefined {
    while (this.#holdings.has(this.#next) || this.#returned.has(this.#next)) this.#next++;
    if (this.#next < this.size) return this.#next++;
    const [oldest] = this.#returned;
    return oldest;
  }

  #freeIndexOf(wanted: Uint8Array | undefined): number | undefined {
    if (wanted === undefined) return undefined;
    let base = 0;
    for (const { first, count } of this.#ranges) {
      const distance = distanceOf(first, wanted);
      if (distance !== undefined && distance < count) {
        return this.#holdings.has(base + distance) ? undefined : base + distance;
      }
      base += count;
    }
    return undefined;
  }

  #addressOf(index: number): Uint8Array {
    let rest = index;
    for (const { first, count } of this.#ranges) {
      if (rest < count) return addressAfter(first, rest);
      rest -= count;
    }
    throw new Error(`the pool has no address ${index}`);
  }
}

function addressAfter(first: Uint8Array, distance: number): Uint8Array {
  const address = first.slice();
  let carry = distance;
  for (let i = address.length - 1; i >= 0 && carry > 0; i--) {
    carry += address[i] as number;
    address[i] = carry % 256;
    carry = Math.floor(carry / 256);
  }
  return address;
}

/** How many addresses after `first` this one comes; undefined when it is of another family or before. */
function distanceOf(first: Uint8Array, address: Uint8Array): number | undefined {
  if (first.length !== address.length || compareOctets(address, first) < 0) return undefined;
  return Number(BigInt(`0x${toHex(address)}`) - BigInt(`0x${toHex(first)}`));
}
