/** Quick mode as its initiator lives it (RFC 2409 §5.5): with the commit bit it waits for CONNECTED at the end (RFC 2408 §3.1). */
import { setup } from 'xstate';
import { exchangeActions, whileWaiting, type ExchangeActor, type ExchangeEvent } from './exchange-chart.ts';

export type QuickModeInitiatorEvent =
  | ExchangeEvent
  | { type: 'start' }
  | { type: 'message2.accepted' }
  /** Message 2 has the commit bit. */
  | { type: 'message2.committing' }
  /** CONNECTED came, or traffic over the SA, which says as much. */
  | { type: 'connected' };

export interface QuickModeInitiatorActor extends ExchangeActor {
  sendMessage1(): void;
  sendMessage3(): void;
  /** Sends message 3 again and again until the responder says that it has it. */
  requestConnected(): void;
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
    requestConnected: ({ context }) => context.actor.requestConnected(),
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
        'message2.committing': { target: 'awaitingConnected', actions: 'requestConnected' },
        ...whileWaiting,
      },
    },
    awaitingConnected: {
      on: {
        connected: { target: 'established', actions: 'establish' },
        ...whileWaiting,
      },
    },
    established: {},
    failed: {},
  },
});
