/** Texts with a few placeholders in braces that differ from peer to peer: `worker-{number}.example.test`. */
import { suggestion } from './nearest-word.ts';
import type { Template } from './scenario.ts';

/** What a template can mention. */
export interface TemplateValues {
  /** Number of the peer in its group, from 0. */
  readonly index: number;
  readonly address: string;
  readonly group: string;
}

/** A template with an unknown or unclosed placeholder. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * The text for one peer. `{{` and `}}` stand for single braces.
 * @throws TemplateError for a template that `checkTemplate` refuses.
 */
export function expandTemplate(template: Template, values: TemplateValues): string {
  if (!template.includes('{') && !template.includes('}')) return template;
  let text = '';
  for (const piece of piecesOf(template)) text += typeof piece === 'string' ? piece : piece(values);
  return text;
}

/** Texts, and what stands for placeholders between them. */
type Piece = string | ((values: TemplateValues) => string);

/** Every peer asks for the same few templates. */
function piecesOf(template: Template): readonly Piece[] {
  const known = PIECES.get(template);
  if (known !== undefined) return known;
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: part, 1: name, index } of template.matchAll(PARTS)) {
    if (index > end) pieces.push(template.slice(end, index));
    end = index + part.length;
    if (part === '{{' || part === '}}') {
      pieces.push(part[0] as string);
      continue;
    }
    const expand = name === undefined ? undefined : PLACEHOLDERS.get(name);
    if (expand === undefined) throw unknownPlaceholder(part, name, template);
    pieces.push(expand);
  }
  if (end < template.length) pieces.push(template.slice(end));
  if (PIECES.size === TEMPLATES_KEPT) PIECES.clear();
  PIECES.set(template, pieces);
  return pieces;
}

const PIECES = new Map<Template, readonly Piece[]>();
const TEMPLATES_KEPT = 1024;

/** @throws TemplateError when a placeholder is unknown or a brace stands alone. */
export function checkTemplate(template: Template): void {
  expandTemplate(template, { index: 0, address: '192.0.2.1', group: 'group' });
}

/** Whether the text is the same for all peers of a group. */
export function isSameForAll(template: Template): boolean {
  return expandTemplate(template, PROBES[0]) === expandTemplate(template, PROBES[1]);
}

function unknownPlaceholder(part: string, name: string | undefined, template: string): TemplateError {
  if (name === undefined) {
    return new TemplateError(
      `"${template}" has a "${part}" without its partner`,
      'write {{ or }} for a brace itself',
    );
  }
  const known = [...PLACEHOLDERS.keys()];
  return new TemplateError(
    `"${template}" has an unknown placeholder {${name}}`,
    suggestion(name, known) ?? `known: ${known.map((each) => `{${each}}`).join(', ')}`,
  );
}

const PARTS = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

const PLACEHOLDERS: ReadonlyMap<string, (values: TemplateValues) => string> = new Map([
  ['index', ({ index }: TemplateValues) => String(index)],
  ['number', ({ index }: TemplateValues) => String(index + 1)],
  ['index/256', ({ index }: TemplateValues) => String(Math.floor(index / 256))],
  ['index%256', ({ index }: TemplateValues) => String(index % 256)],
  ['address', ({ address }: TemplateValues) => address],
  ['group', ({ group }: TemplateValues) => group],
]);

/** Two peers that differ in everything a template can say about peers of one group. */
const PROBES = [
  { index: 0, address: 'a', group: 'g' },
  { index: 257, address: 'b', group: 'g' },
] as const;
