/** The phase 1 SAs of one peer, found by initiator cookie or by who the other end is. */
import type { Identity } from '../ike/identity.ts';
import { equalOctets, uint32At } from '../ike/wire/octets.ts';
import type { SaEntry } from './sa-entry.ts';
import type { Ns } from './timer.ts';

/** 53 bits of the cookie: a Map key without making text. The whole cookie is compared afterwards. */
function keyOf(cookie: Uint8Array): number {
  return (uint32At(cookie, 0) & 0x1fffff) * 0x1_0000_0000 + uint32At(cookie, 4);
}

function keyOfIdentity({ idType, data }: Identity): string {
  // A character for each octet; the other form is longer than any text of this one.
  return `${idType}:${data.length <= SHORT_IDENTITY ? String.fromCharCode(...data) : data.join('.')}`;
}

/** Octets that are passed as arguments: more might be too many. */
const SHORT_IDENTITY = 256;

const NO_ENTRIES: readonly SaEntry[] = [];

export class SaTable {
  readonly #byCookie = new Map<number, SaEntry>();
  /** Established SAs that others began, or that replace such; most identities have one. Made, as what follows, when it is first needed: hosts never do. */
  #byIdentity: Map<string, SaEntry | Set<SaEntry>> | undefined;
  /** Responder SAs that are not established yet, by address of the other end. */
  #halfOpenByAddress: Map<string, number> | undefined;
  #halfOpenCount = 0;
  /** First messages that were refused, oldest first: they keep their places for as long as others could. */
  #refused: { readonly address: string; readonly untilNs: Ns }[] | undefined;

  get size(): number {
    return this.#byCookie.size;
  }

  /** Responder SAs that are not established yet, and places that refused ones keep. */
  get halfOpenCount(): number {
    return this.#halfOpenCount;
  }

  /** SAs that are not half open at a responder. */
  get establishedCount(): number {
    return this.size - (this.#halfOpenCount - (this.#refused?.length ?? 0));
  }

  halfOpenCountOf(address: string): number {
    return this.#halfOpenByAddress?.get(address) ?? 0;
  }

  /** A responder SA has begun. */
  halfOpenBegun({ address }: Pick<SaEntry, 'address'>): void {
    this.#halfOpenCount++;
    this.#halfOpenByAddress ??= new Map();
    this.#halfOpenByAddress.set(address, this.halfOpenCountOf(address) + 1);
  }

  /** A responder SA that was half open is established, or is no more. */
  halfOpenEnded({ address }: Pick<SaEntry, 'address'>): void {
    this.#halfOpenCount--;
    const left = this.halfOpenCountOf(address) - 1;
    if (left > 0) this.#halfOpenByAddress?.set(address, left);
    else this.#halfOpenByAddress?.delete(address);
  }

  /** The SA is no more, but its place is taken until then: refusing must not be cheaper to ask for than waiting. */
  keepPlaceOf({ address }: SaEntry, untilNs: Ns): void {
    this.#refused ??= [];
    this.#refused.push({ address, untilNs });
    this.halfOpenBegun({ address });
  }

  /** Frees the places of what was refused long enough ago. */
  freePlaces(nowNs: Ns): void {
    if (this.#refused === undefined) return;
    let over = 0;
    for (const { untilNs } of this.#refused) {
      if (untilNs > nowNs) break;
      over++;
    }
    if (over === 0) return;
    for (const place of this.#refused.splice(0, over)) this.halfOpenEnded(place);
  }

  find(initiatorCookie: Uint8Array): SaEntry | undefined {
    const entry = this.#byCookie.get(keyOf(initiatorCookie));
    return entry !== undefined && equalOctets(entry.sa.initiatorCookie, initiatorCookie) ? entry : undefined;
  }

  /** False when another SA occupies the place; cookies are random, so only a hostile one does. */
  add(entry: SaEntry): boolean {
    const key = keyOf(entry.sa.initiatorCookie);
    if (this.#byCookie.has(key)) return false;
    this.#byCookie.set(key, entry);
    return true;
  }

  /** An SA is established that is not that of a tunnel of ours: the other end is who it says. */
  identified(entry: SaEntry): void {
    if (entry.sa.remoteIdentity === undefined) return;
    const key = keyOfIdentity(entry.sa.remoteIdentity);
    this.#byIdentity ??= new Map();
    const known = this.#byIdentity.get(key);
    if (known === undefined) this.#byIdentity.set(key, entry);
    else if (known instanceof Set) known.add(entry);
    else if (known !== entry) this.#byIdentity.set(key, new Set([known, entry]));
  }

  remove(entry: SaEntry): void {
    this.#byCookie.delete(keyOf(entry.sa.initiatorCookie));
    if (this.#byIdentity === undefined || entry.sa.remoteIdentity === undefined) return;
    const key = keyOfIdentity(entry.sa.remoteIdentity);
    const siblings = this.#byIdentity.get(key);
    if (siblings instanceof Set) siblings.delete(entry);
    if (siblings === entry || (siblings instanceof Set && siblings.size === 0)) this.#byIdentity.delete(key);
  }

  /** Established responder SAs of one identity, oldest first. */
  withIdentity(identity: Identity): Iterable<SaEntry> {
    const known = this.#byIdentity?.get(keyOfIdentity(identity));
    if (known === undefined) return NO_ENTRIES;
    return known instanceof Set ? known : [known];
  }

  [Symbol.iterator](): IterableIterator<SaEntry> {
    return this.#byCookie.values();
  }
}
