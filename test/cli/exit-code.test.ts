import { describe, expect, it } from 'vitest';
import { EXIT_CODE } from '../../src/cli/exit-code.ts';
import { UsageError, describeFailure } from '../../src/cli/failure.ts';
import { VERDICT_EXIT_CODE } from '../../src/cli/verdict-exit-code.ts';
import { VERDICTS } from '../../src/measure/result.ts';
import { RunStartError } from '../../src/run/execute.ts';
import { OutputError } from '../../src/run/output-error.ts';
import { PlanError } from '../../src/run/plan.ts';
import { TargetError } from '../../src/run/target.ts';
import { ScenarioError } from '../../src/scenario/scenario-error.ts';

describe('exit codes', () => {
  it('are those that are documented, each for one thing', () => {
    const codes = Object.values(EXIT_CODE);
    expect(codes).toEqual([0, 1, 2, 99, 104, 105, 107, 110, 111]);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('are 0 for no verdict but pass', () => {
    const zero = VERDICTS.filter((verdict) => VERDICT_EXIT_CODE[verdict] === 0);
    expect(zero).toEqual(['pass']);
    expect(Object.keys(VERDICT_EXIT_CODE).toSorted()).toEqual([...VERDICTS].toSorted());
  });

  const problem = { file: 'x.yaml', line: 2, column: 3, path: 'load', message: 'is missing' };
  it.each([
    [new ScenarioError([problem]), 104, 'x.yaml:2:3: load: is missing'],
    [new ScenarioError([problem], true), 107, 'load'],
    [new TargetError('public', 'a', 'b'), 2, 'hint: b'],
    [new TargetError('malformed', 'a', 'b'), 2, 'error: a'],
    [new TargetError('unresolvable', 'a', 'b'), 111, 'error: a'],
    [new OutputError('/x', Object.assign(new Error('no'), { code: 'ENOSPC' })), 2, 'the disk is full'],
    [new PlanError('workers', ''), 2, 'error: workers'],
    [new UsageError('taken', 'force'), 2, 'hint: force'],
    [new RunStartError('cannot bind', 'use another port'), 2, 'hint: use another port'],
    [new RunStartError('a worker could not start', ''), 1, 'report'],
    [new TypeError('x is not a function'), 1, 'report'],
  ])('tell %s apart', (error, exitCode, text) => {
    const failure = describeFailure(error);
    expect(failure.exitCode).toBe(exitCode);
    expect(failure.text).toContain(text);
  });
});
