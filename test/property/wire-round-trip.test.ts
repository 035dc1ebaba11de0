import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, decodePayloads } from '../../src/ike/wire/decode.ts';
import { encodeBody, encodeMessage, encodePayloads, firstPayloadType } from '../../src/ike/wire/encode.ts';
import { FragmentReassembler, splitIntoFragments } from '../../src/ike/wire/fragment.ts';
import type { FragmentPayload, Payload } from '../../src/ike/wire/message.ts';
import { headerFields, payload, payloads } from './wire-arbitraries.ts';

/** As a sender would build it: without what only the decoder sets. */
function withoutRaw(decoded: Payload): Payload {
  if (decoded.kind === 'unknown') return decoded;
  const { raw: _, ...sent } = decoded;
  return sent;
}

describe('any valid message', () => {
  it('is decoded to what was encoded, with the octets of every body', () => {
    fc.assert(
      fc.property(headerFields, payloads, (fields, sent) => {
        const octets = encodeMessage(fields, sent);
        const { header, payloads: received, consumed } = decodeMessage(octets);
        expect(header).toEqual({ ...fields, nextPayload: firstPayloadType(sent), length: octets.length });
        expect(consumed).toBe(octets.length - 28);
        expect(received.map(withoutRaw)).toEqual(sent);
        expect(received.map(({ raw }) => raw)).toEqual(sent.map(encodeBody));
      }),
      { numRuns: 300 },
    );
  });

  it('is found whole in front of any padding', () => {
    fc.assert(
      fc.property(
        payloads,
        fc.integer({ min: 1, max: 16 }),
        fc.uint8Array({ maxLength: 20 }),
        (sent, blockLength, more) => {
          const padded = encodePayloads(sent, blockLength);
          expect(padded.length % blockLength).toBe(0);
          const octets = Uint8Array.of(...padded, ...more);
          const chain = encodePayloads(sent);
          const { payloads: received, consumed } = decodePayloads(firstPayloadType(sent), octets);
          expect(consumed).toBe(chain.length);
          expect(encodePayloads(received)).toEqual(chain);
        },
      ),
    );
  });

  it('survives being cut into fragments that come in any order', () => {
    const scenario = fc
      .tuple(
        headerFields,
        fc.array(payload, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 50, max: 300 }),
      )
      .map(([fields, sent, maximumOctets]) => {
        const whole = encodeMessage(fields, sent);
        return {
          whole,
          pieces: splitIntoFragments(whole, { fragmentId: 1, maximumOctets, exchangeType: 2 }),
        };
      })
      .filter(({ pieces }) => pieces.length <= 64)
      .chain(({ whole, pieces }) =>
        fc
          .shuffledSubarray(pieces, { minLength: pieces.length })
          .map((shuffled) => ({ whole, pieces: shuffled })),
      );
    fc.assert(
      fc.property(scenario, ({ whole, pieces }) => {
        const reassembler = new FragmentReassembler();
        const outcomes = pieces.map((piece) =>
          reassembler.add(decodeMessage(piece).payloads[0] as FragmentPayload),
        );
        expect(outcomes.pop()).toEqual({ type: 'complete', octets: whole });
        for (const outcome of outcomes) expect(outcome).toEqual({ type: 'incomplete' });
      }),
    );
  });
});
