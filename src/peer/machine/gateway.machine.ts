/** The life of a peer that responds: whether it takes new phase 1 SAs. Those it has live on in every state but `stopped`. */
import { setup } from 'xstate';

export type GatewayEvent =
  | { type: 'half-open.limit-reached' }
  | { type: 'half-open.below-limit' }
  | { type: 'stop' };

export interface GatewayActor {
  abandonAll(): void;
}

export const gatewayMachine = setup({
  types: {
    context: {} as { actor: GatewayActor },
    input: {} as GatewayActor,
    events: {} as GatewayEvent,
  },
  actions: { abandonAll: ({ context }) => context.actor.abandonAll() },
}).createMachine({
  id: 'gateway',
  context: ({ input }) => ({ actor: input }),
  initial: 'serving',
  states: {
    serving: {
      on: { 'half-open.limit-reached': 'full', stop: { target: 'stopped', actions: 'abandonAll' } },
    },
    full: {
      on: { 'half-open.below-limit': 'serving', stop: { target: 'stopped', actions: 'abandonAll' } },
    },
    stopped: {},
  },
});
