/**
 * Runs charts without actors. XState works out by `machine.transition` what an event does in a
 * state, once in a worker; all charts of that kind then go by it. What an actor would do beyond
 * that (mailbox, children, delayed events) the charts do not use, nor guards and `assign`, which
 * would make a transition depend on more than state and event.
 * This is the only file that knows this half-public part of XState.
 */
import {
  createActor,
  createMachine,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  type ExecutableActionObject,
} from 'xstate';
import type { Chart } from '../chart.ts';

const inertActor = createActor(createMachine({}));
const { system } = inertActor;

/** What happens on an event: the actions in their order, then the state that the chart is in. */
interface Step {
  readonly actions: readonly ExecutableActionObject[];
  readonly next: ChartState;
}

/** A state of a kind of chart, with the steps from it that have been asked for. */
class ChartState {
  readonly name: string;
  readonly #snapshot: AnyMachineSnapshot;
  readonly #states: Map<string, ChartState>;
  readonly #steps = new Map<string, Step>();

  /** `states` are those of the same kind of chart that are known so far; this one joins them. */
  constructor(snapshot: AnyMachineSnapshot, states: Map<string, ChartState>) {
    this.name = snapshot.value as string;
    this.#snapshot = snapshot;
    this.#states = states;
    states.set(this.name, this);
  }

  /** The state of that name of the same kind of chart. */
  named(name: string): ChartState {
    const known = this.#states.get(name);
    if (known !== undefined) return known;
    const { machine, context } = this.#snapshot;
    const snapshot = machine.resolveState({ value: name, context }) as AnyMachineSnapshot;
    return new ChartState(snapshot, this.#states);
  }

  step(event: EventObject): Step {
    let step = this.#steps.get(event.type);
    if (step === undefined) this.#steps.set(event.type, (step = this.#workOut(event)));
    return step;
  }

  #workOut(event: EventObject): Step {
    const { actions, scope } = createScope();
    const { machine, context } = this.#snapshot;
    const snapshot = machine.transition(this.#snapshot, event, scope) as AnyMachineSnapshot;
    if (snapshot.context !== context) throw new Error(`chart ${machine.id}: no assign in a chart`);
    const next = this.#states.get(snapshot.value as string) ?? new ChartState(snapshot, this.#states);
    return { actions, next };
  }
}

/** A scope that writes down what it is to execute. */
function createScope(): { readonly actions: ExecutableActionObject[]; readonly scope: AnyActorScope } {
  const actions: ExecutableActionObject[] = [];
  const scope: AnyActorScope = {
    self: inertActor,
    id: 'direct',
    sessionId: 'direct',
    logger: () => {},
    defer: () => {},
    emit: () => {},
    system,
    stopChild: () => {},
    actionExecutor: (action) => {
      actions.push(action);
    },
  };
  return { actions, scope };
}

/** Of each kind of chart that was started in this worker. */
const initialSteps = new WeakMap<AnyStateMachine, Step>();

function initialStepOf(machine: AnyStateMachine): Step {
  let initial = initialSteps.get(machine);
  if (initial === undefined) {
    checkGuards(machine);
    const { actions, scope } = createScope();
    const snapshot = machine.getInitialSnapshot(scope, undefined) as AnyMachineSnapshot;
    initial = { actions, next: new ChartState(snapshot, new Map()) };
    initialSteps.set(machine, initial);
  }
  return initial;
}

function checkGuards(machine: AnyStateMachine): void {
  for (const { key, transitions } of [machine.root, ...Object.values(machine.states)]) {
    for (const transition of [...transitions.values()].flat())
      if (transition.guard !== undefined)
        throw new Error(`chart ${machine.id}, state ${key}: no guards in a chart`);
  }
}

class DirectChart<TEvent extends EventObject> implements Chart<TEvent> {
  /** Beside it nothing is in the context of a chart, so that the chart can be its own. */
  readonly actor: unknown;
  #state: ChartState;

  constructor(machine: AnyStateMachine, actor: unknown, state?: string) {
    this.actor = actor;
    const initial = initialStepOf(machine);
    this.#state = state === undefined ? initial.next : initial.next.named(state);
    if (state === undefined) this.#execute(initial, INITIAL_EVENT);
  }

  get state(): string {
    return this.#state.name;
  }

  send(event: TEvent): void {
    const step = this.#state.step(event);
    this.#execute(step, event);
    this.#state = step.next;
  }

  #execute({ actions }: Step, event: EventObject): void {
    for (let index = 0; index < actions.length; index++) {
      const action = actions[index]!;
      action.exec?.({ context: this, event, self: inertActor, system }, action.params);
    }
  }
}

const INITIAL_EVENT: EventObject = { type: 'xstate.init' };

export function startDirectChart<TEvent extends EventObject>(
  machine: AnyStateMachine,
  actor: unknown,
  state?: string,
): Chart<TEvent> {
  return new DirectChart<TEvent>(machine, actor, state);
}
