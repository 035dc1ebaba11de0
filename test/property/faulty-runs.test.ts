/** Whole runs on networks, computers and peers that fail or misbehave at random: what must never happen does not, and who may connect is connected in the end. */
import { describe, expect, it } from 'vitest';
import { runScenario } from '../../src/run/execute.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { startBuiltPool } from '../harness/built-pool.ts';
import { auditedRun } from './audited-run.ts';
import type { AuditedRun } from './audited-run.ts';
import { OUTSIDERS, QUIET_S, ROGUES, scenarioWithFaults } from './random-faults.ts';

const SEEDS = 200;
const TRUST = { outsiders: OUTSIDERS, rogues: [ROGUES] };
const SEEDS_OF_A_TEST = 20;
/** Old negotiations are given up, and new ones begun, within this after the last fault. */
const SETTLED_NS = (QUIET_S + 20) * 1e9;

/** One seed only: what the message of a failure says. */
const { IKESTORM_FAULT_SEED: only } = process.env;
const seeds = only === undefined ? Array.from({ length: SEEDS }, (_, index) => index + 1) : [Number(only)];
const parts = Array.from({ length: Math.ceil(seeds.length / SEEDS_OF_A_TEST) }, (_, part) =>
  seeds.slice(part * SEEDS_OF_A_TEST, (part + 1) * SEEDS_OF_A_TEST),
);

function countEnds({ outcomes }: AuditedRun): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { end } of outcomes) counts[end] = (counts[end] ?? 0) + 1;
  return counts;
}

/** Everything that is wrong with a run; empty: nothing. */
function complaintsAbout(run: AuditedRun): string[] {
  const complaints = [...run.violations];
  const { result, outcomes } = run;
  // An open load goes on while hosts are busy or down, and says so.
  if (!['pass', 'saturated'].includes(result.verdict))
    complaints.push(`verdict ${result.verdict}: ${result.reasons.join('; ')}`);
  const { started, succeeded, failed, inFlightAtEnd } = result.wholeRun;
  const { succeeded: heard = 0, ...causes } = countEnds(run);
  const heardFailed = Object.values(causes).reduce((sum, count) => sum + count, 0);
  if (started !== succeeded + failed + inFlightAtEnd || heard !== succeeded || heardFailed !== failed)
    complaints.push(
      `counts: ${started} started, ${succeeded} succeeded, ${failed} failed, ${inFlightAtEnd} in flight`,
    );
  const misdeeds = (result.misbehaviour ?? []).reduce((sum, { times }) => sum + times, 0);
  if (misdeeds !== run.misdeeds) complaints.push(`${run.misdeeds} misdeeds, ${misdeeds} counted`);
  // Also of those who behave badly, every negotiation has an end with a cause.
  if (inFlightAtEnd > 0) complaints.push(`nothing is known of ${inFlightAtEnd} negotiations`);
  if (run.childrenCompared === 0) complaints.push('no child was known at both ends');
  const late = outcomes.filter(({ plannedNs }) => plannedNs >= SETTLED_NS);
  const endsOf = (peerId: number): string[] =>
    late.filter((each) => each.peerId === peerId).map(({ end }) => end);
  for (const [peerId, name] of membersOf(run, 'workers'))
    if (!endsOf(peerId).includes('succeeded')) complaints.push(`${name} did not come back`);
  return complaints;
}

function* membersOf({ population }: AuditedRun, group: string): Generator<[number, string]> {
  const { first, count } = population.rangeOf(group)!;
  for (let index = 0; index < count; index++) yield [first + index, `${group}-${index + 1}`];
}

describe('while networks and computers fail at random for a minute', { timeout: 120_000 }, () => {
  it.each(parts.map((part) => [`seeds ${part[0]} to ${part.at(-1)}`, part] as const))(
    'no two honest ends have different keys, no outsider gets in, counts add up, workers come back: %s',
    async (_, part) => {
      for (const seed of part) {
        const complaints = complaintsAbout(await auditedRun(scenarioWithFaults(seed), TRUST));
        const again = `again: IKESTORM_FAULT_SEED=${seed} npx vitest run test/property/faulty-runs.test.ts`;
        expect(complaints, again).toEqual([]);
      }
    },
  );

  it('would be seen if somebody got in who must not', async () => {
    const { violations } = await auditedRun(scenarioWithFaults(seeds[0]!), { outsiders: ['workers'] });
    expect(violations).toContain('workers-1 must not get a tunnel');
    expect(violations).toContain('a child SA for workers-1');
  });

  it('any number of workers comes to the same digest', async () => {
    for (const seed of seeds.slice(0, 2)) {
      const loaded = parseScenario(scenarioWithFaults(seed), 'random-faults.yaml', []);
      const [one, three] = await Promise.all(
        [1, 3].map(
          async (workers) => (await runScenario(loaded, { workers }, startBuiltPool)).simulation?.digest,
        ),
      );
      expect(three).toBe(one);
      expect(one).toMatch(/^[0-9a-f]{16}$/);
    }
  });
});
