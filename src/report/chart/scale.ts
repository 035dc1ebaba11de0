/** From values to places on a line, with round numbers to write beside it. */

export interface Scale {
  /** Place of a value, 0 at the beginning of the line and 1 at its end. */
  place(value: number): number;
  readonly ticks: readonly number[];
}

/** From a round number at or below `minimum` to one at or above `maximum`. */
export function linearScale(minimum: number, maximum: number): Scale {
  const span = maximum > minimum ? maximum - minimum : Math.abs(maximum) || 1;
  const step = roundStep(span / TICKS);
  const first = Math.floor(minimum / step + ROUNDING);
  const last = Math.max(first + 1, Math.ceil((minimum + span) / step - ROUNDING));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => exact((first + index) * step));
  return { ticks, place: (value) => (value / step - first) / (last - first) };
}

/** Whole powers of ten around values above 0, with marks at 2 and 5 where there are few. */
export function logarithmicScale(minimum: number, maximum: number): Scale {
  const first = Math.floor(Math.log10(minimum) + ROUNDING);
  const last = Math.max(first + 1, Math.ceil(Math.log10(maximum) - ROUNDING));
  const parts = last - first > 2 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = first; power < last; power++) {
    for (const part of parts) ticks.push(exact(part * 10 ** power));
  }
  ticks.push(exact(10 ** last));
  return { ticks, place: (value) => (Math.log10(value) - first) / (last - first) };
}

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is no less. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const part = [1, 2, 2.5, 5, 10].find((each) => each * power >= atLeast * (1 - ROUNDING)) ?? 10;
  return part * power;
}

/** Without the last digits of binary fractions. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}

const TICKS = 6;
const ROUNDING = 1e-9;
