/**
 * A worker's part of the capture and of the keys, written while the run goes on, so that a lost
 * worker leaves what it saw. Errors of the file system end the capture and never the run.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createCapturePartWriter } from '../export/capture-part.ts';
import { formatKeyRecord, keyRecordOf } from '../export/key-record.ts';
import type { Fact } from '../peer/fact.ts';
import type { WireDatagram } from '../runtime/runtime.ts';

export interface CaptureLog {
  datagram(datagram: WireDatagram): void;
  /** Takes `keys.*` facts; others are none of its business. */
  fact(fact: Fact): void;
  /** Writes what is still in memory; cheap when there is nothing. */
  flush(): void;
  close(): void;
  /** Why the capture ended before the run did. */
  readonly failure: string | undefined;
}

/** Names of the parts in the folder of the run. */
export function capturePartName(worker: number): string {
  return `capture-${worker}.part`;
}
export function keyPartName(worker: number): string {
  return `keys-${worker}.part`;
}

export function createCaptureLog(folder: string, worker: number): CaptureLog {
  return new FileCaptureLog(folder, worker);
}

class FileCaptureLog implements CaptureLog {
  failure: string | undefined;
  readonly #files: number[] = [];
  readonly #writer = createCapturePartWriter((octets) => this.#write(0, octets));
  #keyLines = '';

  constructor(folder: string, worker: number) {
    this.#guarded(() => {
      this.#files.push(openSync(join(folder, capturePartName(worker)), 'w'));
      // Keys open every tunnel of the run: readable by the owner alone.
      this.#files.push(openSync(join(folder, keyPartName(worker)), 'w', OWNER_ONLY));
    });
  }

  datagram(datagram: WireDatagram): void {
    if (this.failure === undefined) this.#writer.write(datagram);
  }

  fact(fact: Fact): void {
    if (this.failure !== undefined) return;
    const record = keyRecordOf(fact);
    if (record === undefined) return;
    this.#keyLines += formatKeyRecord(record);
    if (this.#keyLines.length >= BATCH_LENGTH) this.#writeKeys();
  }

  flush(): void {
    if (this.failure !== undefined) return;
    this.#writer.flush();
    this.#writeKeys();
  }

  close(): void {
    this.flush();
    for (const file of this.#files.splice(0)) this.#guarded(() => closeSync(file));
  }

  #writeKeys(): void {
    if (this.#keyLines !== '') this.#write(1, Buffer.from(this.#keyLines));
    this.#keyLines = '';
  }

  #write(index: number, octets: Uint8Array): void {
    this.#guarded(() => {
      let written = 0;
      while (written < octets.length) written += writeSync(this.#files[index]!, octets, written);
    });
  }

  #guarded(work: () => void): void {
    if (this.failure !== undefined) return;
    try {
      work();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }
}

const OWNER_ONLY = 0o600;
const BATCH_LENGTH = 64 * 1024;
