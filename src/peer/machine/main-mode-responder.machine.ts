/**
 * Main mode as its responder lives it. It answers duplicates, retransmits by itself only where the
 * policy says so, as some devices do, and a timer forgets what stays half open.
 */
import { setup } from 'xstate';
import { exchangeActions, whileWaiting, type ExchangeActor, type ExchangeEvent } from './exchange-chart.ts';

export type MainModeResponderEvent =
  | ExchangeEvent
  | { type: 'revocation.asked' }
  | { type: 'message1.accepted' }
  | { type: 'message3.accepted' }
  | { type: 'message5.accepted' }
  | { type: 'message5.unreadable' };

export interface MainModeResponderActor extends ExchangeActor {
  sendMessage2(): void;
  sendMessage4(): void;
  sendMessage6(): void;
  reportUnreadable(): void;
}

export const mainModeResponderMachine = setup({
  types: {
    context: {} as { actor: MainModeResponderActor },
    input: {} as MainModeResponderActor,
    events: {} as MainModeResponderEvent,
  },
  actions: {
    ...exchangeActions,
    sendMessage2: ({ context }) => context.actor.sendMessage2(),
    sendMessage4: ({ context }) => context.actor.sendMessage4(),
    sendMessage6: ({ context }) => context.actor.sendMessage6(),
    reportUnreadable: ({ context }) => context.actor.reportUnreadable(),
  },
}).createMachine({
  id: 'main-mode-responder',
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
      on: { 'message3.accepted': { target: 'message4Sent', actions: 'sendMessage4' }, ...whileWaiting },
    },
    message4Sent: {
      on: {
        'message5.accepted': { target: 'established', actions: ['sendMessage6', 'establish'] },
        'revocation.asked': 'revocationAsked',
        // Either damaged on the way or made with another pre-shared key: a good copy may still come.
        'message5.unreadable': { actions: 'reportUnreadable' },
        ...whileWaiting,
      },
    },
    // Whether the certificate of the other end was revoked is being asked.
    revocationAsked: {
      on: {
        'message5.accepted': { target: 'established', actions: ['sendMessage6', 'establish'] },
        ...whileWaiting,
      },
    },
    established: {},
    failed: {},
  },
});
