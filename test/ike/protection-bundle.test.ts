import { describe, expect, it } from 'vitest';
import { selectPhase2, type Phase2Offer } from '../../src/ike/phase2-proposal.ts';
import { chosenProtection, offerProtections, PROTECTIONS } from '../../src/ike/protection-bundle.ts';
import type { EspTransform } from '../../src/ike/transform.ts';
import { requireEspAnswer } from '../../src/ike/v1/quick-mode-answer.ts';
import { decodePayloads } from '../../src/ike/wire/decode.ts';
import { encodePayloads, firstPayloadType } from '../../src/ike/wire/encode.ts';
import type { Proposal, SecurityAssociationPayload } from '../../src/ike/wire/message.ts';

const esp: EspTransform = { encryption: 'aes-cbc', keyBits: 128, integrity: 'sha256' };
const gcm: EspTransform = { encryption: 'aes-gcm16', keyBits: 256 };
const offer: Phase2Offer = {
  transforms: [gcm, esp, { ...esp, keyBits: 256 }, { ...esp, integrity: 'sha1' }],
  spi: Uint8Array.of(1, 2, 3, 4),
  lifetimeS: 3600,
  encapsulation: 'tunnel',
  isNatted: true,
};
/** Octets that are no CPI and no free SPI come first. */
const createRandom = () => {
  const drawn = [0, 0, 0, 0, 0xab, 0xcd, 0xef, 0x01, 0xf0, 0x00, 0x00, 0xff, 0x12, 0x34];
  return (length: number) => Uint8Array.from(drawn.splice(0, length));
};
const payload = offerProtections(offer, PROTECTIONS, createRandom());
const partsOf = (proposals: readonly Proposal[]) =>
  proposals.map(({ number, protocolId, spi }) => [number, protocolId, [...spi]]);
/** One transform of each proposal that has this number. */
const answerWith = (number: number, from = payload): SecurityAssociationPayload => ({
  ...payload,
  proposals: from.proposals
    .filter((proposal) => proposal.number === number)
    .map((proposal) => ({ ...proposal, transforms: proposal.transforms.slice(0, 1) })),
});

describe('an offer of AH and of bundles', () => {
  it('joins what belongs together under one proposal number (RFC 2408 §4.2)', () => {
    expect(partsOf(payload.proposals)).toEqual([
      [1, 0x03, [1, 2, 3, 4]],
      [2, 0x02, [0xab, 0xcd, 0xef, 0x01]],
      [3, 0x02, [0xab, 0xcd, 0xef, 0x01]],
      [3, 0x03, [1, 2, 3, 4]],
      [4, 0x03, [1, 2, 3, 4]],
      [4, 0x04, [0x12, 0x34]],
    ]);
  });

  it('has AH transforms for each integrity algorithm, in the mode of ESP (RFC 2407 §4.4.3)', () => {
    const [, ah] = payload.proposals;
    const lifetime = [
      { type: 0x01, value: 1 },
      { type: 0x02, value: 3600 },
    ];
    expect(ah?.transforms).toEqual([
      {
        number: 1,
        transformId: 0x05,
        attributes: [...lifetime, { type: 4, value: 3 }, { type: 5, value: 5 }],
      },
      {
        number: 2,
        transformId: 0x03,
        attributes: [...lifetime, { type: 4, value: 3 }, { type: 5, value: 2 }],
      },
    ]);
  });

  it('asks for one PFS group with AH too, and for none with IPComp, to which it means nothing', () => {
    const pfs = { ...offer, transforms: [{ ...esp, group: 14 }] };
    const { proposals } = offerProtections(pfs, ['ah', 'esp+ipcomp'], createRandom());
    const groups = proposals.map(({ transforms }) =>
      transforms.flatMap(({ attributes }) =>
        attributes.filter(({ type }) => type === 3).map(({ value }) => value),
      ),
    );
    expect(groups).toEqual([[14], [14], []]);
  });

  it('has DEFLATE in the mode of ESP as IPComp (RFC 2407 §4.4.5, RFC 3173 §4.1)', () => {
    const compression = payload.proposals[5];
    expect(compression?.transforms.map(({ transformId }) => transformId)).toEqual([2]);
    expect(compression?.transforms[0]?.attributes).toContainEqual({ type: 4, value: 3 });
  });

  it('comes back from its octets as it was', () => {
    const octets = encodePayloads([payload]);
    const type = firstPayloadType([payload]);
    const [decoded] = decodePayloads(type, octets).payloads;
    expect(decoded).toMatchObject({ kind: 'security-association', proposals: payload.proposals });
  });

  it('is answered with the plain ESP of it, wherever that stands', () => {
    const acceptance = {
      accepted: [esp],
      encapsulation: 'tunnel' as const,
      isNatted: true,
      hasKeyExchange: false,
    };
    const last = offerProtections(offer, ['ah+esp', 'ah', 'esp+ipcomp', 'esp'], createRandom());
    expect(selectPhase2(last, acceptance)?.proposal.number).toBe(4);
    const none = offerProtections(offer, ['ah+esp', 'ah', 'esp+ipcomp'], createRandom());
    expect(selectPhase2(none, acceptance)).toBeUndefined();
  });
});

