/** A transaction exchange as the end lives it that began it (draft-dukes-ike-mode-cfg-02 §3.1). */
import { setup } from 'xstate';
import type { FailureCause } from '../fact.ts';

export type TransactionInitiatorEvent =
  | { type: 'start' }
  | { type: 'answer.accepted' }
  | { type: 'retransmit.due' }
  | { type: 'retransmit.exhausted' }
  | { type: 'refused'; cause: FailureCause }
  | { type: 'abandoned' };

export interface TransactionInitiatorActor {
  sendRequest(): void;
  finish(): void;
  retransmit(): void;
  timeOut(): void;
  refuse(cause: FailureCause): void;
  stopWaiting(): void;
}

export const transactionInitiatorMachine = setup({
  types: {
    context: {} as { actor: TransactionInitiatorActor },
    input: {} as TransactionInitiatorActor,
    events: {} as TransactionInitiatorEvent,
  },
  actions: {
    sendRequest: ({ context }) => context.actor.sendRequest(),
    finish: ({ context }) => context.actor.finish(),
    retransmit: ({ context }) => context.actor.retransmit(),
    timeOut: ({ context }) => context.actor.timeOut(),
    refuse: ({ context, event }) => {
      if (event.type === 'refused') context.actor.refuse(event.cause);
    },
    stopWaiting: ({ context }) => context.actor.stopWaiting(),
  },
}).createMachine({
  id: 'transaction-initiator',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: { on: { start: { target: 'requestSent', actions: 'sendRequest' } } },
    requestSent: {
      on: {
        'answer.accepted': { target: 'answered', actions: 'finish' },
        'retransmit.due': { actions: 'retransmit' },
        'retransmit.exhausted': { target: 'failed', actions: 'timeOut' },
        refused: { target: 'failed', actions: 'refuse' },
        abandoned: { target: 'failed', actions: 'stopWaiting' },
      },
    },
    answered: {},
    failed: {},
  },
});
