/**
 * Choosing without a branch, by masks of 32 bits: -1 for yes, 0 for no. For numbers of at most 30
 * bits, as octets and lengths are. The code has no branch and no index that depends on the values;
 * what the JavaScript engine, its compiler and the CPU make of it is not in our hands.
 */

/** Yes when `value`, which is not negative, is 0. */
export function maskIfZero(value: number): number {
  return (value - 1) >> 31;
}

export function maskIfLess(a: number, b: number): number {
  return (a - b) >> 31;
}

/** Yes when `value` is between the bounds or one of them. */
export function maskIfWithin(value: number, minimum: number, maximum: number): number {
  return ~maskIfLess(value, minimum) & ~maskIfLess(maximum, value);
}

export function choose(mask: number, ifYes: number, ifNo: number): number {
  return (ifYes & mask) | (ifNo & ~mask);
}
