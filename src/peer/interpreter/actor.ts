/** Runs charts as plain XState actors: slower, and the reference that the direct interpreter is compared with. */
import { createActor, type AnyStateMachine, type EventObject } from 'xstate';
import type { Chart } from '../chart.ts';

export function startActorChart<TEvent extends EventObject>(
  machine: AnyStateMachine,
  actor: unknown,
  state?: string,
): Chart<TEvent> {
  const resumed = state !== undefined && {
    snapshot: machine.resolveState({ value: state, context: { actor } }),
  };
  const running = createActor(machine, { input: actor, ...resumed }).start();
  return {
    get state() {
      return running.getSnapshot().value as string;
    },
    send(event) {
      running.send(event);
    },
  };
}
