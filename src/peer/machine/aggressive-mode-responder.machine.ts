/** Aggressive mode as its responder lives it: message 2 is repeated until message 3 comes or patience ends. */
import { setup } from 'xstate';
import { exchangeActions, whileWaiting, type ExchangeActor, type ExchangeEvent } from './exchange-chart.ts';

export type AggressiveModeResponderEvent =
  | ExchangeEvent
  | { type: 'revocation.asked' }
  | { type: 'message1.accepted' }
  | { type: 'message3.accepted' };

export interface AggressiveModeResponderActor extends ExchangeActor {
  sendMessage2(): void;
}

export const aggressiveModeResponderMachine = setup({
  types: {
    context: {} as { actor: AggressiveModeResponderActor },
    input: {} as AggressiveModeResponderActor,
    events: {} as AggressiveModeResponderEvent,
  },
  actions: {
    ...exchangeActions,
    sendMessage2: ({ context }) => context.actor.sendMessage2(),
  },
}).createMachine({
  id: 'aggressive-mode-responder',
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
        'revocation.asked': 'revocationAsked',
        ...whileWaiting,
      },
    },
    // Whether the certificate of the other end was revoked is being asked.
    revocationAsked: {
      on: { 'message3.accepted': { target: 'established', actions: 'establish' }, ...whileWaiting },
    },
    established: {},
    failed: {},
  },
});
