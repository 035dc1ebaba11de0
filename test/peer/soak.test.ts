/** After two thousand negotiations, good and bad, two ends hold what they held before: no SA, no timer, no more memory. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { Phase1Mode } from '../../src/peer/fact.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { createRandomStream } from '../../src/random/stream.ts';
import { type OnWire, Pair } from '../harness/pair.ts';

const WARM_UP = 100;
const NEGOTIATIONS = 400;
/** Less than an SA with its keys takes; code that was compiled meanwhile takes some, too. */
const LEFT_OCTETS_PER_NEGOTIATION = 3000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** One of five datagrams is lost, one of ten has a bit flipped, one of ten comes twice. */
function badWire() {
  const { octets: draw } = createRandomStream({ seed: 1, entity: 0, purpose: 'network' });
  return ({ octets }: OnWire): { readonly octets: Uint8Array }[] => {
    const [fate = 0, high = 0, low = 0] = draw(3);
    if (fate < 51) return [];
    if (fate < 77) {
      const flipped = octets.slice();
      const at = (high * 256 + low) % flipped.length;
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (fate % 8));
      return [{ octets: flipped }];
    }
    return fate < 103 ? [{ octets }, { octets }] : [{ octets }];
  };
}

function negotiate(pair: Pair, times: number): { readonly succeeded: number; readonly failed: number } {
  let [succeeded, failed] = [0, 0];
  for (let negotiation = 0; negotiation < times; negotiation++) {
    pair.connect(negotiation).run(pair.nowNs + 200 * NS_PER_S);
    pair.feed(pair.initiator, { type: 'disconnect' });
    pair.run(pair.nowNs + 100 * NS_PER_S);
    // The message that says so may have been lost.
    pair.feed(pair.responder, { type: 'disconnect' });
    pair.run(pair.nowNs + 100 * NS_PER_S);
    succeeded += pair.factsOf('negotiation.succeeded').length;
    failed += pair.factsOf('negotiation.failed').length;
    pair.facts.length = 0;
    pair.sent.length = 0;
  }
  return { succeeded, failed };
}

function heapOctets(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

it.each<{ readonly mode: Phase1Mode; readonly responderKey: string; readonly ends: string }>([
  { mode: 'main', responderKey: 'secret', ends: 'good and bad ends' },
  { mode: 'aggressive', responderKey: 'secret', ends: 'good and bad ends' },
  { mode: 'main', responderKey: 'another', ends: 'bad ends' },
  { mode: 'aggressive', responderKey: 'another', ends: 'bad ends' },
])(
  `nothing is left of ${NEGOTIATIONS} negotiations in $mode mode over a bad network, with $ends`,
  ({ mode, responderKey, ends }) => {
    const pair = new Pair({ initiator: { mode }, responderKey, wire: badWire() });
    negotiate(pair, WARM_UP);
    const before = heapOctets();
    const { succeeded, failed } = negotiate(pair, NEGOTIATIONS);
    const left = heapOctets() - before;
    expect(succeeded + failed).toBe(NEGOTIATIONS);
    expect(failed).toBeGreaterThan(0);
    expect(succeeded > 0).toBe(ends !== 'bad ends');
    for (const end of [pair.initiator, pair.responder]) {
      expect([end.phase1Count, end.childCount]).toEqual([0, 0]);
    }
    expect(pair.armedTimers).toEqual([]);
    expect(left).toBeLessThan(LEFT_OCTETS_PER_NEGOTIATION * NEGOTIATIONS);
  },
  240_000,
);
