/**
 * Memory for short-lived octet strings, many to one allocation. An array of more than 64 octets of
 * its own costs the engine ten times as much as a view, and a garbage collector that has to free
 * each; one of fewer octets costs as much as soon as somebody takes a view of it.
 */

/** Larger than all that one message takes, so that a string that is kept keeps little else alive. */
const SLAB_OCTETS = 4096;
/** What is longer has memory of its own. */
const LONGEST_SHARE = SLAB_OCTETS / 4;

export class OctetSlab {
  #octets = new Uint8Array(0);
  #used = 0;

  /**
   * `length` zero octets that nobody else has or will have. What is kept for long should be copied:
   * it keeps the whole slab alive.
   */
  take(length: number): Uint8Array {
    if (length > LONGEST_SHARE) return new Uint8Array(length);
    let start = this.#used;
    if (start + length > this.#octets.length) {
      this.#octets = new Uint8Array(SLAB_OCTETS);
      start = 0;
    }
    this.#used = start + length;
    return this.#octets.subarray(start, this.#used);
  }
}
