import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, decodePayloads } from '../../src/ike/wire/decode.ts';
import { encodeMessage, encodePayloads, firstPayloadType } from '../../src/ike/wire/encode.ts';
import { DEFAULT_FRAGMENT_LIMITS, FragmentReassembler } from '../../src/ike/wire/fragment.ts';
import {
  MAXIMUM_CONFIGURATION_ATTRIBUTES,
  MAXIMUM_PAYLOADS,
  MAXIMUM_PROPOSALS,
  MAXIMUM_SPIS,
  MAXIMUM_TRANSFORM_ATTRIBUTES,
  MAXIMUM_TRANSFORMS,
} from '../../src/ike/wire/limits.ts';
import type { FragmentPayload, Payload, PayloadChain } from '../../src/ike/wire/message.ts';
import { equalOctets } from '../../src/ike/wire/octets.ts';
import { WireError } from '../../src/ike/wire/wire-error.ts';
import { headerFields, payload, payloads, payloadType } from './wire-arbitraries.ts';

/** The chain, or undefined for octets that are refused in the promised way; any other error passes through. */
function decodeOrRefuse(decode: () => PayloadChain): PayloadChain | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function expectWithinLimits(received: Payload): void {
  if (received.kind === 'security-association') {
    const transforms = received.proposals.flatMap((proposal) => proposal.transforms);
    expect(received.proposals.length).toBeLessThanOrEqual(MAXIMUM_PROPOSALS);
    expect(transforms.length).toBeLessThanOrEqual(MAXIMUM_TRANSFORMS);
    for (const { attributes } of transforms) {
      expect(attributes.length).toBeLessThanOrEqual(MAXIMUM_TRANSFORM_ATTRIBUTES);
    }
  } else if (received.kind === 'delete') {
    expect(received.spis.length).toBeLessThanOrEqual(MAXIMUM_SPIS);
  } else if (received.kind === 'attributes') {
    expect(received.attributes.length).toBeLessThanOrEqual(MAXIMUM_CONFIGURATION_ATTRIBUTES);
  }
}

/** Decodes a chain; what is let through is within the limits and is written as exactly the same octets. */
function expectHarmless(firstType: number, octets: Uint8Array): void {
  const before = octets.slice();
  const chain = decodeOrRefuse(() => decodePayloads(firstType, octets));
  expect(equalOctets(octets, before)).toBe(true);
  if (chain === undefined) return;
  expect(chain.payloads.length).toBeLessThanOrEqual(MAXIMUM_PAYLOADS);
  chain.payloads.forEach(expectWithinLimits);
  expect(equalOctets(encodePayloads(chain.payloads), octets.subarray(0, chain.consumed))).toBe(true);
  expect(firstPayloadType(chain.payloads)).toBe(firstType);
}

describe('hostile octets', () => {
  it('are refused with a WireError or re-encoded exactly', () => {
    fc.assert(fc.property(payloadType, fc.uint8Array({ maxLength: 300 }), expectHarmless), { numRuns: 2000 });
  });

  it('with a sound generic header are refused or re-encoded exactly', () => {
    fc.assert(
      fc.property(payloadType, fc.uint8Array({ maxLength: 300 }), (type, body) => {
        const length = body.length + 4;
        expectHarmless(type, Uint8Array.of(0, 0, length >> 8, length & 0xff, ...body));
      }),
      { numRuns: 2000 },
    );
  });

  it('as a whole datagram are refused or decoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        decodeOrRefuse(() => decodeMessage(octets));
      }),
      { numRuns: 1000 },
    );
  });

  it('made of a valid message by overwriting octets are refused or re-encoded exactly', () => {
    const change = fc.tuple(
      fc.nat(),
      fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 255 })),
    );
    fc.assert(
      fc.property(
        fc.array(payload, { minLength: 1, maxLength: 4 }),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (sent, changes) => {
          const octets = encodePayloads(sent);
          for (const [position, value] of changes) octets[position % octets.length] = value;
          expectHarmless(firstPayloadType(sent), octets);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('made of a valid message by flipping any one bit are refused or re-encoded exactly', () => {
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 3 }), (sent) => {
        const octets = encodePayloads(sent);
        for (let bit = 0; bit < octets.length * 8; bit++) {
          const flipped = octets.slice();
          flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
          expectHarmless(firstPayloadType(sent), flipped);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('a truncated message', () => {
  it('is refused at every length, whatever its header says', () => {
    fc.assert(
      fc.property(headerFields, payloads, (fields, sent) => {
        const octets = encodeMessage(fields, sent);
        for (let length = 0; length < octets.length; length++) {
          const cut = octets.slice(0, length);
          expect(() => decodeMessage(cut)).toThrow(WireError);
          if (length < 28) continue;
          new DataView(cut.buffer).setUint32(24, length);
          expect(() => decodeMessage(cut)).toThrow(WireError);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('any sequence of fragments', () => {
  it('keeps reassembly within its limits', () => {
    const fragment: fc.Arbitrary<FragmentPayload> = fc.record({
      kind: fc.constant('fragment' as const),
      fragmentId: fc.integer({ min: 0, max: 6 }),
      number: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 255 })),
      isLast: fc.boolean(),
      data: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 60 }), (fragments) => {
        const limits = { ...DEFAULT_FRAGMENT_LIMITS, octets: 100, messages: 3 };
        const reassembler = new FragmentReassembler(limits);
        for (const each of fragments) {
          const outcome = reassembler.add(each);
          expect(reassembler.incompleteMessages).toBeLessThanOrEqual(limits.messages);
          if (outcome.type === 'complete') expect(outcome.octets.length).toBeLessThanOrEqual(limits.octets);
        }
      }),
      { numRuns: 300 },
    );
  });
});
