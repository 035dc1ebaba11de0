/** Quick mode as its responder lives it: message 2 is repeated until message 3 comes or patience ends (RFC 2409 §5.5). */
import { setup } from 'xstate';
import { exchangeActions, whileWaiting, type ExchangeActor, type ExchangeEvent } from './exchange-chart.ts';

export type QuickModeResponderEvent =
  | ExchangeEvent
  | { type: 'message1.accepted' }
  | { type: 'message3.accepted' }
  /** The initiator waits for CONNECTED. */
  | { type: 'message3.committing' };

export interface QuickModeResponderActor extends ExchangeActor {
  sendMessage2(): void;
  sendConnected(): void;
}

export const quickModeResponderMachine = setup({
  types: {
    context: {} as { actor: QuickModeResponderActor },
    input: {} as QuickModeResponderActor,
    events: {} as QuickModeResponderEvent,
  },
  actions: {
    ...exchangeActions,
    sendMessage2: ({ context }) => context.actor.sendMessage2(),
    sendConnected: ({ context }) => context.actor.sendConnected(),
  },
}).createMachine({
  id: 'quick-mode-responder',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        'message1.accepted': { target: 'message2Sent', actions: 'sendMessage2' },
        refused: { target: 'failed', actions: 'refuse' },
      },
    },
    message2Sent: {
      on: {
        'message3.accepted': { target: 'established', actions: 'establish' },
        'message3.committing': { target: 'established', actions: ['sendConnected', 'establish'] },
        ...whileWaiting,
      },
    },
    established: {},
    failed: {},
  },
});
