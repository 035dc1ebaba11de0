/** Aggressive mode as its initiator lives it (RFC 2409 §5). */
import { setup } from 'xstate';
import { exchangeActions, whileWaiting, type ExchangeActor, type ExchangeEvent } from './exchange-chart.ts';

export type AggressiveModeInitiatorEvent =
  | ExchangeEvent
  | { type: 'revocation.asked' }
  | { type: 'start' }
  | { type: 'message2.accepted' };

export interface AggressiveModeInitiatorActor extends ExchangeActor {
  sendMessage1(): void;
  sendMessage3(): void;
}

export const aggressiveModeInitiatorMachine = setup({
  types: {
    context: {} as { actor: AggressiveModeInitiatorActor },
    input: {} as AggressiveModeInitiatorActor,
    events: {} as AggressiveModeInitiatorEvent,
  },
  actions: {
    ...exchangeActions,
    sendMessage1: ({ context }) => context.actor.sendMessage1(),
    sendMessage3: ({ context }) => context.actor.sendMessage3(),
  },
}).createMachine({
  id: 'aggressive-mode-initiator',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        start: { target: 'message1Sent', actions: 'sendMessage1' },
        refused: { target: 'failed', actions: 'refuse' },
      },
    },
    message1Sent: {
      on: {
        'message2.accepted': { target: 'established', actions: ['sendMessage3', 'establish'] },
        'revocation.asked': 'revocationAsked',
        ...whileWaiting,
      },
    },
    // Whether the certificate of the other end was revoked is being asked.
    revocationAsked: {
      on: {
        'message2.accepted': { target: 'established', actions: ['sendMessage3', 'establish'] },
        ...whileWaiting,
      },
    },
    established: {},
    failed: {},
  },
});
