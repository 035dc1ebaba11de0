/** A namespace and a folder for the tests of one `describe`, or for one test, both gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, type TestContext } from 'vitest';
import { NetworkNamespace } from './namespace.ts';

export interface WorkPlace {
  readonly namespace: NetworkNamespace;
  /** A new folder at each call. */
  folder(name: string): string;
}

/** Call inside a test, for one that runs at the same time as others: gone when it has finished. */
export function openWorkPlace(
  purpose: string,
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
): WorkPlace {
  const root = mkdtempSync(join(tmpdir(), `ikestorm-${purpose}-`));
  const namespace = new NetworkNamespace(purpose);
  onTestFinished(async () => {
    await namespace.remove();
    if (process.env['IKESTORM_KEEP_LOGS'] === undefined) rmSync(root, { recursive: true });
  });
  let count = 0;
  return { namespace, folder: (name) => join(root, `${++count}-${name}`) };
}

/** Call inside `describe`. Set IKESTORM_KEEP_LOGS to look at the folders afterwards. */
export function createWorkPlace(purpose: string): WorkPlace {
  const root = mkdtempSync(join(tmpdir(), `ikestorm-${purpose}-`));
  let namespace: NetworkNamespace | undefined;
  beforeAll(() => {
    namespace = new NetworkNamespace(purpose);
  });
  afterAll(async () => {
    await namespace?.remove();
    if (process.env['IKESTORM_KEEP_LOGS'] === undefined) rmSync(root, { recursive: true });
  });
  let count = 0;
  return {
    get namespace() {
      if (namespace === undefined) throw new Error('the namespace is there while tests and hooks run');
      return namespace;
    },
    folder: (name) => join(root, `${++count}-${name}`),
  };
}
