/** Main mode as its initiator lives it (RFC 2409 §5): each state says which message was sent last. */
import { setup } from 'xstate';
import { exchangeActions, whileWaiting, type ExchangeActor, type ExchangeEvent } from './exchange-chart.ts';

export type MainModeInitiatorEvent =
  | ExchangeEvent
  | { type: 'revocation.asked' }
  | { type: 'start' }
  | { type: 'message2.accepted' }
  | { type: 'message4.accepted' }
  | { type: 'message6.accepted' };

export interface MainModeInitiatorActor extends ExchangeActor {
  sendMessage1(): void;
  sendMessage3(): void;
  sendMessage5(): void;
}

export const mainModeInitiatorMachine = setup({
  types: {
    context: {} as { actor: MainModeInitiatorActor },
    input: {} as MainModeInitiatorActor,
    events: {} as MainModeInitiatorEvent,
  },
  actions: {
    ...exchangeActions,
    sendMessage1: ({ context }) => context.actor.sendMessage1(),
    sendMessage3: ({ context }) => context.actor.sendMessage3(),
    sendMessage5: ({ context }) => context.actor.sendMessage5(),
  },
}).createMachine({
  id: 'main-mode-initiator',
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
      on: { 'message2.accepted': { target: 'message3Sent', actions: 'sendMessage3' }, ...whileWaiting },
    },
    message3Sent: {
      on: { 'message4.accepted': { target: 'message5Sent', actions: 'sendMessage5' }, ...whileWaiting },
    },
    message5Sent: {
      on: {
        'message6.accepted': { target: 'established', actions: 'establish' },
        'revocation.asked': 'revocationAsked',
        ...whileWaiting,
      },
    },
    // Whether the certificate of the other end was revoked is being asked.
    revocationAsked: {
      on: { 'message6.accepted': { target: 'established', actions: 'establish' }, ...whileWaiting },
    },
    established: {},
    failed: {},
  },
});
