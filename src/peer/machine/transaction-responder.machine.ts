/**
 * A transaction exchange as the end lives it that answers. The other end may go on with another
 * request under the same message ID; a repeated one is answered as before.
 */
import { setup } from 'xstate';
import { exchangeActions, type ExchangeActor, type ExchangeEvent } from './exchange-chart.ts';

export type TransactionResponderEvent = ExchangeEvent | { type: 'request.accepted' };

export interface TransactionResponderActor extends ExchangeActor {
  sendAnswer(): void;
}

export const transactionResponderMachine = setup({
  types: {
    context: {} as { actor: TransactionResponderActor },
    input: {} as TransactionResponderActor,
    events: {} as TransactionResponderEvent,
  },
  actions: {
    ...exchangeActions,
    sendAnswer: ({ context }) => context.actor.sendAnswer(),
  },
}).createMachine({
  id: 'transaction-responder',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        'request.accepted': { target: 'answered', actions: ['sendAnswer', 'establish'] },
        refused: { target: 'failed', actions: 'refuse' },
      },
    },
    answered: {
      on: {
        'request.accepted': { actions: ['sendAnswer', 'establish'] },
        refused: { target: 'failed', actions: 'refuse' },
        abandoned: { target: 'failed', actions: 'stopWaiting' },
      },
    },
    failed: {},
  },
});
