/**
 * An exponential variate of mean 1 from uniform ones, by comparisons only: Math.log may differ
 * between machines in the last bit, and with it the whole run.
 */

/**
 * Von Neumann's comparison method ("Various techniques used in connection with random digits",
 * 1951). For a first draw x, the run x > u2 > u3 > ... breaks at an even place with probability
 * e^-x; then x is the fraction, and the failures before are the integer part.
 */
export function drawExponentialUnit(source: { unit(): number }): number {
  for (let failures = 0; ; failures++) {
    const first = source.unit();
    let last = first;
    let next = source.unit();
    let even = true;
    while (next < last) {
      last = next;
      next = source.unit();
      even = !even;
    }
    if (even) return failures + first;
  }
}
