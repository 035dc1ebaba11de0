import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, createMachine } from 'xstate';
import { startActorChart } from '../../src/peer/interpreter/actor.ts';
import { startDirectChart } from '../../src/peer/interpreter/direct.ts';
import { aggressiveModeInitiatorMachine } from '../../src/peer/machine/aggressive-mode-initiator.machine.ts';
import { aggressiveModeResponderMachine } from '../../src/peer/machine/aggressive-mode-responder.machine.ts';
import { clientAccessMachine } from '../../src/peer/machine/client-access.machine.ts';
import { gatewayAccessMachine } from '../../src/peer/machine/gateway-access.machine.ts';
import { gatewayMachine } from '../../src/peer/machine/gateway.machine.ts';
import { hostMachine } from '../../src/peer/machine/host.machine.ts';
import { mainModeInitiatorMachine } from '../../src/peer/machine/main-mode-initiator.machine.ts';
import { mainModeResponderMachine } from '../../src/peer/machine/main-mode-responder.machine.ts';
import { quickModeInitiatorMachine } from '../../src/peer/machine/quick-mode-initiator.machine.ts';
import { quickModeResponderMachine } from '../../src/peer/machine/quick-mode-responder.machine.ts';
import { transactionInitiatorMachine } from '../../src/peer/machine/transaction-initiator.machine.ts';
import { transactionResponderMachine } from '../../src/peer/machine/transaction-responder.machine.ts';
import { accessPair, password } from '../harness/access.ts';
import { encryptionPair } from '../harness/encryption.ts';
import { Pair, type PairSetup, type Wire } from '../harness/pair.ts';

const machines = [
  aggressiveModeInitiatorMachine,
  aggressiveModeResponderMachine,
  clientAccessMachine,
  gatewayAccessMachine,
  gatewayMachine,
  hostMachine,
  mainModeInitiatorMachine,
  mainModeResponderMachine,
  quickModeInitiatorMachine,
  quickModeResponderMachine,
  transactionInitiatorMachine,
  transactionResponderMachine,
];

/** An actor object whose methods only write down that they were called. */
function createScribe(): { calls: string[]; actor: object } {
  const calls: string[] = [];
  const actor = new Proxy(
    {},
    {
      get:
        (_target, name) =>
        (...values: unknown[]) =>
          void calls.push(`${String(name)}(${values.join()})`),
    },
  );
  return { calls, actor };
}

describe('the direct interpreter behaves as a plain XState actor', () => {
  it.each(machines.map((machine) => [machine.id, machine] as const))(
    'chart %s, any events',
    (_id, machine) => {
      const events = [...new Set(machine.events as string[])].filter((type) => !type.startsWith('xstate.'));
      expect(events.length).toBeGreaterThan(2);
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...events), { maxLength: 30 }), (types) => {
          const [direct, actor] = [startDirectChart, startActorChart].map((start) => {
            const { calls, actor: scribe } = createScribe();
            const chart = start(machine, scribe);
            const states = [chart.state];
            for (const type of types) {
              chart.send({ type, cause: 'rejected' } as { type: string });
              states.push(chart.state);
            }
            return { calls, states };
          });
          expect(direct).toEqual(actor);
        }),
        { numRuns: 100, seed: 7 },
      );
    },
  );

  type Story = (setup: Pick<PairSetup, 'startChart'>) => Pair;
  const everyThirdLost: Wire = (datagram) => (datagram.index % 3 === 1 ? [] : [datagram]);
  const stories: [string, Story][] = [
    ['main mode', (setup) => new Pair(setup)],
    [
      'aggressive mode with two children',
      (setup) => new Pair({ ...setup, initiator: { mode: 'aggressive', children: 2 } }),
    ],
    ['a wrong key', (setup) => new Pair({ ...setup, responderKey: 'another' })],
    ['loss of every third message', (setup) => new Pair({ ...setup, wire: everyThirdLost })],
    ['nobody there', (setup) => new Pair({ ...setup, wire: () => [] })],
    [
      'the commit bit on a bad network',
      (setup) => new Pair({ ...setup, responder: { commitBit: true }, wire: everyThirdLost }),
    ],
    ['login and pull', (setup) => accessPair({ ...setup, configuration: 'pull' })],
    [
      'hybrid login and push on a bad network',
      (setup) =>
        accessPair({
          ...setup,
          authentication: 'hybrid-rsa-signature',
          configuration: 'push',
          wire: everyThirdLost,
        }),
    ],
    [
      'public key encryption on a bad network',
      (setup) => encryptionPair({ ...setup, method: 'public-key-encryption', wire: everyThirdLost }),
    ],
    [
      'no key of the responder',
      (setup) =>
        encryptionPair({ ...setup, method: 'revised-public-key-encryption', responderEnd: undefined }),
    ],
    ['a wrong password', (setup) => accessPair({ ...setup, knownSecret: {}, secret: { password } })],
  ];
  it.each(stories)('whole peers: %s', (_name, create) => {
    const [direct, actor] = [startDirectChart, startActorChart].map((startChart) => {
      const pair = create({ startChart }).connect().run();
      return { facts: pair.facts, sent: pair.sent, nowNs: pair.nowNs };
    });
    expect(direct).toEqual(actor);
  });
});

describe('charts', () => {
  it('whose steps depend on more than state and event are refused', () => {
    const guarded = createMachine({
      id: 'guarded',
      initial: 'a',
      states: { a: { on: { go: { target: 'b', guard: () => false } } }, b: {} },
    });
    expect(() => startDirectChart(guarded, {})).toThrow('chart guarded, state a: no guards in a chart');
    const assigning = createMachine({
      id: 'assigning',
      initial: 'a',
      states: { a: { on: { go: { actions: assign({ count: 1 }) } } } },
    });
    const chart = startDirectChart(assigning, {});
    expect(() => chart.send({ type: 'go' })).toThrow('chart assigning: no assign in a chart');
  });

  it.each(machines.map((machine) => [machine.id, machine] as const))(
    '%s uses neither invoke nor after, and reaches every state',
    (_id, machine) => {
      const states = Object.values(machine.states);
      const targets = new Set(['idle', 'serving']);
      for (const state of states) {
        expect(state.invoke).toHaveLength(0);
        expect(state.after).toHaveLength(0);
        for (const transitions of state.transitions.values()) {
          for (const transition of transitions)
            for (const target of transition.target ?? []) targets.add(target.key);
        }
      }
      expect(states.map((state) => state.key).filter((key) => !targets.has(key))).toEqual([]);
    },
  );
});
