import { describe, expect, it } from 'vitest';
import {
  answerPhase2,
  checkPhase2Answer,
  selectPhase2,
  transformsOfOneGroup,
  type Phase2Offer,
} from '../../src/ike/phase2-proposal.ts';
import { offerProtections } from '../../src/ike/protection-bundle.ts';
import type { EspTransform } from '../../src/ike/transform.ts';
import type { Attribute, SecurityAssociationPayload } from '../../src/ike/wire/message.ts';
import { EncapsulationMode, Group, IpsecAttribute, ProtocolId } from '../../src/ike/wire/numbers.ts';

const attributesOf = (payload: SecurityAssociationPayload, index = 0): Attribute[] =>
  payload.proposals[0]?.transforms[index]?.attributes ?? [];
const valueOf = (attributes: readonly Attribute[], type: number) =>
  attributes.find((attribute) => attribute.type === type)?.value;
const esp: EspTransform = { encryption: 'aes-cbc', keyBits: 128, integrity: 'sha256' };
const gcm: EspTransform = { encryption: 'aes-gcm16', keyBits: 256 };
const offerOf = (transforms: readonly EspTransform[], isNatted = false) => ({
  transforms,
  spi: Uint8Array.of(1, 2, 3, 4),
  lifetimeS: 3600,
  encapsulation: 'tunnel' as const,
  isNatted,
});
/** ESP alone. */
const offered = (offer: Phase2Offer) => offerProtections(offer, ['esp'], () => Uint8Array.of(9, 9, 9, 9));
const acceptance = (accepted: readonly EspTransform[], isNatted = false) => ({
  accepted,
  encapsulation: 'tunnel' as const,
  isNatted,
  hasKeyExchange: false,
});

function answerOf(offer: Phase2Offer, accepted: readonly EspTransform[]): SecurityAssociationPayload {
  const choice = selectPhase2(offered(offer), acceptance(accepted));
  if (choice === undefined) throw new Error('nothing was chosen');
  return answerPhase2(choice, Uint8Array.of(9, 9, 9, 9));
}

