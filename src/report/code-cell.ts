/** A command in a cell of a Markdown table, so that what is shown can be copied into a shell. */

/** Inline code. A bar would end the cell, so it is escaped as GitHub's Markdown wants it, also inside code. */
export function codeCell(text: string): string {
  const [mark, gap] = text.includes('`') ? ['``', ' '] : ['`', ''];
  return `${mark}${gap}${text.replaceAll('|', String.raw`\|`)}${gap}${mark}`;
}
