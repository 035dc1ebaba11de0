/**
 * A running statechart, whichever way it is run. Charts have no `invoke` and no `after`: timers
 * come in as events, and actions are the methods of one object, which turn into effects.
 */
import type { AnyStateMachine, EventObject } from 'xstate';

export interface Chart<TEvent extends EventObject> {
  /** Name of the current state; charts are flat. */
  readonly state: string;
  send(event: TEvent): void;
}

/**
 * Starts a chart; `actor` is the object whose methods its actions call. With the name of a `state` it goes on
 * from there, and nothing is done on the way.
 */
export type StartChart = <TEvent extends EventObject>(
  machine: AnyStateMachine,
  actor: unknown,
  state?: string,
) => Chart<TEvent>;
