/** Parks the SAs of one peer in an arena and wakes them: exactly as they were. */
import type { PeerParts } from '../exchange/services.ts';
import type { SaEntry } from '../sa-entry.ts';
import type { SaPlace } from '../sa-place.ts';
import { isEntryAtRest, readEntry, writeEntry } from './entry-record.ts';
import type { RecordArena } from './record-arena.ts';
import { RecordReader } from './record-reader.ts';
import { RecordWriter } from './record-writer.ts';
import { TimerReader, TimerWriter, timersOf } from './timer-list.ts';

export class SaParking {
  readonly #peer: PeerParts;
  readonly #arena: RecordArena;
  /** Whether an SA is at hand for something else than what comes for it. */
  readonly #isHeld: (entry: SaEntry) => boolean;

  constructor(peer: PeerParts, arena: RecordArena, isHeld: (entry: SaEntry) => boolean) {
    this.#peer = peer;
    this.#arena = arena;
    this.#isHeld = isHeld;
  }

  /** Parks the SA of a place; false when it is not at rest. */
  park(place: SaPlace): boolean {
    const { entry } = place;
    if (entry === undefined || this.#isHeld(entry) || !isEntryAtRest(this.#peer, entry)) return false;
    writer.begin();
    timerWriter.begin();
    writeEntry(writer, timerWriter, this.#peer, entry);
    if (writer.isFull) return false;
    place.record = this.#arena.store(writer.octets, writer.length);
    place.timers = timerWriter.take(place);
    place.entry = undefined;
    this.#peer.children.park(entry, place);
    return true;
  }

  /** The SA of a place where one is parked. */
  wake(place: SaPlace): SaEntry {
    const reader = new RecordReader(this.#arena.read(place.record));
    const entry = readEntry(reader, new TimerReader(place.timers), this.#peer);
    this.#arena.free(place.record);
    place.record = -1;
    place.timers = undefined;
    place.entry = entry;
    this.#peer.children.wake(entry);
    return entry;
  }

  /** Stops the timers of a parked SA and lets it go, without making it an object again. */
  forget(place: SaPlace): void {
    for (const timer of timersOf(place.timers)) this.#peer.cancelTimer(timer);
    this.#arena.free(place.record);
    place.record = -1;
    place.timers = undefined;
  }
}

/** For one record after the other, of whichever peer. */
const writer = new RecordWriter();
const timerWriter = new TimerWriter();
