/** Whether a packet is lost, at random or in bursts. */
import type { PositionedStream } from '../random/positioned-stream.ts';

export type Loss =
  | { readonly type: 'random'; readonly share: number }
  /**
   * Gilbert and Elliott: a good and a bad state, left with a chance before each packet, each with its own
   * share of losses.
   */
  | {
      readonly type: 'bursty';
      /** Chance to go from good to bad. */
      readonly enter: number;
      /** Chance to go from bad to good; 1 / leave packets is a burst long in the mean. */
      readonly leave: number;
      readonly goodShare: number;
      readonly badShare: number;
    };

/** Bursty loss of that share in the mean, where everything is lost for `burst` packets (in the mean) in a row. */
export function burstyLoss(share: number, burst: number): Loss {
  const leave = 1 / burst;
  return { type: 'bursty', enter: (leave * share) / (1 - share), leave, goodShare: 0, badShare: 1 };
}

/** The part of a link that remembers whether it is in its bad state. */
export interface LossState {
  isBad: boolean;
}

/** Decides about one packet. */
export function isLost(loss: Loss, state: LossState, random: PositionedStream): boolean {
  if (loss.type === 'random') return happens(loss.share, random);
  if (happens(state.isBad ? loss.leave : loss.enter, random)) state.isBad = !state.isBad;
  return happens(state.isBad ? loss.badShare : loss.goodShare, random);
}

/** True with that chance, 0 to 1, in steps of 2^-32. */
export function happens(chance: number, random: PositionedStream): boolean {
  return random.uint32() < chance * 0x1_0000_0000;
}
