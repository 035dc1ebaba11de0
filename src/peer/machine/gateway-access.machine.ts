/**
 * How a responder lets a client in between phase 1 and quick mode: asks for the user's credentials
 * and says whether they are right (XAUTH), then sets the client's address, where its policy is to
 * push it (mode-config). Who acts as one who is in has acknowledged what was said.
 */
import { setup } from 'xstate';
import type { FailureCause } from '../fact.ts';

export type GatewayAccessEvent =
  | { type: 'login.due' }
  | { type: 'credentials.right' }
  | { type: 'credentials.wrong' }
  | { type: 'acknowledged' }
  | { type: 'push.due' }
  | { type: 'granted' }
  | { type: 'refused'; cause: FailureCause }
  | { type: 'abandoned' };

export interface GatewayAccessActor {
  askForCredentials(): void;
  sendSuccess(): void;
  sendFailure(): void;
  pushConfiguration(): void;
  /** Nobody has to be asked or told anything any more. */
  stopTelling(): void;
  deny(cause: FailureCause): void;
  denyUser(): void;
  /** The SA ended before the client acknowledged that it is not let in. */
  recordDeniedUser(): void;
}

export const gatewayAccessMachine = setup({
  types: {
    context: {} as { actor: GatewayAccessActor },
    input: {} as GatewayAccessActor,
    events: {} as GatewayAccessEvent,
  },
  actions: {
    askForCredentials: ({ context }) => context.actor.askForCredentials(),
    sendSuccess: ({ context }) => context.actor.sendSuccess(),
    sendFailure: ({ context }) => context.actor.sendFailure(),
    pushConfiguration: ({ context }) => context.actor.pushConfiguration(),
    stopTelling: ({ context }) => context.actor.stopTelling(),
    deny: ({ context, event }) => {
      if (event.type === 'refused') context.actor.deny(event.cause);
    },
    denyUser: ({ context }) => context.actor.denyUser(),
    recordDeniedUser: ({ context }) => context.actor.recordDeniedUser(),
  },
}).createMachine({
  id: 'gateway-access',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        'login.due': { target: 'credentialsAsked', actions: 'askForCredentials' },
        'push.due': { target: 'pushing', actions: 'pushConfiguration' },
        granted: 'open',
      },
    },
    credentialsAsked: {
      on: {
        'credentials.right': { target: 'successSent', actions: 'sendSuccess' },
        'credentials.wrong': { target: 'failureSent', actions: 'sendFailure' },
        refused: { target: 'denied', actions: 'deny' },
        abandoned: 'denied',
      },
    },
    successSent: {
      on: {
        'push.due': { target: 'pushing', actions: 'pushConfiguration' },
        granted: { target: 'open', actions: 'stopTelling' },
        refused: { target: 'denied', actions: 'deny' },
        abandoned: 'denied',
      },
    },
    failureSent: {
      on: {
        acknowledged: { target: 'denied', actions: 'denyUser' },
        refused: { target: 'denied', actions: 'denyUser' },
        abandoned: { target: 'denied', actions: 'recordDeniedUser' },
      },
    },
    pushing: {
      on: {
        granted: { target: 'open', actions: 'stopTelling' },
        refused: { target: 'denied', actions: 'deny' },
        abandoned: 'denied',
      },
    },
    open: {},
    denied: {},
  },
});
