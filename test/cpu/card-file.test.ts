import { describe, expect, it } from 'vitest';
import { STEP_OPERATIONS } from '../../src/cpu/calibration-card.ts';
import { CardError, cardText, parseCard } from '../../src/cpu/card-file.ts';
import { REFERENCE_CARD } from '../../src/cpu/reference-card.ts';
import { CERTIFICATE_KEYS } from '../../src/ike/authentication.ts';
import { PRIMITIVE_NAMES } from '../../src/crypto/primitive.ts';
import { CARD } from './card.ts';

describe('a calibration card', () => {
  it('comes back from its text as it was', () => {
    expect(parseCard(cardText(CARD), 'card.json')).toEqual(CARD);
    expect(parseCard(cardText(REFERENCE_CARD), 'card.json')).toEqual(REFERENCE_CARD);
  });

  it.each([
    ['{', 'card.json is no JSON'],
    ['[]', 'card.json: '],
    [cardText({ ...CARD, formatVersion: 2 as 1 }), 'card.json, formatVersion: '],
    [cardText(CARD).replace('"callNs": 300', '"callNs": -1'), 'card.json, operations.hmac:sha256.callNs: '],
    [cardText(CARD).replace('"spread"', '"sprade"'), 'card.json, operations.'],
  ])('is refused with the place of the mistake: %s', (json, message) => {
    expect(() => parseCard(json, 'card.json')).toThrow(CardError);
    expect(() => parseCard(json, 'card.json')).toThrow(message);
  });
});

describe('the reference card', () => {
  it('has all operations, each with a cost', () => {
    const keyOperations = CERTIFICATE_KEYS.flatMap((key) => [`sign:${key}`, `verify:${key}`]);
    for (const name of [...STEP_OPERATIONS, ...PRIMITIVE_NAMES, ...keyOperations]) {
      expect(REFERENCE_CARD.operations[name]?.callNs, name).toBeGreaterThan(0);
    }
  });
});
