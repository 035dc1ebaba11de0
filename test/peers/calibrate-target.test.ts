/** `ikestorm calibrate --target` against strongSwan: a card that says what charon costs, in a few hundred negotiations. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseCard } from '../../src/cpu/card-file.ts';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { stormScenario, writeScenario } from './ikestorm.ts';
import type { Finished } from './namespace.ts';
import { type Charon, startGateway } from './strongswan.ts';
import { createWorkPlace } from './work-place.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const PROPOSALS = 'aes128-sha256-x25519,aes128-sha256-modp2048';

function closedLoad(ike: string): ScenarioInput {
  const storm = stormScenario({ count: 4, mode: 'main', ike, capture: false });
  const load = { executor: 'constant-peers', 'warm-up': '300ms', measure: '2500ms', drain: '5s' } as const;
  return { ...storm, name: ike, workers: 1, load };
}

describe('calibrate --target', () => {
  const place = createWorkPlace('calibrate');
  let gateway: Charon;

  beforeAll(async () => {
    gateway = await startGateway(place.namespace, place.folder('gateway'), { ike: PROPOSALS });
    return () => gateway.stop();
  });

  function calibrate(parameters: readonly string[], files: readonly string[]): Promise<Finished> {
    const all = [MAIN, 'calibrate', ...parameters, '--out', join(gateway.directory, 'card.json'), ...files];
    return place.namespace.run(process.execPath, all, { cwd: gateway.directory });
  }

  it('fits a card to what charon needs for a negotiation', async () => {
    const files = ['aes128-sha256-x25519', 'aes128-sha256-modp2048'].map((ike) =>
      writeScenario(place.folder(ike), closedLoad(ike)),
    );
    const generatorFile = join(gateway.directory, 'generator.json');
    const target = ['--target', '127.0.0.1', '--target-pid', `${gateway.pid}`, '--target-cores', '2'];
    const { code, stderr } = await calibrate([...target, '--generator-out', generatorFile], files);
    expect([code, stderr]).toEqual([0, expect.stringContaining('certificates and signatures')]);
    const card = parseCard(readFileSync(join(gateway.directory, 'card.json'), 'utf8'), 'card.json');
    const points = card.fit?.points ?? [];
    expect(points.map(({ measuredBy }) => measuredBy)).toEqual(['process-time', 'process-time']);
    const [curve, modulus] = points;
    expect(modulus!.demandNs).toBeGreaterThan(curve!.demandNs);
    const generator = parseCard(readFileSync(generatorFile, 'utf8'), 'generator.json');
    expect(generator.operations['event']!.callNs).toBeGreaterThan(0);
    expect(generator.operations).not.toEqual(card.operations);
    for (const { generatorNs } of points) expect(generatorNs).toBeGreaterThan(0);
    for (const { fittedNs, demandNs } of points) expect(fittedNs / demandNs).toBeCloseTo(1, 2);
    expect(card.fit?.operations).toEqual(expect.arrayContaining(['agree:14', 'agree:31', 'event']));
  });

  it('says so when nobody answers', async () => {
    const file = writeScenario(place.folder('silent'), closedLoad('aes128-sha256-x25519'));
    const settings = ['--set', 'load.measure=1s', '--set', 'load.drain=1s'];
    const { code, stderr } = await calibrate(['--target', '127.0.0.9:9', ...settings], [file]);
    expect([code, stderr]).toEqual([111, expect.stringContaining('the target never answered')]);
  });
});
