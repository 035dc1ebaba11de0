import { describe, expect, it } from 'vitest';
import { RunControl, beginningOf, createSharedState, requestStop } from '../../src/worker/shared-state.ts';

describe('the state that workers share', () => {
  it('opens the gate when the last worker is ready, and gives all one beginning', () => {
    const state = createSharedState(1);
    expect(beginningOf(state)).toBeUndefined();
    const beginning = new RunControl(state).awaitBeginning(() => 1000);
    expect(beginning).toBeGreaterThan(1000);
    expect(beginningOf(state)).toBe(beginning);
  });

  it('does not wait for a worker that will never come once the run is aborted', () => {
    const state = createSharedState(2);
    requestStop(state, 'abort');
    expect(new RunControl(state).awaitBeginning(() => 0)).toBeUndefined();
  });

  it('raises the stop level and never lowers it', () => {
    const state = createSharedState(1);
    const control = new RunControl(state);
    expect(control.stopLevel()).toBe('none');
    requestStop(state, 'drain');
    expect(control.stopLevel()).toBe('drain');
    requestStop(state, 'abort');
    requestStop(state, 'drain');
    expect(control.stopLevel()).toBe('abort');
  });

  it('is finished when every worker is, each counted once', () => {
    const state = createSharedState(2);
    const [first, second] = [new RunControl(state), new RunControl(state)];
    first.finish();
    first.finish();
    expect(second.areAllFinished()).toBe(false);
    second.finish();
    expect(first.areAllFinished()).toBe(true);
  });
});
