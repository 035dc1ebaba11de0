/** A table for a terminal, 80 columns wide: names on the left, numbers aligned to the right. */

const COLUMNS = 80;
const NAME_COLUMNS = 26;
const NAME_COLUMNS_MINIMUM = 16;
const NUMBER_COLUMNS = 9;

/** One line a row, the first of them the heading. Numbers never touch; names that have no room end in `~`. */
export function textTable(rows: readonly (readonly [name: string, ...cells: string[]])[]): string[] {
  const [, ...headings] = rows[0] ?? [''];
  const widths = headings.map((_, column) =>
    Math.max(NUMBER_COLUMNS, ...rows.map((row) => 1 + (row[column + 1] ?? '').length)),
  );
  const free = COLUMNS - widths.reduce((sum, width) => sum + width, 0);
  const nameColumns = Math.max(NAME_COLUMNS_MINIMUM, Math.min(NAME_COLUMNS, free));
  return rows.map(
    ([name, ...cells]) =>
      fit(name, nameColumns) + cells.map((cell, column) => cell.padStart(widths[column]!)).join(''),
  );
}

function fit(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 1)}~` : text.padEnd(columns);
}
