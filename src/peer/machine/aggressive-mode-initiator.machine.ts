/** Aggressive mode as its initiator lives it (RFC 2409 §5). */
import { setup } from 'xstate';
import type { FailureCause } from '../fact.ts';

export type AggressiveModeInitiatorEvent =
  | { type: 'start' }
  | { type: 'message2.accepted' }
  | { type: 'retransmit.due' }
  | { type: 'retransmit.exhausted' }
  | { type: 'refused'; cause: FailureCause }
  | { type: 'abandoned' };

export interface AggressiveModeInitiatorActor {
  sendMessage1(): void;
  sendMessage3(): void;
  establish(): void;
  retransmit(): void;
  timeOut(): void;
  refuse(cause: FailureCause): void;
  stopWaiting(): void;
}

export const aggressiveModeInitiatorMachine = setup({
  types: {
    context: {} as { actor: AggressiveModeInitiatorActor },
    input: {} as AggressiveModeInitiatorActor,
    events: {} as AggressiveModeInitiatorEvent,
  },
  actions: {
    sendMessage1: ({ context }) => context.actor.sendMessage1(),
    sendMessage3: ({ context }) => context.actor.sendMessage3(),
    establish: ({ context }) => context.actor.establish(),
    retransmit: ({ context }) => context.actor.retransmit(),
    timeOut: ({ context }) => context.actor.timeOut(),
    refuse: ({ context, event }) => {
      if (event.type === 'refused') context.actor.refuse(event.cause);
    },
    stopWaiting: ({ context }) => context.actor.stopWaiting(),
  },
}).createMachine({
  id: 'aggressive-mode-initiator',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: { on: { start: { target: 'message1Sent', actions: 'sendMessage1' } } },
    message1Sent: {
      on: {
        'message2.accepted': { target: 'established', actions: ['sendMessage3', 'establish'] },
        'retransmit.due': { actions: 'retransmit' },
        'retransmit.exhausted': { target: 'failed', actions: 'timeOut' },
        refused: { target: 'failed', actions: 'refuse' },
        abandoned: { target: 'failed', actions: 'stopWaiting' },
      },
    },
    established: {},
    failed: {},
  },
});