describe('the check of an answer to bundles', () => {
  const chosen = (answer: SecurityAssociationPayload) => chosenProtection(answer, offer, PROTECTIONS);

  it('knows each bundle that came back whole', () => {
    expect([1, 2, 3, 4].map((number) => chosen(answerWith(number)))).toEqual([
      undefined,
      'ah',
      'ah+esp',
      'esp+ipcomp',
    ]);
  });

  it('takes the parts in another order, and a CPI in four octets', () => {
    const answer = answerWith(4);
    const proposals = answer.proposals
      .map((proposal) => ({
        ...proposal,
        spi: proposal.spi.length === 2 ? Uint8Array.of(0, 0, 5, 6) : proposal.spi,
      }))
      .toReversed();
    expect(chosen({ ...answer, proposals })).toBe('esp+ipcomp');
  });

  const [ah, , ipcomp] = [answerWith(3).proposals[0], undefined, answerWith(4).proposals[1]];
  const [plain] = answerWith(1).proposals;
  if (ah === undefined || ipcomp === undefined || plain === undefined) throw new Error('all were offered');
  const wrong: [string, Proposal[]][] = [
    ['nothing', []],
    ['a part of a bundle that is not offered alone', [ipcomp]],
    ['two parts of different numbers', [plain, { ...ipcomp, number: 9 }]],
    ['a bundle that was not offered', [ah, { ...ipcomp, number: ah.number }]],
    ['one protocol twice', [ah, ah]],
    ['an SPI of another length', [{ ...ah, spi: Uint8Array.of(1, 2) }]],
    ['two transforms', [{ ...ah, transforms: [...ah.transforms, ...ah.transforms] }]],
    ['no transform', [{ ...ah, transforms: [] }]],
    [
      'an AH transform that was not offered',
      [{ ...ah, transforms: ah.transforms.map((transform) => ({ ...transform, transformId: 0x07 })) }],
    ],
    [
      'an attribute that was not offered',
      [
        {
          ...ah,
          transforms: ah.transforms.map((each) => ({ ...each, attributes: [{ type: 5, value: 6 }] })),
        },
      ],
    ],
  ];
  it.each(wrong)('finds no choice in %s', (_title, proposals) => {
    expect(chosen({ ...payload, proposals })).toBeUndefined();
    const check = () => requireEspAnswer({ ...payload, proposals }, offer, PROTECTIONS);
    expect(check).toThrowError(expect.objectContaining({ cause: 'answer-not-offered' }));
  });

  it('goes on with ESP alone where that was offered, and only there', () => {
    expect(requireEspAnswer(answerWith(1), offer, PROTECTIONS).transform).toEqual(gcm);
    const check = () => requireEspAnswer(answerWith(1), offer, ['ah+esp', 'esp+ipcomp']);
    expect(check).toThrowError(expect.objectContaining({ cause: 'answer-not-offered' }));
  });

  it('ends with a cause of its own where the choice is one that nobody here runs', () => {
    for (const number of [2, 3, 4]) {
      const check = () => requireEspAnswer(answerWith(number), offer, PROTECTIONS);
      expect(check).toThrowError(
        expect.objectContaining({ cause: 'protection-unsupported', notify: 0x000a }),
      );
    }
  });
});
