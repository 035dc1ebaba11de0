/** Outputs in documents are put there by the commands beside them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandsOf, sectionsOf, withOutputs } from '../.ci/measured-document.ts';

const DOCUMENT = `# How many?

<!-- output: recovery, computers; picture: recovery.svg as storm.svg -->

    ikestorm run scenarios/a.yaml \\
      --set 'load={a: b}'

\`\`\`
old
\`\`\`

Text with 12 numbers.

<!-- output: all -->

    ikestorm sweep scenarios/b.yaml --seeds 2

\`\`\`
older
\`\`\`
`;

const OUTPUT = `PASS  a\nmeasured      all of it\n\nrecovery      recovered\n              after 3 s\n\ncomputers     busy\n\nlast          word\n`;

describe('a document with outputs', () => {
  it('names its commands, what is shown of them and their pictures', () => {
    expect(commandsOf(DOCUMENT)).toEqual([
      {
        line: "run scenarios/a.yaml --set 'load={a: b}'",
        sections: ['recovery', 'computers'],
        picture: { file: 'recovery.svg', as: 'storm.svg' },
      },
      { line: 'sweep scenarios/b.yaml --seeds 2', sections: undefined, picture: undefined },
    ]);
  });

  it('gets new outputs and keeps everything else', () => {
    const renewed = withOutputs(DOCUMENT, ['new $& output\n', undefined]);
    expect(renewed).toBe(DOCUMENT.replace('old\n', () => 'new $& output\n'));
    expect(withOutputs(renewed, [undefined, 'newer'])).toContain('```\nnewer\n```');
  });

  it('shows sections of an output, with what is indented below them', () => {
    expect(sectionsOf(OUTPUT, ['recovery', 'computers'])).toBe(
      'recovery      recovered\n              after 3 s\ncomputers     busy',
    );
    expect(sectionsOf(OUTPUT, undefined)).toBe(OUTPUT.trim());
    expect(() => sectionsOf(OUTPUT, ['weather'])).toThrow(/begins with "weather"/);
  });

  it('is refused where an output is announced and no command follows', () => {
    expect(() => commandsOf(DOCUMENT.replace('    ikestorm sweep', 'ikestorm sweep'))).toThrow(/2 outputs/);
    expect(() => commandsOf(DOCUMENT.replace('ikestorm sweep', 'rm'))).toThrow(/no command/);
  });

  it('is what docs/capacity-planning.md is', () => {
    const document = readFileSync(new URL('../docs/capacity-planning.md', import.meta.url), 'utf8');
    expect(commandsOf(document).length).toBeGreaterThan(3);
  });
});
