/** Main mode as its initiator lives it (RFC 2409 §5): each state says which message was sent last. */
import { setup } from 'xstate';
import type { FailureCause } from '../fact.ts';

export type MainModeInitiatorEvent =
  | { type: 'start' }
  | { type: 'message2.accepted' }
  | { type: 'message4.accepted' }
  | { type: 'message6.accepted' }
  | { type: 'retransmit.due' }
  | { type: 'retransmit.exhausted' }
  | { type: 'refused'; cause: FailureCause }
  | { type: 'abandoned' };

export interface MainModeInitiatorActor {
  sendMessage1(): void;
  sendMessage3(): void;
  sendMessage5(): void;
  establish(): void;
  retransmit(): void;
  timeOut(): void;
  refuse(cause: FailureCause): void;
  stopWaiting(): void;
}

const whileWaiting = {
  'retransmit.due': { actions: 'retransmit' },
  'retransmit.exhausted': { target: 'failed', actions: 'timeOut' },
  refused: { target: 'failed', actions: 'refuse' },
  abandoned: { target: 'failed', actions: 'stopWaiting' },
} as const;

export const mainModeInitiatorMachine = setup({
  types: {
    context: {} as { actor: MainModeInitiatorActor },
    input: {} as MainModeInitiatorActor,
    events: {} as MainModeInitiatorEvent,
  },
  actions: {
    sendMessage1: ({ context }) => context.actor.sendMessage1(),
    sendMessage3: ({ context }) => context.actor.sendMessage3(),
    sendMessage5: ({ context }) => context.actor.sendMessage5(),
    establish: ({ context }) => context.actor.establish(),
    retransmit: ({ context }) => context.actor.retransmit(),
    timeOut: ({ context }) => context.actor.timeOut(),
    refuse: ({ context, event }) => {
      if (event.type === 'refused') context.actor.refuse(event.cause);
    },
    stopWaiting: ({ context }) => context.actor.stopWaiting(),
  },
}).createMachine({
  id: 'main-mode-initiator',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: { on: { start: { target: 'message1Sent', actions: 'sendMessage1' } } },
    message1Sent: {
      on: { 'message2.accepted': { target: 'message3Sent', actions: 'sendMessage3' }, ...whileWaiting },
    },
    message3Sent: {
      on: { 'message4.accepted': { target: 'message5Sent', actions: 'sendMessage5' }, ...whileWaiting },
    },
    message5Sent: {
      on: { 'message6.accepted': { target: 'established', actions: 'establish' }, ...whileWaiting },
    },
    established: {},
    failed: {},
  },
});
