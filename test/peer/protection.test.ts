/** AH and bundles in quick mode between two ends, of which neither runs them. */
import { describe, expect, it } from 'vitest';
import type { Protection } from '../../src/ike/protection-bundle.ts';
import { Group } from '../../src/ike/wire/numbers.ts';
import { Pair } from '../harness/pair.ts';
import { espAes128Sha256 } from '../harness/policy.ts';

const BUNDLES: readonly Protection[] = ['ah+esp', 'esp+ipcomp', 'ah'];

describe('an initiator that offers AH and bundles', () => {
  it.each(['main', 'aggressive'] as const)('comes to ESP alone where that stands last, %s mode', (mode) => {
    const pair = new Pair({ initiator: { mode, protections: [...BUNDLES, 'esp'] } }).connect().run();
    expect(pair.failureCause).toBeUndefined();
    expect(pair.hasSucceeded).toBe(true);
    const ends = ['initiator', 'responder'] as const;
    const [ours, theirs] = ends.map((end) => pair.childKeys(end).map(({ encryptionKey }) => encryptionKey));
    expect(ours).toHaveLength(2);
    expect(ours).toEqual(theirs);
  });

  it('comes to ESP alone with PFS and several children', () => {
    const esp = [{ ...espAes128Sha256, group: Group.x25519 }];
    const initiator = { esp, children: 3, protections: [...BUNDLES, 'esp' as const] };
    const pair = new Pair({ initiator, responder: { esp } }).connect().run();
    expect(pair.failureCause).toBeUndefined();
    expect(pair.responder.childCount).toBe(3);
  });

  it.each(BUNDLES)(
    'is refused with NO-PROPOSAL-CHOSEN when it offers %s alone, and nothing is left',
    (each) => {
      const pair = new Pair({ initiator: { protections: [each] } }).connect().run();
      expect(pair.failureCause).toBe('no-proposal-chosen');
      expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([0, 0]);
      expect([pair.initiator.phase1Count, pair.responder.phase1Count]).toEqual([0, 0]);
    },
  );
});
