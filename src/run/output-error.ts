/** A file or folder of the run's output cannot be written. What was measured is not affected. */
import type { RunResult } from '../measure/result.ts';

export class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly path: string;
  readonly hint: string;
  /** What the run measured, when it was over before the writing failed. */
  result?: RunResult;

  constructor(path: string, cause: unknown) {
    const code = codeOf(cause);
    super(`cannot write ${path}: ${MEANINGS.get(code) ?? code}`, { cause });
    this.path = path;
    this.hint = HINTS.get(code) ?? 'choose another folder with --out';
  }
}

function codeOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : String(cause);
}

const MEANINGS = new Map([
  ['EACCES', 'no permission'],
  ['EPERM', 'no permission'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['ENOTDIR', 'a part of the path is a file, not a folder'],
  ['EEXIST', 'something with this name is in the way'],
  ['EISDIR', 'it is a folder'],
  ['ENOENT', 'there is no such folder'],
  ['ENAMETOOLONG', 'the name is too long'],
]);

const HINTS = new Map([
  ['ENOSPC', 'make room, or choose a folder on another disk with --out'],
  ['EDQUOT', 'make room, or choose a folder on another disk with --out'],
]);
