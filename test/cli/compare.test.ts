import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { passedResult } from '../report/sample-results.ts';
import { WorkFolder } from './ikestorm.ts';

let folder: WorkFolder;
beforeEach(() => {
  folder = new WorkFolder();
  folder.write('a.json', JSON.stringify(passedResult()));
});
afterEach(() => folder.remove());

describe('ikestorm compare', () => {
  it('shows two results, and demands that they are the same when asked to', async () => {
    const shown = await folder.ikestorm('compare', 'a.json', 'a.json');
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toContain('only runs in virtual time have a digest');
    expect(await folder.ikestorm('compare', 'a.json', 'a.json', '--same')).toMatchObject({ exitCode: 99 });
  });

  it('says what it cannot read', async () => {
    const missing = await folder.ikestorm('compare', 'a.json', 'b.json');
    expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
    expect(missing.stderr).toContain('b.json cannot be read');
    folder.write('b.json', '{}');
    expect((await folder.ikestorm('compare', 'a.json', 'b.json')).stderr).toContain('no result of a run');
  });
});
