/** The place of a phase 1 SA in the tables of its peer: there is the SA itself, or what it was parked as. */
import type { TimerList } from './parking/timer-list.ts';
import type { SaEntry } from './sa-entry.ts';

export class SaPlace {
  /** Undefined while the SA is parked, and when it is no more. */
  entry: SaEntry | undefined;
  /** Of the parked SA; -1: it is not parked. */
  record = -1;
  /** Of the parked SA, armed or not; their `subject` is this place. */
  timers: TimerList = undefined;

  constructor(entry: SaEntry) {
    this.entry = entry;
  }
}
