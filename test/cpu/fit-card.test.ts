import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { COST_KINDS, costKindOf } from '../../src/cpu/cost-kind.ts';
import { fitScaling, scaledOperations } from '../../src/cpu/fit-card.ts';
import type { NegotiationWork } from '../../src/cpu/fit-card.ts';
import { REFERENCE_CARD } from '../../src/cpu/reference-card.ts';
import { PRIMITIVE_NAMES } from '../../src/crypto/primitive.ts';

const once = { calls: 1, octets: 0 };
const MESSAGES = { event: { calls: 8, octets: 1_200 }, 'hmac:sha256': { calls: 20, octets: 4_000 } };
const CURVE: NegotiationWork = { ...MESSAGES, 'generate:31': once, 'agree:31': once };
const MODULUS: NegotiationWork = { ...MESSAGES, 'generate:14': once, 'agree:14': once };
const SIGNED: NegotiationWork = { ...CURVE, 'sign:ecdsa-256': once, 'verify:ecdsa-256': once };
/** No key exchange at all, so that every kind is told apart. */
const BARE: NegotiationWork = MESSAGES;

const factor = fc.double({ min: 0.1, max: 10, noNaN: true });
const factors = fc.record({ messages: factor, curves: factor, moduli: factor, certificates: factor });

/** What a card whose costs are multiplied says of a negotiation. */
function demandNs(work: NegotiationWork, scale: Parameters<typeof scaledOperations>[1]): number {
  const operations = scaledOperations(REFERENCE_CARD, scale);
  return Object.entries(work).reduce((sum, [name, { calls, octets }]) => {
    const { callNs, octetNs } = operations[name]!;
    return sum + callNs * calls + octetNs * octets;
  }, 0);
}

describe('fitScaling', () => {
  test.prop([factors])('finds the costs that measurements were made from', (scale) => {
    const works = [BARE, CURVE, MODULUS, SIGNED];
    const measured = works.map((work) => ({ work, demandNs: demandNs(work, scale) }));
    const fit = fitScaling(REFERENCE_CARD, measured);
    for (const kind of COST_KINDS) expect(fit.factors[kind] / scale[kind]).toBeCloseTo(1, 1);
    for (const [index, { demandNs: wanted }] of measured.entries())
      expect(fit.fittedNs[index]! / wanted).toBeCloseTo(1, 3);
    expect(fit.guessed).toEqual([]);
  });

  test.prop([factors])(
    'predicts what it was not shown from three loads, as far as they determine it',
    (scale) => {
      const measured = [CURVE, MODULUS, SIGNED].map((work) => ({ work, demandNs: demandNs(work, scale) }));
      const fit = fitScaling(REFERENCE_CARD, measured);
      // Signatures with a key exchange modulo a prime: each kind was seen, the combination was not.
      const unseen = { ...MODULUS, 'sign:ecdsa-256': once, 'verify:ecdsa-256': once };
      expect(demandNs(unseen, fit.factors) / demandNs(unseen, scale)).toBeCloseTo(1, 2);
    },
  );

  test.prop([factor])('scales everything alike where one load is all there is', (scale) => {
    const all = { messages: scale, curves: scale, moduli: scale, certificates: scale };
    const fit = fitScaling(REFERENCE_CARD, [{ work: CURVE, demandNs: demandNs(CURVE, all) }]);
    for (const kind of COST_KINDS) expect(fit.factors[kind] / scale).toBeCloseTo(1, 3);
    expect(fit.guessed).toEqual(['moduli', 'certificates']);
  });

  it('has no costs below nothing', () => {
    const fit = fitScaling(REFERENCE_CARD, [
      { work: CURVE, demandNs: 1_000_000 },
      { work: SIGNED, demandNs: 900_000 },
    ]);
    for (const kind of COST_KINDS) expect(fit.factors[kind]).toBeGreaterThanOrEqual(0);
  });

  it('refuses to fit nothing', () => {
    expect(() => fitScaling(REFERENCE_CARD, [])).toThrow(RangeError);
    expect(() => fitScaling(REFERENCE_CARD, [{ work: {}, demandNs: 1 }])).toThrow(RangeError);
  });
});

describe('costKindOf', () => {
  it('tells key exchange, keys of certificates and all else apart', () => {
    const kinds = ['agree:14', 'generate:31', 'agree:20', 'sign:rsa-2048', 'decrypt:rsa-3072', 'certificate'];
    expect(kinds.map(costKindOf)).toEqual([
      ...['moduli', 'curves', 'curves'],
      ...['certificates', 'certificates', 'certificates'],
    ]);
    expect(['event', 'decrypt:aes-cbc', 'digest:sha1', 'log-in'].map(costKindOf)).toEqual(
      Array.from({ length: 4 }, () => 'messages'),
    );
  });

  it('knows every primitive', () => {
    for (const name of PRIMITIVE_NAMES) expect(COST_KINDS).toContain(costKindOf(name));
  });
});
