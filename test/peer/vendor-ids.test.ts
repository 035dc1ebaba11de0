/** Vendor IDs that a policy adds to those of what a peer can do. */
import { describe, expect, it } from 'vitest';
import { decodeMessage } from '../../src/ike/wire/decode.ts';
import { encodeMessage } from '../../src/ike/wire/encode.ts';
import { fromHex } from '../../src/ike/wire/octets.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
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

describe('vendor IDs of later messages', () => {
  const DPD = 'afcad71368a1f1c96b8696fc77570100';
  const keepsDpd = (octets: Uint8Array, isKept: boolean): Uint8Array => {
    const { header, payloads } = decodeMessage(octets);
    const others = payloads.filter(
      (payload) => payload.kind !== 'vendor-id' || Buffer.from(payload.data).toString('hex') !== DPD,
    );
    const dpd = { kind: 'vendor-id', data: fromHex(DPD) } as const;
    return encodeMessage(header, isKept ? [...others, dpd] : others);
  };

  it.each([
    ['3, of the initiator', true],
    ['4, of the responder', false],
  ] as const)('count in main mode message %s, where Cisco sends them', (_message, isInitiator) => {
    const pair = new Pair({
      wire: (datagram) => {
        const { index, fromInitiator, octets } = datagram;
        if (index > 3 || fromInitiator !== isInitiator) return [datagram];
        return [{ octets: keepsDpd(octets, index > 1) }];
      },
      [isInitiator ? 'responder' : 'initiator']: {
        dpd: { delayNs: NS_PER_S, retryNs: NS_PER_S, timeoutNs: 9 * NS_PER_S },
      },
    });
    pair.connect().run(5 * NS_PER_S);
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.factsOf('lifecycle').map(({ event }) => event)).toContain('liveness-asked');
  });
});
