import { describe, expect, it } from 'vitest';
import { checkPhase1Answer, offerPhase1, selectPhase1 } from '../../src/ike/phase1-proposal.ts';
import type { IkeTransform } from '../../src/ike/transform.ts';
import type { Attribute, SecurityAssociationPayload, Transform } from '../../src/ike/wire/message.ts';
import { AuthenticationMethod, Group, IkeAttribute } from '../../src/ike/wire/numbers.ts';

const aes: IkeTransform = { cipher: 'aes-cbc', keyBits: 128, hash: 'sha256', group: Group.modp2048 };
const tripleDes: IkeTransform = { cipher: '3des-cbc', keyBits: 192, hash: 'sha1', group: Group.modp1024 };
const authentications = ['pre-shared-key'] as const;
const lifetimeS = 28_800;

const attributesOf = (payload: SecurityAssociationPayload, index = 0): Attribute[] =>
  payload.proposals[0]?.transforms[index]?.attributes ?? [];
const valueOf = (attributes: readonly Attribute[], type: number) =>
  attributes.find((attribute) => attribute.type === type)?.value;
/** The payload with its transforms changed. */
const withTransforms = (
  payload: SecurityAssociationPayload,
  change: (transform: Transform) => Transform,
): SecurityAssociationPayload => ({
  ...payload,
  proposals: payload.proposals.map((proposal) => ({
    ...proposal,
    transforms: proposal.transforms.map(change),
  })),
});
const withAttribute = (transform: Transform, type: number, value: number | Uint8Array): Transform => ({
  ...transform,
  attributes: [...transform.attributes.filter((attribute) => attribute.type !== type), { type, value }],
});

describe('a phase 1 offer', () => {
  it('is one proposal with a transform for each choice, in order', () => {
    const offer = offerPhase1([aes, tripleDes], 'pre-shared-key', lifetimeS);
    expect(offer.proposals).toHaveLength(1);
    expect(offer.proposals[0]?.transforms.map((transform) => transform.number)).toEqual([1, 2]);
    expect(valueOf(attributesOf(offer), IkeAttribute.groupDescription)).toBe(14);
  });

  it('has the key length for AES and never for 3DES (RFC 2409 Appendix A)', () => {
    const offer = offerPhase1([aes, tripleDes], 'pre-shared-key', lifetimeS);
    expect(valueOf(attributesOf(offer, 0), IkeAttribute.keyLength)).toBe(128);
    expect(valueOf(attributesOf(offer, 1), IkeAttribute.keyLength)).toBeUndefined();
  });

  it('writes lifetimes above 65,535 s in four octets', () => {
    const long = offerPhase1([aes], 'pre-shared-key', 86_400);
    expect(valueOf(attributesOf(long), IkeAttribute.lifeDuration)).toEqual(Uint8Array.of(0, 1, 0x51, 0x80));
    const short = offerPhase1([aes], 'pre-shared-key', 65_535);
    expect(valueOf(attributesOf(short), IkeAttribute.lifeDuration)).toBe(65_535);
  });

  it('names the authentication method', () => {
    const offer = offerPhase1([aes], 'ecdsa-256', lifetimeS);
    const method = valueOf(attributesOf(offer), IkeAttribute.authenticationMethod);
    expect(method).toBe(AuthenticationMethod.ecdsaSha256);
  });
});

describe('the choice of a phase 1 responder', () => {
  it('is the first offered transform that it accepts, with the attributes as they came', () => {
    const offer = offerPhase1([aes, tripleDes], 'pre-shared-key', 86_400);
    const choice = selectPhase1(offer, [tripleDes, aes], authentications);
    expect(choice?.transform).toBe(aes);
    expect(choice?.answer.proposals[0]?.transforms).toEqual([offer.proposals[0]?.transforms[0]]);
  });

  it('takes attributes in any order and form', () => {
    const offer = withTransforms(offerPhase1([aes], 'pre-shared-key', lifetimeS), (transform) => ({
      ...transform,
      attributes: transform.attributes
        .map(({ type, value }) =>
          type === IkeAttribute.keyLength ? { type, value: Uint8Array.of(0, 128) } : { type, value },
        )
        .reverse(),
    }));
    expect(selectPhase1(offer, [aes], authentications)?.transform).toBe(aes);
  });

  const refused: [string, (transform: Transform) => Transform][] = [
    ['another key length', (transform) => withAttribute(transform, IkeAttribute.keyLength, 256)],
    ['another group', (transform) => withAttribute(transform, IkeAttribute.groupDescription, Group.modp768)],
    ['a prf of its own', (transform) => withAttribute(transform, IkeAttribute.prf, 1)],
    [
      'an authentication that the policy lacks',
      (transform) => withAttribute(transform, IkeAttribute.authenticationMethod, 3),
    ],
    [
      'an unknown authentication',
      (transform) => withAttribute(transform, IkeAttribute.authenticationMethod, 77),
    ],
    ['another transform identifier', (transform) => ({ ...transform, transformId: 2 })],
    ['no attributes', (transform) => ({ ...transform, attributes: [] })],
  ];
  it.each(refused)('is none for %s', (_name, change) => {
    const offer = withTransforms(offerPhase1([aes], 'pre-shared-key', lifetimeS), change);
    expect(selectPhase1(offer, [aes], authentications)).toBeUndefined();
  });

  it('refuses a key length with 3DES', () => {
    const offer = withTransforms(offerPhase1([tripleDes], 'pre-shared-key', lifetimeS), (transform) =>
      withAttribute(transform, IkeAttribute.keyLength, 192),
    );
    expect(selectPhase1(offer, [tripleDes], authentications)).toBeUndefined();
  });
});

describe('the check of a phase 1 answer', () => {
  const offered = [aes, tripleDes];
  const offer = offerPhase1(offered, 'pre-shared-key', lifetimeS);
  const check = (answer: SecurityAssociationPayload) =>
    checkPhase1Answer(answer, offered, 'pre-shared-key', lifetimeS);

  it('finds what was chosen', () => {
    const choice = selectPhase1(offer, [tripleDes], authentications);
    expect(choice && check(choice.answer)).toEqual({
      transform: tripleDes,
      lifetime: { seconds: lifetimeS, kilobytes: Infinity },
    });
  });

  it('lets the responder shorten the lifetime', () => {
    const choice = selectPhase1(offer, [aes], authentications);
    const answer =
      choice &&
      withTransforms(choice.answer, (transform) => withAttribute(transform, IkeAttribute.lifeDuration, 3600));
    expect(answer && check(answer)).toEqual({
      transform: aes,
      lifetime: { seconds: 3600, kilobytes: Infinity },
    });
  });

  it('refuses what was not offered, two transforms, two proposals and none', () => {
    const notOffered = offerPhase1([{ ...aes, keyBits: 256 }], 'pre-shared-key', lifetimeS);
    expect(check(notOffered)).toBeUndefined();
    expect(check(offer)).toBeUndefined();
    expect(check({ ...offer, proposals: [] })).toBeUndefined();
    const [proposal] = offerPhase1([aes], 'pre-shared-key', lifetimeS).proposals;
    if (proposal === undefined) throw new Error('there is an offer');
    expect(check({ ...offer, proposals: [proposal, proposal] })).toBeUndefined();
  });

  it('refuses an attribute that was added', () => {
    const answer = withTransforms(offerPhase1([aes], 'pre-shared-key', lifetimeS), (transform) =>
      withAttribute(transform, 0x7abc, 1),
    );
    expect(check(answer)).toBeUndefined();
  });
});
