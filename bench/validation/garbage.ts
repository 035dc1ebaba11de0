/** How often the generator collects garbage, and for how long: from what V8 says of itself (`--trace-gc`). */
import type { Run } from './measurement.ts';

export interface Garbage {
  /** Negotiations between two collections. */
  readonly negotiations: number;
  /** Mean of a collection. */
  readonly pauseNs: number;
}

interface Collection {
  readonly thread: string;
  readonly atMs: number;
  readonly pauseMs: number;
}

/** `[26604:0x7f728c000f00]     8105 ms: Scavenge 34.3 (54.2) -> 21.5 (54.2) MB, 4.46 / 1.56 ms  (average mu...` */
const LINE = /^\[\d+:(0x[0-9a-f]+)\]\s+(\d+) ms: .*? MB, ([\d.]+) \/ [\d.]+ ms/;

/** Of the thread that has the peers, in the second half of a run at a steady rate. Undefined when there was next to none. */
export function garbageOf({ trace, result }: Run): Garbage | undefined {
  const collections = trace.flatMap((line): Collection[] => {
    const found = LINE.exec(line);
    return found === null ? [] : [{ thread: found[1]!, atMs: Number(found[2]), pauseMs: Number(found[3]) }];
  });
  const threads = [...new Set(collections.map(({ thread }) => thread))];
  const ofThreads = threads.map((thread) => collections.filter((each) => each.thread === thread));
  const busiest = ofThreads.toSorted((one, other) => other.length - one.length)[0] ?? [];
  const late = busiest.slice(Math.floor(busiest.length / 2));
  const [first, last] = [late[0], late.at(-1)];
  if (late.length < COLLECTIONS_MINIMUM || first === undefined || last === undefined) return undefined;
  const seconds = (last.atMs - first.atMs) / 1_000;
  const negotiations = ((result.rates.succeededHz ?? 0) * seconds) / (late.length - 1);
  const pauseNs = (late.reduce((sum, { pauseMs }) => sum + pauseMs, 0) / late.length) * 1e6;
  return { negotiations, pauseNs };
}

const COLLECTIONS_MINIMUM = 4;

export function garbageText(garbage: Garbage | undefined): string {
  if (garbage === undefined) return 'next to none';
  return `${garbage.negotiations.toFixed(0)} negotiations, then ${(garbage.pauseNs / 1e6).toFixed(1)} ms`;
}
