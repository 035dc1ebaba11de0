/**
 * A transaction exchange as the end lives it that answers. The other end may go on with another
 * request under the same message ID; a repeated one is answered as before.
 */
import { setup } from 'xstate';
import type { FailureCause } from '../fact.ts';

export type TransactionResponderEvent =
  | { type: 'request.accepted' }
  | { type: 'refused'; cause: FailureCause }
  | { type: 'abandoned' };

export interface TransactionResponderActor {
  sendAnswer(): void;
  refuse(cause: FailureCause): void;
}

export const transactionResponderMachine = setup({
  types: {
    context: {} as { actor: TransactionResponderActor },
    input: {} as TransactionResponderActor,
    events: {} as TransactionResponderEvent,
  },
  actions: {
    sendAnswer: ({ context }) => context.actor.sendAnswer(),
    refuse: ({ context, event }) => {
      if (event.type === 'refused') context.actor.refuse(event.cause);
    },
  },
}).createMachine({
  id: 'transaction-responder',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        'request.accepted': { target: 'answered', actions: 'sendAnswer' },
        refused: { target: 'failed', actions: 'refuse' },
      },
    },
    answered: {
      on: {
        'request.accepted': { actions: 'sendAnswer' },
        refused: { target: 'failed', actions: 'refuse' },
        abandoned: 'failed',
      },
    },
    failed: {},
  },
});
