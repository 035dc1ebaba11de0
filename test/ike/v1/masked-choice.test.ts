import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { choose, maskIfLess, maskIfWithin, maskIfZero } from '../../../src/ike/v1/masked-choice.ts';

const number = fc.oneof(fc.nat(3), fc.nat(0x3fff_ffff));
const maskOf = (claim: boolean) => (claim ? -1 : 0);

describe('masks', () => {
  test.prop([number])('of zero', (a) => {
    expect(maskIfZero(a)).toBe(maskOf(a === 0));
  });

  test.prop([number, number])('of less', (a, b) => {
    expect(maskIfLess(a, b)).toBe(maskOf(a < b));
  });

  test.prop([number, number, number])('of within', (a, b, c) => {
    expect(maskIfWithin(a, b, c)).toBe(maskOf(a >= b && a <= c));
  });

  test.prop([fc.boolean(), number, number])('choose', (claim, a, b) => {
    expect(choose(maskOf(claim), a, b)).toBe(claim ? a : b);
  });
});
