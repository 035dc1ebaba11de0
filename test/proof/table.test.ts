import { describe, expect, it } from 'vitest';
import { type FeatureId, SECTIONS } from './feature.ts';
import type { Proof } from './proof.ts';
import { interoperabilityText } from './table.ts';

const EVERYTHING = SECTIONS.flatMap(({ features }) => Object.keys(features)) as FeatureId[];
const PROOF: Proof = {
  feature: 'main-psk',
  peer: 'strongSwan',
  role: 'responder',
  version: '5.9.8',
  test: 'test/peers/some.test.ts',
};
const OTHERS = EVERYTHING.filter((feature) => feature !== 'main-psk');
const REASONS = [
  { features: OTHERS, why: 'Not in this test.' },
  { peer: 'strongSwan', role: 'initiator', features: ['main-psk'], why: 'Another reason.' },
  { peer: 'libreswan', features: ['main-psk'], why: 'Another reason.' },
  { peer: 'vpnc', features: ['main-psk'], why: 'A third reason.' },
] as const;

describe('the table of what was proven', () => {
  it('leads to the test of each proof, and explains the other cells once each', () => {
    const text = interoperabilityText([PROOF], REASONS);
    expect(text).toContain(
      '| main mode, pre-shared key | [yes](../test/peers/some.test.ts) | a | a | a | b |',
    );
    expect(text).toContain('| ikestorm → strongSwan 5.9.8 | strongSwan 5.9.8 → ikestorm |');
    expect(text).toContain('- **a**: Another reason.\n- **b**: A third reason.\n- **c**: Not in this test.');
  });

  it('is refused when a cell has neither a proof nor a reason', () => {
    expect(() => interoperabilityText([], REASONS)).toThrow('main-psk, strongSwan as responder: neither');
  });

  it('is refused when a proof has overtaken a reason', () => {
    const overtaken = { ...PROOF, role: 'initiator' } as const;
    expect(() => interoperabilityText([PROOF, overtaken], REASONS)).toThrow(
      'main-psk, strongSwan as initiator: proven by test/peers/some.test.ts',
    );
  });
});
