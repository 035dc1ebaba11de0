/** Other people's answers, kept outside of the repository: where they are, and how tests go without them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';

const VARIABLE = 'IKESTORM_VECTORS';

/** Path of a file or directory of the vectors, given relative to $IKESTORM_VECTORS. */
export function vectorPath(path: string): string {
  const directory = process.env[VARIABLE];
  if (directory === undefined || directory === '') throw new Error(`${VARIABLE} is not set`);
  return join(directory, path);
}

export function readVectorText(path: string): string {
  return readFileSync(vectorPath(path), 'utf8');
}

/**
 * Tests that need vectors. Without $IKESTORM_VECTORS they are skipped, which the report and a
 * warning show, and `define` is not called; with it, a missing file is a failure.
 */
export function describeVectors(name: string, define: () => void): void {
  if ((process.env[VARIABLE] ?? '') !== '') {
    describe(`vectors: ${name}`, define);
    return;
  }
  console.warn(`skipped, because ${VARIABLE} names no directory of vectors: ${name}`);
  describe.skip(`vectors: ${name} (${VARIABLE} is not set)`, () => {
    it('needs vectors', () => {});
  });
}
