/** Quick mode as its initiator lives it (RFC 2409 §5.5). */
import { setup } from 'xstate';
import { exchangeActions, whileWaiting, type ExchangeActor, type ExchangeEvent } from './exchange-chart.ts';

export type QuickModeInitiatorEvent = ExchangeEvent | { type: 'start' } | { type: 'message2.accepted' };

export interface QuickModeInitiatorActor extends ExchangeActor {
  sendMessage1(): void;
  sendMessage3(): void;
}

export const quickModeInitiatorMachine = setup({
  types: {
    context: {} as { actor: QuickModeInitiatorActor },
    input: {} as QuickModeInitiatorActor,
    events: {} as QuickModeInitiatorEvent,
  },
  actions: {
    ...exchangeActions,
    sendMessage1: ({ context }) => context.actor.sendMessage1(),
    sendMessage3: ({ context }) => context.actor.sendMessage3(),
  },
}).createMachine({
  id: 'quick-mode-initiator',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: { on: { start: { target: 'message1Sent', actions: 'sendMessage1' } } },
    message1Sent: {
      on: {
        'message2.accepted': { target: 'established', actions: ['sendMessage3', 'establish'] },
        ...whileWaiting,
      },
    },
    established: {},
    failed: {},
  },
});
