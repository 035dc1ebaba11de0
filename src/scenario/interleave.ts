/** Mixes two phase 1 modes in exact proportion, evenly, without favouring one responder. */
import type { Phase1Mode } from '../peer/fact.ts';

/**
 * Mode of initiator number `index` of a group whose initiators visit `responders` in turn: every
 * n-th visit of each responder is aggressive for a share of 1/n, and the responders take turns.
 * With one sequence for all, 3:1 over four responders would send all of one mode to the same one.
 *
 * Among the first `responders * k` initiators exactly floor(responders * k * share) are aggressive:
 * the sum of floor(x + r/R) over r = 0..R-1 is floor(R x) (Hermite's identity).
 */
export function interleavedMode(index: number, aggressiveShare: number, responders: number): Phase1Mode {
  const visit = Math.floor(index / responders);
  const phase = ((index % responders) * strideOf(responders)) % responders;
  const before = Math.floor(visit * aggressiveShare + phase / responders + ROUNDING);
  const after = Math.floor((visit + 1) * aggressiveShare + phase / responders + ROUNDING);
  return after > before ? 'aggressive' : 'main';
}

/** A step near the golden section that visits every remainder, so that neighbours get phases far apart. */
function strideOf(responders: number): number {
  let stride = Math.max(1, Math.round(responders * 0.618));
  while (greatestCommonDivisor(stride, responders) !== 1) stride++;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Larger than the rounding of a sum of two fractions, smaller than the distance of different ones. */
const ROUNDING = 1e-9;
