/**
 * Timers of what is parked: they stay where they are in the runtime's queue, as they are. Only what
 * they are about is let go of; who wakes it puts it back.
 */
import type { TimerSubject } from '../exchange/services.ts';
import type { Timer } from '../timer.ts';
import type { RecordReader } from './record-reader.ts';
import type { RecordWriter } from './record-writer.ts';

/** Most have one. */
export type TimerList = Timer | readonly Timer[] | undefined;

const NO_TIMERS: readonly Timer[] = [];

/** All of a list. */
export function timersOf(list: TimerList): readonly Timer[] {
  if (list === undefined) return NO_TIMERS;
  return 'peer' in list ? [list] : list;
}

export class TimerWriter {
  #timers: Timer[] = [];

  /** Takes the timers that were written since; from now on they are about `subject`. */
  take(subject: unknown): TimerList {
    const timers = this.#timers;
    this.#timers = [];
    for (const timer of timers) timer.subject = subject;
    return timers.length <= 1 ? timers[0] : timers;
  }

  /** Forgets those that were written. */
  begin(): void {
    this.#timers.length = 0;
  }

  write(writer: RecordWriter, timer: Timer | undefined): void {
    writer.flag(timer !== undefined);
    if (timer !== undefined) this.#timers.push(timer);
  }
}

export class TimerReader {
  readonly #timers: TimerList;
  #index = 0;

  constructor(timers: TimerList) {
    this.#timers = timers;
  }

  /** The timer, about `subject` again. */
  read(reader: RecordReader, subject: TimerSubject | undefined): Timer | undefined {
    if (!reader.flag()) return undefined;
    const timers = this.#timers;
    const timer = timers === undefined || 'peer' in timers ? timers : timers[this.#index++];
    if (timer === undefined) throw new Error('a record has no timer where there must be one');
    timer.subject = subject;
    return timer;
  }
}
