/**
 * A document whose outputs are those of the commands in it. A comment before an indented command says what of its output
 * the fenced block after it shows, and which picture of the result stands in docs:
 *
 *     <!-- output: all -->                                   or the first words of the sections: recovery, computers
 *     <!-- output: recovery; picture: recovery.svg -->
 */

export interface MeasuredCommand {
  /** Words after `ikestorm`, as a shell reads them. */
  readonly line: string;
  /** First words of what is shown; undefined: everything. */
  readonly sections: readonly string[] | undefined;
  /** File of the result that is copied to docs/pictures. */
  readonly picture: { readonly file: string; readonly as: string } | undefined;
}

const BLOCK =
  /<!-- output: ([^;>]+?)(?:; picture: (\S+)(?: as (\S+))?)? -->\n\n((?: {4}.*\n)+)\n```\n([^`]*)```\n/g;

/** In order. @throws Error where a comment is not followed by a command and a block. */
export function commandsOf(document: string): MeasuredCommand[] {
  const found = [...document.matchAll(BLOCK)];
  const announced = document.split('<!-- output: ').length - 1;
  if (found.length !== announced) {
    throw new Error(
      `${announced} outputs are announced and ${found.length} have a command and a block of text after them`,
    );
  }
  return found.map(([, shown = '', file, as, indented = '']) => {
    const line = indented
      .split('\n')
      .map((each) => each.trim().replace(/ \\$/, ''))
      .filter((each) => each !== '')
      .join(' ');
    if (!line.startsWith('ikestorm ')) throw new Error(`no command of ikestorm: ${line}`);
    return {
      line: line.slice('ikestorm '.length),
      sections: shown === 'all' ? undefined : shown.split(',').map((each) => each.trim()),
      picture: file === undefined ? undefined : { file, as: as ?? file },
    };
  });
}

/** The document with other outputs, in the order of its commands; undefined leaves one as it is. */
export function withOutputs(document: string, outputs: readonly (string | undefined)[]): string {
  let index = 0;
  return document.replace(BLOCK, (block: string, ...groups: unknown[]) => {
    const output = outputs[index++];
    if (output === undefined) return block;
    const before = block.slice(0, block.length - String(groups[4]).length - '```\n'.length);
    return `${before}${output.trimEnd()}\n\`\`\`\n`;
  });
}

/**
 * What a block shows of an output: the lines that begin with one of the words, each with those that are indented below it.
 * @throws Error for a word that no line begins with.
 */
export function sectionsOf(output: string, sections: readonly string[] | undefined): string {
  const lines = output.split('\n').map((line) => line.trimEnd());
  if (sections === undefined) return lines.join('\n').trim();
  return sections
    .flatMap((word) => {
      const start = lines.findIndex((line) => line.startsWith(word));
      if (start < 0) throw new Error(`no line of the output begins with "${word}":\n${output}`);
      const length = lines.slice(start + 1).findIndex((line) => !line.startsWith(' '));
      return lines.slice(start, length < 0 ? undefined : start + 1 + length);
    })
    .join('\n');
}
