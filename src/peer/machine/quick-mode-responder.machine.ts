/** Quick mode as its responder lives it: message 2 is repeated until message 3 comes or patience ends (RFC 2409 §5.5). */
import { setup } from 'xstate';
import type { FailureCause } from '../fact.ts';

export type QuickModeResponderEvent =
  | { type: 'message1.accepted' }
  | { type: 'message3.accepted' }
  | { type: 'retransmit.due' }
  | { type: 'retransmit.exhausted' }
  | { type: 'refused'; cause: FailureCause }
  | { type: 'abandoned' };

export interface QuickModeResponderActor {
  sendMessage2(): void;
  establish(): void;
  retransmit(): void;
  timeOut(): void;
  refuse(cause: FailureCause): void;
  stopWaiting(): void;
}

export const quickModeResponderMachine = setup({
  types: {
    context: {} as { actor: QuickModeResponderActor },
    input: {} as QuickModeResponderActor,
    events: {} as QuickModeResponderEvent,
  },
  actions: {
    sendMessage2: ({ context }) => context.actor.sendMessage2(),
    establish: ({ context }) => context.actor.establish(),
    retransmit: ({ context }) => context.actor.retransmit(),
    timeOut: ({ context }) => context.actor.timeOut(),
    refuse: ({ context, event }) => {
      if (event.type === 'refused') context.actor.refuse(event.cause);
    },
    stopWaiting: ({ context }) => context.actor.stopWaiting(),
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
        'retransmit.due': { actions: 'retransmit' },
        'retransmit.exhausted': { target: 'failed', actions: 'timeOut' },
        refused: { target: 'failed', actions: 'refuse' },
        abandoned: { target: 'failed', actions: 'stopWaiting' },
      },
    },
    established: {},
    failed: {},
  },
});
