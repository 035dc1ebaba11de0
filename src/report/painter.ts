/** Colours as functions, given by the caller: whether a terminal can and may show them is its decision. */

export interface Painter {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

const unchanged = (text: string): string => text;

/** No colours. */
export const PLAIN_PAINTER: Painter = {
  good: unchanged,
  bad: unchanged,
  warning: unchanged,
  strong: unchanged,
  faint: unchanged,
};
