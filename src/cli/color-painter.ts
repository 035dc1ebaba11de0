/** Paints with terminal colours. */
import picocolors from 'picocolors';
import { PLAIN_PAINTER } from '../report/painter.ts';
import type { Painter } from '../report/painter.ts';

/** A painter that colours, or one that leaves texts as they are. */
export function createPainter(hasColor: boolean): Painter {
  if (!hasColor) return PLAIN_PAINTER;
  const { green, red, yellow, bold, dim } = picocolors.createColors(true);
  return { good: green, bad: red, warning: yellow, strong: bold, faint: dim };
}
