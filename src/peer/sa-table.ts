/** The phase 1 SAs of one peer, found by initiator cookie or by who the other end is. */
import type { Identity } from '../ike/identity.ts';
import { equalOctets, uint32At } from '../ike/wire/octets.ts';
import type { SaParking } from './parking/sa-parking.ts';
import type { SaEntry } from './sa-entry.ts';
import { SaPlace } from './sa-place.ts';
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
/** Who has the identity of so many others is looked at whenever one of them comes, and not parked. */
const SIBLINGS_PARKED_MAX = 8;

export class SaTable {
  readonly #byCookie = new Map<number, SaPlace>();
  readonly #parking: SaParking | undefined;
  /** Places of SAs that the event at hand is about, which may be at rest after it. */
  readonly #touched: SaPlace[] = [];
  /** Established SAs that others began, or that replace such; most identities have one. Made, as what follows, when it is first needed: hosts never do. */
  #byIdentity: Map<string, SaPlace | Set<SaPlace>> | undefined;
  /** Responder SAs that are not established yet, by address of the other end. */
  #halfOpenByAddress: Map<string, number> | undefined;
  #halfOpenCount = 0;
  /** First messages that were refused, oldest first: they keep their places for as long as others could. */
  #refused: { readonly address: string; readonly untilNs: Ns }[] | undefined;

  /** `parking`: absent where every SA stays an object. */
  constructor(parking?: SaParking) {
    this.#parking = parking;
  }

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
    const place = this.#byCookie.get(keyOf(initiatorCookie));
    if (place === undefined) return undefined;
    const entry = this.wake(place);
    return equalOctets(entry.sa.initiatorCookie, initiatorCookie) ? entry : undefined;
  }

  /** The SA at a place of this table, an object again if it was parked. */
  wake(place: SaPlace): SaEntry {
    if (this.#parking !== undefined && this.#touched.at(-1) !== place) this.#touched.push(place);
    const entry = place.entry ?? this.#parking?.wake(place);
    if (entry === undefined) throw new Error('an SA is parked where there is no parking');
    return entry;
  }

  /** The event at hand is over: what it was about is parked again when it is at rest. */
  park(): void {
    if (this.#parking === undefined) return;
    for (const place of this.#touched) if (!this.#isCrowded(place)) this.#parking.park(place);
    this.#touched.length = 0;
  }

  #isCrowded({ entry }: SaPlace): boolean {
    if (this.#byIdentity === undefined || entry?.sa.remoteIdentity === undefined) return false;
    const siblings = this.#byIdentity.get(keyOfIdentity(entry.sa.remoteIdentity));
    return siblings instanceof Set && siblings.size > SIBLINGS_PARKED_MAX;
  }

  /** False when another SA occupies the place; cookies are random, so only a hostile one does. */
  add(entry: SaEntry): boolean {
    const key = keyOf(entry.sa.initiatorCookie);
    if (this.#byCookie.has(key)) return false;
    this.#byCookie.set(key, new SaPlace(entry));
    return true;
  }

  /** An SA is established that is not that of a tunnel of ours: the other end is who it says. */
  identified(entry: SaEntry): void {
    const place = this.#byCookie.get(keyOf(entry.sa.initiatorCookie));
    if (entry.sa.remoteIdentity === undefined || place?.entry !== entry) return;
    const key = keyOfIdentity(entry.sa.remoteIdentity);
    this.#byIdentity ??= new Map();
    const known = this.#byIdentity.get(key);
    if (known === undefined) this.#byIdentity.set(key, place);
    else if (known instanceof Set) known.add(place);
    else if (known !== place) this.#byIdentity.set(key, new Set([known, place]));
  }

  remove(entry: SaEntry): void {
    const key = keyOf(entry.sa.initiatorCookie);
    const place = this.#byCookie.get(key);
    this.#byCookie.delete(key);
    if (place === undefined) return;
    this.#leaveIdentity(entry, place);
    place.entry = undefined;
  }

  /** Lets go of all SAs that are parked, without a word and without waking them. */
  forgetParked(): void {
    if (this.#parking === undefined) return;
    for (const [key, known] of this.#byIdentity ?? []) {
      if (!(known instanceof Set)) {
        if (isParked(known)) this.#byIdentity!.delete(key);
        continue;
      }
      for (const place of known) if (isParked(place)) known.delete(place);
      if (known.size === 0) this.#byIdentity!.delete(key);
    }
    for (const [key, place] of this.#byCookie) {
      if (!isParked(place)) continue;
      this.#byCookie.delete(key);
      this.#parking.forget(place);
    }
  }

  #leaveIdentity(entry: SaEntry, place: SaPlace): void {
    if (this.#byIdentity === undefined || entry.sa.remoteIdentity === undefined) return;
    const key = keyOfIdentity(entry.sa.remoteIdentity);
    const siblings = this.#byIdentity.get(key);
    if (siblings instanceof Set) siblings.delete(place);
    if (siblings === place || (siblings instanceof Set && siblings.size === 0)) this.#byIdentity.delete(key);
  }

  /** Established responder SAs of one identity, oldest first. */
  withIdentity(identity: Identity): Iterable<SaEntry> {
    const known = this.#byIdentity?.get(keyOfIdentity(identity));
    if (known === undefined) return NO_ENTRIES;
    return known instanceof Set ? this.#woken(known) : [this.wake(known)];
  }

  /** The SAs that are there at the beginning, one after the other. */
  [Symbol.iterator](): IterableIterator<SaEntry> {
    return this.#woken([...this.#byCookie.values()]);
  }

  *#woken(places: Iterable<SaPlace>): Generator<SaEntry> {
    for (const place of places) if (!isEmpty(place)) yield place.entry ?? this.wake(place);
  }
}

function isParked({ record }: SaPlace): boolean {
  return record >= 0;
}

/** Whether the SA that was there is no more. */
function isEmpty({ entry, record }: SaPlace): boolean {
  return entry === undefined && record < 0;
}
