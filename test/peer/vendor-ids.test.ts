/** Vendor IDs that a policy adds to those of what a peer can do. */
import { describe, expect, it } from 'vitest';
import { decodeMessage } from '../../src/ike/wire/decode.ts';
import { fromHex } from '../../src/ike/wire/octets.ts';
import { Pair } from '../harness/pair.ts';

const WINDOWS = '1e2b516905991c7d7c96fcbfb587e46100000004';
const UNITY = '12f5f28c457168a9702d9fe274cc0100';

/** Vendor IDs of message number `index`, in hex. */
function vendorIdsOf(pair: Pair, index: number): string[] {
  const { payloads } = decodeMessage(pair.sent[index]?.octets ?? new Uint8Array(0));
  return payloads.flatMap((payload) =>
    payload.kind === 'vendor-id' ? Buffer.from(payload.data).toString('hex') : [],
  );
}

describe.each(['main', 'aggressive'] as const)('vendor IDs of a policy, in %s mode', (mode) => {
  const pair = new Pair({
    initiator: { mode, vendorIds: [fromHex(WINDOWS)] },
    responder: { vendorIds: [fromHex(UNITY), fromHex(WINDOWS)] },
  }).connect();
  pair.run();

  it('are in the first message of either end, after those of what the peer can do', () => {
    expect(vendorIdsOf(pair, 0).slice(-1)).toEqual([WINDOWS]);
    expect(vendorIdsOf(pair, 1).slice(-2)).toEqual([UNITY, WINDOWS]);
    expect(vendorIdsOf(pair, 0).length).toBeGreaterThan(1);
  });

  it('change nothing else', () => {
    expect(pair.hasSucceeded).toBe(true);
  });
});
