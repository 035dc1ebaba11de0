/** Least squares for a few unknowns that may not be negative, with a preference where the equations leave a choice. */

export interface LeastSquaresProblem {
  /** One row an equation: the sum of `row[k] * x[k]` should be the wanted value. */
  readonly rows: readonly (readonly number[])[];
  readonly wanted: readonly number[];
  /** What unknowns are when no equation says otherwise. */
  readonly preferred: readonly number[];
  /** Weight of the preference against one equation: little, so that equations win. */
  readonly preferenceWeight: number;
}

/**
 * The x that makes the sum of squared errors least, none below 0. With few unknowns, every set of
 * those that are 0 is tried; the least error of those that are possible is the solution.
 */
export function solveNonNegative(problem: LeastSquaresProblem): number[] {
  const size = problem.preferred.length;
  let best: number[] = Array.from({ length: size }, () => 0);
  let least = errorOf(problem, best);
  for (let free = 1; free < 1 << size; free++) {
    const x = solveFree(problem, free);
    if (x === undefined || x.some((value) => value < 0)) continue;
    const error = errorOf(problem, x);
    if (error >= least) continue;
    least = error;
    best = x;
  }
  return best;
}

function errorOf({ rows, wanted, preferred, preferenceWeight }: LeastSquaresProblem, x: readonly number[]) {
  let sum = 0;
  for (const [index, row] of rows.entries()) {
    const error = row.reduce((all, factor, k) => all + factor * x[k]!, -wanted[index]!);
    sum += error * error;
  }
  for (const [k, value] of x.entries()) {
    const difference = value - preferred[k]!;
    sum += preferenceWeight * difference * difference;
  }
  return sum;
}

/** The normal equations of the unknowns in the bit set `free`; the others are 0. */
function solveFree(problem: LeastSquaresProblem, free: number): number[] | undefined {
  const { rows, wanted, preferred, preferenceWeight } = problem;
  const chosen = preferred.map((_, k) => k).filter((k) => (free & (1 << k)) !== 0);
  const matrix = chosen.map((k) => [
    ...chosen.map((other) => rows.reduce((sum, row) => sum + row[k]! * row[other]!, 0)),
    rows.reduce((sum, row, index) => sum + row[k]! * wanted[index]!, preferenceWeight * preferred[k]!),
  ]);
  for (const [index, row] of matrix.entries()) row[index]! += preferenceWeight;
  const solution = eliminate(matrix);
  if (solution === undefined) return undefined;
  const x = preferred.map(() => 0);
  for (const [index, k] of chosen.entries()) x[k] = solution[index]!;
  return x;
}

/** Gauss and Jordan with pivots; undefined when the equations do not determine the unknowns. */
function eliminate(matrix: number[][]): number[] | undefined {
  const size = matrix.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = row;
    }
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    const head = matrix[column]!;
    const divisor = head[column]!;
    if (divisor === 0) return undefined;
    for (let k = column; k <= size; k++) head[k]! /= divisor;
    for (const [index, row] of matrix.entries()) {
      const factor = row[column]!;
      if (index === column || factor === 0) continue;
      for (let k = column; k <= size; k++) row[k]! -= factor * head[k]!;
    }
  }
  return matrix.map((row) => row[size]!);
}
