import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REFERENCE_CARD } from '../../../src/cpu/reference-card.ts';
import { createModelledSuite } from '../../../src/crypto/modelled.ts';
import { cardHash, readCard, writeCard } from '../../../src/run/calibrate/card-output.ts';
import { measureCall, measuredOf } from '../../../src/run/calibrate/measure-operation.ts';
import { createTrialVillage } from '../../../src/run/calibrate/trial-village.ts';
import { OutputError } from '../../../src/run/output-error.ts';
import { PlanError } from '../../../src/run/plan.ts';

describe('measureCall', () => {
  it('gives a call a cost, and calls of several at once a share of it', () => {
    let count = 0;
    const work = () => {
      for (let index = 0; index < 2_000; index++) count = Math.imul(count ^ index, 7) + 1;
    };
    const one = measureCall({ call: work, warmUpUs: 1_000 });
    const many = measureCall({ call: work, calls: 1_000, warmUpUs: 1_000 });
    expect(one.callNs).toBeGreaterThan(0);
    expect(many.callNs).toBeLessThan(one.callNs);
    expect(one.spread).toBeGreaterThanOrEqual(0);
  });

  it('has the median of its batches, and half of what the middle ones are apart', () => {
    expect(measuredOf([9, 1, 5, 7, 3])).toEqual({ callNs: 5, spread: 0.4 });
    expect(measuredOf([0, 0, 0])).toEqual({ callNs: 0, spread: 0 });
  });
});

describe('createTrialVillage', () => {
  it('negotiates again and again', () => {
    const village = createTrialVillage(createModelledSuite());
    expect(village.negotiate()).toBe(village.negotiate());
    // Six messages of main mode, three of quick mode, and the old tunnel is deleted.
    expect(village.datagrams.length).toBeGreaterThanOrEqual(9);
  });
});

describe('cards in files', () => {
  it('are read as they were written, and have the same hash', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'ikestorm-card-')), 'card.json');
    await writeCard(path, REFERENCE_CARD);
    expect(await readCard(path)).toEqual(REFERENCE_CARD);
    expect(cardHash(await readCard(path))).toBe(cardHash(await readCard('reference')));
    await writeFile(path, '{}');
    await expect(readCard(path)).rejects.toThrow(PlanError);
  });

  it('are missed in words', async () => {
    await expect(readCard('/nowhere/card.json')).rejects.toThrow(/cannot be read \(ENOENT\)/);
    await expect(writeCard('/nowhere/card.json', REFERENCE_CARD)).rejects.toThrow(OutputError);
  });
});
