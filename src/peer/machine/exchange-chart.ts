/** What the charts of all exchanges share: how waiting for the other end goes on and ends. */
import type { FailureCause } from '../fact.ts';

export type ExchangeEvent =
  | { readonly type: 'retransmit.due' }
  | { readonly type: 'retransmit.exhausted' }
  /** A responder has waited long enough for somebody to finish phase 1. */
  | { readonly type: 'half-open.expired' }
  /** One of the ends does not want to go on. */
  | { readonly type: 'refused'; readonly cause: FailureCause }
  /** Nobody wants the exchange any more. */
  | { readonly type: 'abandoned' };

/** The object whose methods the actions of a chart call. */
export interface ExchangeActor {
  establish(): void;
  retransmit(): void;
  timeOut(): void;
  refuse(cause: FailureCause): void;
  stopWaiting(): void;
}

interface ActionInput {
  readonly context: { readonly actor: ExchangeActor };
  readonly event: { readonly type: string; readonly cause?: FailureCause };
}

export const exchangeActions = {
  establish: ({ context }: ActionInput) => context.actor.establish(),
  retransmit: ({ context }: ActionInput) => context.actor.retransmit(),
  timeOut: ({ context }: ActionInput) => context.actor.timeOut(),
  refuse: ({ context, event }: ActionInput) => {
    if (event.cause !== undefined) context.actor.refuse(event.cause);
  },
  stopWaiting: ({ context }: ActionInput) => context.actor.stopWaiting(),
};

/** Transitions of every state in which the next message is awaited. */
export const whileWaiting = {
  'retransmit.due': { actions: 'retransmit' },
  'retransmit.exhausted': { target: 'failed', actions: 'timeOut' },
  'half-open.expired': { target: 'failed', actions: 'timeOut' },
  refused: { target: 'failed', actions: 'refuse' },
  abandoned: { target: 'failed', actions: 'stopWaiting' },
} as const;
