/**
 * Makes the captures of a run from the parts that its workers wrote: one file with every datagram's
 * first transmission, one with retransmissions. They are kept apart because tshark derives IVs
 * from the order of encrypted messages and does not recognize a repeated one.
 *
 * Memory does not grow with the length of the parts: each is read in chunks, and as every part is in order of
 * time, the next datagram of the run is always the earliest of the parts' next ones.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Ns } from '../peer/timer.ts';
import {
  decodeCaptureRecord,
  MAXIMUM_RECORD_OCTETS,
  recordOctetsAt,
  type CaptureRecord,
} from './capture-part.ts';
import { createPcapngWriter, type PcapngWriter } from './pcapng.ts';

const CHUNK_OCTETS = 2 * MAXIMUM_RECORD_OCTETS;

export interface CaptureMergeSetup {
  /** Files written through `createCapturePartWriter`. */
  readonly parts: readonly string[];
  readonly capturePath: string;
  readonly retransmissionsPath: string;
  /** UTC time, in nanoseconds since 1970, of 0 on the clock of the parts. */
  readonly clockEpochNs: bigint;
}

export interface CaptureMergeReport {
  readonly datagrams: number;
  readonly retransmissions: number;
  /** Parts whose end was cut or damaged; what came before it is in the captures. */
  readonly damagedParts: readonly string[];
}

/**
 * Merges the parts. Blocks the thread, so it belongs after the run.
 * @throws Error of node:fs when a file cannot be read or written.
 */
export function mergeCaptureParts(setup: CaptureMergeSetup): CaptureMergeReport {
  const readers: PartReader[] = [];
  const outputs: BatchedFile[] = [];
  try {
    for (const path of setup.parts) readers.push(new PartReader(path));
    const firsts = openCapture(setup.capturePath, outputs);
    const repeats = openCapture(setup.retransmissionsPath, outputs);
    const counts = copyInOrder(readers, firsts, repeats, setup.clockEpochNs);
    for (const output of outputs) output.flush();
    const damagedParts = readers.filter((reader) => reader.isDamaged).map((reader) => reader.path);
    return { ...counts, damagedParts };
  } finally {
    for (const file of [...readers, ...outputs]) file.close();
  }
}

function copyInOrder(
  readers: readonly PartReader[],
  firsts: PcapngWriter,
  repeats: PcapngWriter,
  clockEpochNs: bigint,
): { datagrams: number; retransmissions: number } {
  let datagrams = 0;
  let retransmissions = 0;
  for (let reader = earliest(readers); reader?.head; reader = earliest(readers)) {
    const { timeNs, source, destination, isRetransmission, payload } = reader.head;
    const epochNs = clockEpochNs + BigInt(timeNs);
    (isRetransmission ? repeats : firsts).write({ epochNs, source, destination, payload });
    if (isRetransmission) retransmissions += 1;
    else datagrams += 1;
    reader.advance();
  }
  return { datagrams, retransmissions };
}

/** There are as many parts as workers, too few for a heap to pay. Among equal times the first part wins. */
function earliest(readers: readonly PartReader[]): PartReader | undefined {
  let found: PartReader | undefined;
  let foundNs: Ns = Number.POSITIVE_INFINITY;
  for (const reader of readers) {
    if (reader.head && reader.head.timeNs < foundNs) {
      found = reader;
      foundNs = reader.head.timeNs;
    }
  }
  return found;
}

/** One part as a queue of records; `head` is the next one, undefined at the end. */
class PartReader {
  readonly path: string;
  readonly #file: number;
  readonly #chunk = new Uint8Array(CHUNK_OCTETS);
  #start = 0;
  #end = 0;
  #isAtEnd = false;
  isDamaged = false;
  head: CaptureRecord | undefined;

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'r');
    this.advance();
  }

  /** Moves to the next record. The former head's payload is invalid afterwards. */
  advance(): void {
    this.#fill();
    this.head = undefined;
    const unread = this.#end - this.#start;
    if (unread === 0) return;
    const octets = recordOctetsAt(this.#chunk.subarray(0, this.#end), this.#start);
    const isWhole = octets !== undefined && octets <= Math.min(unread, MAXIMUM_RECORD_OCTETS);
    this.head = isWhole
      ? decodeCaptureRecord(this.#chunk.subarray(this.#start, this.#start + octets))
      : undefined;
    if (this.head === undefined || octets === undefined) {
      this.isDamaged = true;
      this.#start = this.#end;
      this.#isAtEnd = true;
      return;
    }
    this.#start += octets;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Keeps at least one whole record in the chunk, as long as the file has one. */
  #fill(): void {
    if (this.#isAtEnd || this.#end - this.#start >= MAXIMUM_RECORD_OCTETS) return;
    this.#chunk.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    while (this.#end < CHUNK_OCTETS) {
      const octets = readSync(this.#file, this.#chunk, this.#end, CHUNK_OCTETS - this.#end, null);
      if (octets === 0) {
        this.#isAtEnd = true;
        return;
      }
      this.#end += octets;
    }
  }
}

const BATCH_OCTETS = 256 * 1024;

/** A file written in large pieces: a system call for each datagram would take most of the time. */
class BatchedFile {
  readonly #file: number;
  readonly #batch = new Uint8Array(BATCH_OCTETS);
  #used = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  append(octets: Uint8Array): void {
    if (this.#used + octets.length > BATCH_OCTETS) this.flush();
    this.#batch.set(octets, this.#used);
    this.#used += octets.length;
  }

  flush(): void {
    let written = 0;
    while (written < this.#used) written += writeSync(this.#file, this.#batch, written, this.#used - written);
    this.#used = 0;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function openCapture(path: string, outputs: BatchedFile[]): PcapngWriter {
  const file = new BatchedFile(path);
  outputs.push(file);
  return createPcapngWriter((octets) => file.append(octets));
}
