/** Hosts that misbehave on purpose at a strongSwan gateway that does not: it lets in whom it should. */
import { describe, expect, it } from 'vitest';
import type { FailureCause } from '../../src/peer/fact.ts';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { runScenario, stormScenario } from './ikestorm.ts';
import { startGateway } from './strongswan.ts';
import { createWorkPlace } from './work-place.ts';

const COUNT = 3;
const IMPATIENT = { first: '500ms', factor: 1, tries: 2 };

type Misdeed = NonNullable<ScenarioInput['peers'][string]['misbehave']>[number];

interface Story {
  readonly misbehave: Misdeed;
  readonly mode?: 'main' | 'aggressive';
  /** Absent: they get their tunnels. */
  readonly cause?: FailureCause;
}

const STORIES: readonly Story[] = [
  { misbehave: { what: 'duplicate' } },
  { misbehave: { what: 'duplicate' }, mode: 'aggressive' },
  { misbehave: { what: 'replay', message: 'quick-1', after: '300ms' } },
  { misbehave: { what: 'drop', message: ['main-1', 'main-5', 'quick-1'], times: 1 } },
  { misbehave: { what: 'reserved-flags' } },
  { misbehave: { what: 'minor-version' } },
  { misbehave: { what: 'major-version' }, cause: 'timeout-phase1' },
  { misbehave: { what: 'wrong-cookie', message: 'main-3' }, cause: 'timeout-phase1' },
  { misbehave: { what: 'truncate', message: 'main-3' }, cause: 'payload-malformed' },
  { misbehave: { what: 'unknown-payload', message: 'main-1' } },
  {
    misbehave: { what: 'omit-payload', payload: 'key-exchange', message: 'main-3' },
    cause: 'payload-malformed',
  },
  {
    misbehave: { what: 'empty-payload', payload: 'key-exchange', message: 'main-3' },
    cause: 'payload-malformed',
  },
  {
    misbehave: { what: 'wrong-payload', payload: 'hash', message: 'main-5' },
    cause: 'authentication-failed',
  },
  {
    misbehave: { what: 'wrong-payload', payload: 'hash', message: 'aggressive-3' },
    mode: 'aggressive',
    // It does not say why.
    cause: 'deleted-by-peer',
  },
  { misbehave: { what: 'wrong-key-length', message: 'main-1' }, cause: 'no-proposal-chosen' },
  { misbehave: { what: 'wrong-key-length', message: 'quick-1' }, cause: 'no-proposal-chosen' },
  {
    misbehave: { what: 'wrong-payload', payload: 'hash', message: 'quick-1' },
    cause: 'authentication-failed',
  },
  { misbehave: { what: 'omit-payload', payload: 'hash', message: 'quick-1' }, cause: 'payload-malformed' },
  {
    misbehave: { what: 'duplicate-payload', payload: 'nonce', message: 'quick-1' },
    cause: 'payload-malformed',
  },
];

describe('strongSwan and hosts that misbehave', () => {
  const place = createWorkPlace('misbehaving');

  it.each(STORIES.map((story) => ({ ...story, title: JSON.stringify(story.misbehave) })))(
    '$title in $mode',
    async ({ misbehave, mode = 'main', cause }) => {
      const gateway = await startGateway(place.namespace, place.folder('gateway'));
      const clients = { misbehave: [misbehave], retransmit: IMPATIENT };
      const { result } = await runScenario(
        place.namespace,
        place.folder('run'),
        stormScenario({ mode, count: COUNT, clients }),
      );
      await gateway.stop();
      expect(result.failures, gateway.log.slice(-3000)).toEqual(
        cause === undefined ? {} : { [cause]: COUNT },
      );
      expect(result.negotiations.inFlightAtEnd).toBe(0);
      expect(result.misbehaviour?.[0]?.times).toBeGreaterThanOrEqual(COUNT);
    },
  );
});
