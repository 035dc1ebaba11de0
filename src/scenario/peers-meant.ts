/** How many peers a share of a group is. */

/** Rounded, at least one and at most all. */
export function peersMeant(count: number, share: number): number {
  return Math.min(count, Math.max(1, Math.round(count * share)));
}
