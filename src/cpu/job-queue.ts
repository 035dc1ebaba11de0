/** Jobs that wait for a thread, by class; first come, first served within one. */
import { JOB_PRIORITIES } from './job.ts';
import type { Job, JobPriority } from './job.ts';

export class JobQueue<Payload> {
  readonly #queues: readonly Fifo<Job<Payload>>[] = JOB_PRIORITIES.map(() => new Fifo());
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(job: Job<Payload>): void {
    this.#queues[JOB_PRIORITIES.indexOf(job.priority)]!.push(job);
    this.#length++;
  }

  /** Takes the first job of a class; undefined when there is none. */
  shift(priority: JobPriority): Job<Payload> | undefined {
    const job = this.#queues[JOB_PRIORITIES.indexOf(priority)]!.shift();
    if (job !== undefined) this.#length--;
    return job;
  }

  *[Symbol.iterator](): Generator<Job<Payload>> {
    for (const queue of this.#queues) yield* queue;
  }
}

/** A queue whose memory follows its length, without moving what waits each time. */
export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    if (this.#first === this.#items.length) return undefined;
    const item = this.#items[this.#first];
    this.#items[this.#first++] = undefined;
    if (this.#first >= COMPACT_FROM && this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }

  *[Symbol.iterator](): Generator<Item> {
    for (let index = this.#first; index < this.#items.length; index++) yield this.#items[index]!;
  }
}

const COMPACT_FROM = 1024;
