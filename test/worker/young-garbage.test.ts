/** Who collects young garbage shows only in what V8 tells of itself, so a process of its own says it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const POOL = new URL('../../dist/worker/pool.js', import.meta.url);

/** Keeps half of what it makes: a collection of it is worth sharing. */
const COLLECTIONS = `
const { setFlagsFromString } = await import('node:v8');
setFlagsFromString('--trace-gc');
setFlagsFromString('--trace-parallel-scavenge');
const kept = [];
for (let i = 0; i < 200_000; i++) {
  kept.push({ i, list: [i] });
  if (i % 2 === 0) kept[i >> 1] = undefined;
}
`;

/** One line of V8 for each collection, and one for each thread that took part in it. */
async function trace(program: string): Promise<{ collections: number; parts: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    program + COLLECTIONS,
  ]);
  return {
    collections: stdout.match(/ms: Scavenge /g)?.length ?? 0,
    parts: stdout.match(/scavenge\[0x/g)?.length ?? 0,
  };
}

describe('young garbage', () => {
  it('is collected by one thread alone in a process that starts workers', async () => {
    const { collections, parts } = await trace(`
      const { createShardPool } = await import(${JSON.stringify(POOL)});
      await createShardPool(1, () => {}).close();`);
    expect(collections).toBeGreaterThan(3);
    expect(parts).toBe(collections);
  });
});
