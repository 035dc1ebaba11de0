/**
 * Runs charts by calling `machine.transition` with one scope for all charts of a worker. Making an
 * actor for each exchange of each peer costs several times the memory and time; what the actor
 * would do beyond the transition itself (mailbox, children, delayed events) the charts do not use.
 * This is the only file that knows this half-public part of XState.
 */
import {
  createActor,
  createMachine,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
} from 'xstate';
import type { Chart } from '../chart.ts';

const inertActor = createActor(createMachine({}));

const scope: AnyActorScope = {
  self: inertActor,
  id: 'direct',
  sessionId: 'direct',
  logger: () => {},
  defer: () => {},
  emit: () => {},
  system: inertActor.system,
  stopChild: () => {},
  actionExecutor: (action) => {
    action.exec?.(action.info, action.params);
  },
};

class DirectChart<TEvent extends EventObject> implements Chart<TEvent> {
  readonly #machine: AnyStateMachine;
  /** Undefined in a state that no event leaves: nothing can happen to the chart any more. */
  #snapshot: AnyMachineSnapshot | undefined;
  #state = '';

  constructor(machine: AnyStateMachine, actor: unknown) {
    this.#machine = machine;
    this.#enter(machine.getInitialSnapshot(scope, actor) as AnyMachineSnapshot);
  }

  get state(): string {
    return this.#state;
  }

  send(event: TEvent): void {
    if (this.#snapshot === undefined) return;
    this.#enter(this.#machine.transition(this.#snapshot, event, scope) as AnyMachineSnapshot);
  }

  #enter(snapshot: AnyMachineSnapshot): void {
    this.#state = snapshot.value as string;
    const isDeadEnd = this.#machine.states[this.#state]?.transitions.size === 0;
    this.#snapshot = isDeadEnd && this.#machine.root.transitions.size === 0 ? undefined : snapshot;
  }
}

export function startDirectChart<TEvent extends EventObject>(
  machine: AnyStateMachine,
  actor: unknown,
): Chart<TEvent> {
  return new DirectChart<TEvent>(machine, actor);
}