describe('phase 2 proposals', () => {
  it('carry key length, integrity and mode as each transform needs', () => {
    const payload = offered(offerOf([esp, gcm]));
    expect(valueOf(attributesOf(payload, 0), IpsecAttribute.keyLength)).toBe(128);
    expect(valueOf(attributesOf(payload, 1), IpsecAttribute.authenticationAlgorithm)).toBeUndefined();
    expect(valueOf(attributesOf(payload), IpsecAttribute.encapsulationMode)).toBe(EncapsulationMode.tunnel);
    const natted = offered(offerOf([esp], true));
    expect(valueOf(attributesOf(natted), IpsecAttribute.encapsulationMode)).toBe(EncapsulationMode.udpTunnel);
  });

  it('go to the first accepted transform and come back with the SPI of the responder', () => {
    const choice = selectPhase2(offered(offerOf([esp, gcm])), acceptance([gcm, esp]));
    expect(choice?.transform).toBe(esp);
    expect(choice?.peerSpi).toEqual(Uint8Array.of(1, 2, 3, 4));
    const answer = choice && answerPhase2(choice, Uint8Array.of(9, 9, 9, 9));
    const checked = answer && checkPhase2Answer(answer, offerOf([esp, gcm]));
    const lifetime = { seconds: 3600, kilobytes: Infinity };
    expect(checked).toEqual({ transform: esp, lifetime, peerSpi: Uint8Array.of(9, 9, 9, 9) });
  });

  it('have an attribute for extended sequence numbers, and none for those of 32 bits', () => {
    const payload = offered(offerOf([{ ...esp, esn: true }, esp]));
    expect(valueOf(attributesOf(payload, 0), IpsecAttribute.extendedSequenceNumber)).toBe(1);
    expect(valueOf(attributesOf(payload, 1), IpsecAttribute.extendedSequenceNumber)).toBeUndefined();
  });

  it('go to one with the length of sequence numbers that is accepted, and to no other', () => {
    const extended = { ...esp, esn: true as const };
    const both = offered(offerOf([extended, esp]));
    expect(selectPhase2(both, acceptance([esp]))?.proposal.transforms[0]?.number).toBe(2);
    expect(selectPhase2(both, acceptance([esp, extended]))?.transform).toBe(extended);
    expect(selectPhase2(offered(offerOf([extended])), acceptance([esp]))).toBeUndefined();
    expect(selectPhase2(offered(offerOf([esp])), acceptance([extended]))).toBeUndefined();
    const answer = answerOf(offerOf([extended]), [extended]);
    expect(checkPhase2Answer(answer, offerOf([extended]))?.transform).toBe(extended);
    expect(checkPhase2Answer(answer, offerOf([esp]))).toBeUndefined();
    expect(checkPhase2Answer(answerOf(offerOf([esp]), [esp]), offerOf([extended]))).toBeUndefined();
  });

  it('are refused with the reserved length of sequence numbers', () => {
    const [transform] = offered(offerOf([esp])).proposals[0]?.transforms ?? [];
    if (transform === undefined) throw new Error('there is an offer');
    transform.attributes.push({ type: IpsecAttribute.extendedSequenceNumber, value: 0 });
    const payload = offered(offerOf([esp]));
    payload.proposals[0]?.transforms.splice(0, 1, transform);
    expect(selectPhase2(payload, acceptance([esp, { ...esp, esn: true }]))).toBeUndefined();
  });

  it('take only transforms of one PFS group at a time, because there is one KE payload', () => {
    const pfs = { ...esp, group: Group.x25519 };
    expect(transformsOfOneGroup([pfs, gcm, { ...gcm, group: Group.x25519 }])).toHaveLength(2);
    expect(transformsOfOneGroup([esp, pfs])).toEqual([esp]);
  });

  it('are refused where a group stands without KE, or KE without a group', () => {
    const pfs = { ...esp, group: Group.x25519 };
    expect(selectPhase2(offered(offerOf([pfs])), acceptance([pfs]))).toBeUndefined();
    const hasKeyExchange = { ...acceptance([esp]), hasKeyExchange: true };
    expect(selectPhase2(offered(offerOf([esp])), hasKeyExchange)).toBeUndefined();
  });

  it('are refused for AH and for IPComp, alone or bundled with ESP, while ESP beside them is taken', () => {
    const [plain] = offered(offerOf([esp])).proposals;
    if (plain === undefined) throw new Error('there is an offer');
    const payload = (proposals: SecurityAssociationPayload['proposals']): SecurityAssociationPayload => ({
      ...offered(offerOf([esp])),
      proposals,
    });
    const ah = { ...plain, protocolId: ProtocolId.ah };
    const compression = { ...plain, protocolId: ProtocolId.ipcomp, spi: Uint8Array.of(0, 2) };
    expect(selectPhase2(payload([ah]), acceptance([esp]))).toBeUndefined();
    expect(selectPhase2(payload([plain, compression]), acceptance([esp]))).toBeUndefined();
    expect(selectPhase2(payload([plain, { ...ah }]), acceptance([esp]))).toBeUndefined();
    const alternative = selectPhase2(
      payload([plain, compression, { ...plain, number: 2 }]),
      acceptance([esp]),
    );
    expect(alternative?.proposal.number).toBe(2);
  });

  it('are refused with an SPI of another length and in another mode', () => {
    const short = offered({ ...offerOf([esp]), spi: Uint8Array.of(1, 2) });
    expect(selectPhase2(short, acceptance([esp]))).toBeUndefined();
    const transport = { ...acceptance([esp]), encapsulation: 'transport' as const };
    expect(selectPhase2(offered(offerOf([esp])), transport)).toBeUndefined();
    expect(selectPhase2(offered(offerOf([esp])), acceptance([esp], true))).toBeUndefined();
  });
});
