/**
 * What an initiator goes through between phase 1 and quick mode: the gateway asks for the user's
 * credentials and says whether they are right (XAUTH), then the client gets its address
 * (mode-config), by asking for it or by waiting for it.
 */
import { setup } from 'xstate';
import type { FailureCause } from '../fact.ts';

export type ClientAccessEvent =
  | { type: 'login.expected' }
  | { type: 'credentials.sent' }
  | { type: 'pull.due' }
  | { type: 'push.expected' }
  | { type: 'granted' }
  | { type: 'wait.expired' }
  | { type: 'refused'; cause: FailureCause }
  | { type: 'abandoned' };

export interface ClientAccessActor {
  /** Starts the time in which the gateway has to say something. */
  wait(): void;
  requestConfiguration(): void;
  /** XAUTH is behind us, configuration is not. */
  reportProgress(): void;
  grant(): void;
  timeOutLogin(): void;
  timeOutPush(): void;
  refuse(cause: FailureCause): void;
  stopWaiting(): void;
}

const whateverHappens = {
  refused: { target: 'failed', actions: 'refuse' },
  abandoned: { target: 'failed', actions: 'stopWaiting' },
} as const;

const loggedIn = {
  'pull.due': { target: 'pulling', actions: ['stopWaiting', 'reportProgress', 'requestConfiguration'] },
  'push.expected': { target: 'awaitingPush', actions: ['wait', 'reportProgress'] },
  granted: { target: 'open', actions: ['stopWaiting', 'grant'] },
  'wait.expired': { target: 'failed', actions: 'timeOutLogin' },
  ...whateverHappens,
} as const;

export const clientAccessMachine = setup({
  types: {
    context: {} as { actor: ClientAccessActor },
    input: {} as ClientAccessActor,
    events: {} as ClientAccessEvent,
  },
  actions: {
    wait: ({ context }) => context.actor.wait(),
    requestConfiguration: ({ context }) => context.actor.requestConfiguration(),
    reportProgress: ({ context }) => context.actor.reportProgress(),
    grant: ({ context }) => context.actor.grant(),
    timeOutLogin: ({ context }) => context.actor.timeOutLogin(),
    timeOutPush: ({ context }) => context.actor.timeOutPush(),
    refuse: ({ context, event }) => {
      if (event.type === 'refused') context.actor.refuse(event.cause);
    },
    stopWaiting: ({ context }) => context.actor.stopWaiting(),
  },
}).createMachine({
  id: 'client-access',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        'login.expected': { target: 'awaitingLogin', actions: 'wait' },
        'pull.due': { target: 'pulling', actions: 'requestConfiguration' },
        'push.expected': { target: 'awaitingPush', actions: 'wait' },
      },
    },
    awaitingLogin: {
      on: { 'credentials.sent': { target: 'credentialsSent', actions: 'wait' }, ...loggedIn },
    },
    // A gateway may ask for more, the next code for one.
    credentialsSent: { on: { 'credentials.sent': { actions: 'wait' }, ...loggedIn } },
    pulling: { on: { granted: { target: 'open', actions: 'grant' }, ...whateverHappens } },
    awaitingPush: {
      on: {
        granted: { target: 'open', actions: ['stopWaiting', 'grant'] },
        'wait.expired': { target: 'failed', actions: 'timeOutPush' },
        ...whateverHappens,
      },
    },
    open: {},
    failed: {},
  },
});
