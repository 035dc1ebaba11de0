/** The revocation lists that a server has, by authority and time of publication. */

/** Plain data. */
export interface PublishedList {
  /** DER. */
  readonly octets: Uint8Array;
  /** From when on it is the latest; milliseconds since 1970. */
  readonly fromMs: number;
}

/** By authority, in order of publication. */
export type PublishedLists = ReadonlyMap<string, readonly PublishedList[]>;

/** The latest list of an authority, whose name is ASCII; before the first one is published it is that. */
export function latestList(lists: PublishedLists, name: Uint8Array, nowMs: number): Uint8Array | undefined {
  const published = lists.get(String.fromCharCode(...name)) ?? [];
  return (published.findLast(({ fromMs }) => fromMs <= nowMs) ?? published[0])?.octets;
}
