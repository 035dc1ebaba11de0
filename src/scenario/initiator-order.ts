/**
 * Numbers the initiators of several groups so that the groups take turns in proportion to their
 * sizes: whatever part of the initiators starts first is a fair sample of all of them.
 */

/** Member `index` of group number `group`. */
export interface Member {
  readonly group: number;
  readonly index: number;
}

/**
 * Orders members by (index + 1/2) / size of their group, equal ones by group. Nothing is stored, so
 * that millions of members cost nothing.
 */
export class InitiatorOrder {
  readonly count: number;
  readonly #sizes: readonly number[];

  constructor(sizes: readonly number[]) {
    this.#sizes = sizes;
    this.count = sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Number of a member, from 0 to `count - 1`. */
  numberOf({ group, index }: Member): number {
    let number = 0;
    for (let other = 0; other < this.#sizes.length; other++) {
      number += other === group ? index : this.#membersBefore(other, { group, index });
    }
    return number;
  }

  /**
   * The member with a number.
   * @throws RangeError when there is none.
   */
  at(number: number): Member {
    for (let group = 0; group < this.#sizes.length; group++) {
      let low = 0;
      let high = this.#sizes[group]! - 1;
      while (low <= high) {
        const index = Math.floor((low + high) / 2);
        const found = this.numberOf({ group, index });
        if (found === number) return { group, index };
        if (found < number) low = index + 1;
        else high = index - 1;
      }
    }
    throw new RangeError(`there is no initiator number ${number}`);
  }

  /**
   * Members i of group `other` with (2 i + 1) / otherSize below (2 index + 1) / size, or equal to it
   * where `other` comes first. In whole numbers, below 2^53 for groups of up to 10^7.
   */
  #membersBefore(other: number, { group, index }: Member): number {
    const otherSize = this.#sizes[other]!;
    const product = (2 * index + 1) * otherSize;
    const size = this.#sizes[group]!;
    const rest = product % size;
    const quotient = (product - rest) / size;
    const largest = rest === 0 && other > group ? quotient - 1 : quotient;
    return Math.floor((largest + 1) / 2);
  }
}
