/**
 * The life of a peer that initiates: one negotiation at a time, first phase 1, then login and
 * configuration where there are such, then as many quick modes as its policy wants, then a tunnel
 * until it is taken down, lost or needed anew.
 */
import { setup } from 'xstate';
import type { ChildSa } from '../../ike/v1/child-sa.ts';
import type { FailureCause } from '../fact.ts';

export type HostEvent =
  | { type: 'connect' }
  | { type: 'login.due' }
  | { type: 'configuration.due' }
  | { type: 'quick-mode.due' }
  | { type: 'child.established' }
  | { type: 'negotiation.completed' }
  | { type: 'negotiation.failed'; cause: FailureCause }
  | { type: 'disconnect'; isImpatient?: boolean }
  | { type: 'sa.lost' }
  | { type: 'child.rekey-due'; child: ChildSa }
  | { type: 'phase1.rekey-due' }
  | { type: 'broken-off' }
  | { type: 'stop' };

export interface HostActor {
  startPhase1(): void;
  startQuickMode(): void;
  recordSuccess(): void;
  recordFailure(cause: FailureCause): void;
  recordClosed(): void;
  /** The tunnel ended against the peer's will. */
  recordLost(): void;
  rekeyChild(child: ChildSa): void;
  rekeyPhase1(): void;
  /** Deletes the SAs of the negotiation and tells the other end. */
  tearDown(): void;
  /** Forgets the SAs of the negotiation without a word. */
  abandon(): void;
}

/** Phase 1 stands, so that there is an SA to take down. */
const whileConnecting = {
  'quick-mode.due': { target: 'phase2', actions: 'startQuickMode' },
  'negotiation.completed': { target: 'established', actions: 'recordSuccess' },
  'negotiation.failed': { target: 'idle', actions: ['recordFailure', 'tearDown'] },
  disconnect: { target: 'idle', actions: ['recordAborted', 'tearDown'] },
  stop: { target: 'stopped', actions: ['recordAborted', 'abandon'] },
} as const;

export const hostMachine = setup({
  types: {
    context: {} as { actor: HostActor },
    input: {} as HostActor,
    events: {} as HostEvent,
  },
  actions: {
    startPhase1: ({ context }) => context.actor.startPhase1(),
    startQuickMode: ({ context }) => context.actor.startQuickMode(),
    recordSuccess: ({ context }) => context.actor.recordSuccess(),
    recordFailure: ({ context, event }) => {
      if (event.type === 'negotiation.failed') context.actor.recordFailure(event.cause);
    },
    recordAborted: ({ context, event }) => {
      const isImpatient = event.type === 'disconnect' && event.isImpatient === true;
      context.actor.recordFailure(isImpatient ? 'impatient' : 'aborted');
    },
    recordClosed: ({ context }) => context.actor.recordClosed(),
    recordLost: ({ context }) => context.actor.recordLost(),
    rekeyChild: ({ context, event }) => {
      if (event.type === 'child.rekey-due') context.actor.rekeyChild(event.child);
    },
    rekeyPhase1: ({ context }) => context.actor.rekeyPhase1(),
    tearDown: ({ context }) => context.actor.tearDown(),
    abandon: ({ context }) => context.actor.abandon(),
  },
}).createMachine({
  id: 'host',
  context: ({ input }) => ({ actor: input }),
  initial: 'idle',
  states: {
    idle: { on: { connect: { target: 'phase1', actions: 'startPhase1' } } },
    phase1: {
      on: {
        'login.due': 'extendedAuthentication',
        'configuration.due': 'configuration',
        'quick-mode.due': { target: 'phase2', actions: 'startQuickMode' },
        // Only a policy without children is done after phase 1.
        'negotiation.completed': { target: 'established', actions: 'recordSuccess' },
        'negotiation.failed': { target: 'idle', actions: ['recordFailure', 'abandon'] },
        disconnect: { target: 'idle', actions: ['recordAborted', 'abandon'] },
        stop: { target: 'stopped', actions: ['recordAborted', 'abandon'] },
      },
    },
    extendedAuthentication: {
      on: { 'configuration.due': 'configuration', ...whileConnecting },
    },
    configuration: { on: whileConnecting },
    phase2: {
      on: {
        'child.established': { actions: 'startQuickMode' },
        'negotiation.completed': { target: 'established', actions: 'recordSuccess' },
        'negotiation.failed': { target: 'idle', actions: ['recordFailure', 'tearDown'] },
        disconnect: { target: 'idle', actions: ['recordAborted', 'tearDown'] },
        stop: { target: 'stopped', actions: ['recordAborted', 'abandon'] },
      },
    },
    established: {
      on: {
        connect: { target: 'phase1', actions: ['tearDown', 'recordClosed', 'startPhase1'] },
        disconnect: { target: 'idle', actions: ['tearDown', 'recordClosed'] },
        'sa.lost': { target: 'idle', actions: 'recordLost' },
        'broken-off': 'idle',
        // The tunnel stands while its SAs are replaced one by one.
        'child.rekey-due': { actions: 'rekeyChild' },
        'phase1.rekey-due': { actions: 'rekeyPhase1' },
        stop: { target: 'stopped', actions: 'abandon' },
      },
    },
    stopped: {},
  },
});
