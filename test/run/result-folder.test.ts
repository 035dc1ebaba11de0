import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createResultFolder, writeWhole } from '../../src/run/result-folder.ts';

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'ikestorm-test-'));
});
afterEach(() => rmSync(path, { recursive: true }));

const TIME = new Date('2026-02-03T04:05:06.789Z');

describe('the folder of a run', () => {
  it('is named by scenario and UTC time, and is made with all above it', async () => {
    const folder = await createResultFolder(join(path, 'a', 'b'), 'storm', TIME);
    expect(folder).toBe(join(path, 'a', 'b', 'storm-20260203T040506Z'));
    expect(existsSync(folder)).toBe(true);
  });

  it('is another one for each of two runs of the same second', async () => {
    const folders = [];
    for (let run = 0; run < 3; run++) folders.push(basename(await createResultFolder(path, 'storm', TIME)));
    expect(folders).toEqual([
      'storm-20260203T040506Z',
      'storm-20260203T040506Z-2',
      'storm-20260203T040506Z-3',
    ]);
  });

  it('is an error with path and remedy when something is in the way', async () => {
    writeFileSync(join(path, 'file'), '');
    const made = createResultFolder(join(path, 'file'), 'storm', TIME);
    await expect(made).rejects.toMatchObject({ name: 'OutputError', path: join(path, 'file') });
    await expect(made).rejects.toMatchObject({ hint: expect.stringContaining('--out') });
  });
});

describe('a file written whole', () => {
  it('replaces an older one and leaves nothing else behind', async () => {
    writeFileSync(join(path, 'result.json'), 'old');
    await writeWhole(join(path, 'result.json'), 'new');
    expect(readFileSync(join(path, 'result.json'), 'utf8')).toBe('new');
    expect(readdirSync(path)).toEqual(['result.json']);
  });

  it('is not there at all when it cannot be finished', async () => {
    mkdirSync(join(path, 'result.json'));
    await expect(writeWhole(join(path, 'result.json'), 'text')).rejects.toMatchObject({
      name: 'OutputError',
    });
    expect(readdirSync(path)).toEqual(['result.json']);
    await expect(writeWhole(join(path, 'none', 'x'), 'text')).rejects.toThrow(/no such folder/);
  });
});
