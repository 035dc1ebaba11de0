/**
 * Main mode as its responder lives it. It answers duplicates, retransmits by itself only where the
 * policy says so, as some devices do, and a timer forgets what stays half open.
 */
import { setup } from 'xstate';
import type { FailureCause } from '../fact.ts';

export type MainModeResponderEvent =
  | { type: 'message1.accepted' }
  | { type: 'message3.accepted' }
  | { type: 'message5.accepted' }
  | { type: 'message5.unreadable' }
  | { type: 'retransmit.due' }
  | { type: 'retransmit.exhausted' }
  | { type: 'half-open.expired' }
  | { type: 'refused'; cause: FailureCause }
  | { type: 'abandoned' };

export interface MainModeResponderActor {
  sendMessage2(): void;
  sendMessage4(): void;
  sendMessage6(): void;
  establish(): void;
  reportUnreadable(): void;
  retransmit(): void;
  timeOut(): void;
  refuse(cause: FailureCause): void;
  stopWaiting(): void;
}

const whileHalfOpen = {
  'retransmit.due': { actions: 'retransmit' },
  'retransmit.exhausted': { target: 'failed', actions: 'timeOut' },
  'half-open.expired': { target: 'failed', actions: 'timeOut' },
  refused: { target: 'failed', actions: 'refuse' },
  abandoned: { target: 'failed', actions: 'stopWaiting' },
} as const;

export const mainModeResponderMachine = setup({
  types: {
    context: {} as { actor: MainModeResponderActor },
    input: {} as MainModeResponderActor,
    events: {} as MainModeResponderEvent,
  },
  actions: {
    sendMessage2: ({ context }) => context.actor.sendMessage2(),
    sendMessage4: ({ context }) => context.actor.sendMessage4(),
    sendMessage6: ({ context }) => context.actor.sendMessage6(),
    establish: ({ context }) => context.actor.establish(),
    reportUnreadable: ({ context }) => context.actor.reportUnreadable(),
    retransmit: ({ context }) => context.actor.retransmit(),
    timeOut: ({ context }) => context.actor.timeOut(),
    refuse: ({ context, event }) => {
      if (event.type === 'refused') context.actor.refuse(event.cause);
    },
    stopWaiting: ({ context }) => context.actor.stopWaiting(),
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
      on: { 'message3.accepted': { target: 'message4Sent', actions: 'sendMessage4' }, ...whileHalfOpen },
    },
    message4Sent: {
      on: {
        'message5.accepted': { target: 'established', actions: ['sendMessage6', 'establish'] },
        // Either damaged on the way or made with another pre-shared key: a good copy may still come.
        'message5.unreadable': { actions: 'reportUnreadable' },
        ...whileHalfOpen,
      },
    },
    established: {},
    failed: {},
  },
});
