/** A namespace and a folder for the tests of one `describe`, both gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { NetworkNamespace } from './namespace.ts';

export interface WorkPlace {
  readonly namespace: NetworkNamespace;
  /** A new folder at each call. */
  folder(name: string): string;
}

/** Call inside `describe`. Set IKESTORM_KEEP_LOGS to look at the folders afterwards. */
export function createWorkPlace(purpose: string): WorkPlace {
  const root = mkdtempSync(join(tmpdir(), `ikestorm-${purpose}-`));
  const namespace = new NetworkNamespace(purpose);
  afterAll(async () => {
    await namespace.remove();
    if (process.env['IKESTORM_KEEP_LOGS'] === undefined) rmSync(root, { recursive: true });
  });
  let count = 0;
  return {
    namespace,
    folder: (name) => join(root, `${++count}-${name}`),
  };
}
