/** A transaction exchange as the end lives it that began it (draft-dukes-ike-mode-cfg-02 §3.1). */
import { setup } from 'xstate';
import { exchangeActions, whileWaiting, type ExchangeActor, type ExchangeEvent } from './exchange-chart.ts';

export type TransactionInitiatorEvent = ExchangeEvent | { type: 'start' } | { type: 'answer.accepted' };

export interface TransactionInitiatorActor extends ExchangeActor {
  sendRequest(): void;
}

export const transactionInitiatorMachine = setup({
  types: {
    context: {} as { actor: TransactionInitiatorActor },
    input: {} as TransactionInitiatorActor,
    events: {} as TransactionInitiatorEvent,
  },
  actions: {
    ...exchangeActions,
    sendRequest: ({ context }) => context.actor.sendRequest(),
  },
}).createMachine({
  id: 'transaction-initiator',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: { on: { start: { target: 'requestSent', actions: 'sendRequest' } } },
    requestSent: { on: { 'answer.accepted': { target: 'answered', actions: 'establish' }, ...whileWaiting } },
    answered: {},
    failed: {},
  },
});
