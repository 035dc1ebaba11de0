import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/load.ts';
import { MISBEHAVIOUR_EXAMPLE } from '../../src/scenario/reference-examples.ts';
import { ScenarioError } from '../../src/scenario/scenario-error.ts';

const written = (misbehave: string, more = ''): string =>
  `name: some\npeers:\n  hosts: { addresses: 10.1.0.1, psk: secret, misbehave: [${misbehave}]${more} }\n` +
  '  gates: { role: gateway, addresses: 192.0.2.1 }\n' +
  'connections: [{ from: hosts, to: gates }]\nload: { executor: storm, measure: 1m, drain: 30s }\n';

const rulesOf = (misbehave: string) =>
  parseScenario(written(misbehave), 'some.yaml', []).scenario.groups[0]?.misbehaviour;

function messageOf(misbehave: string, more?: string): string {
  try {
    parseScenario(written(misbehave, more), 'some.yaml', []);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return '';
}

describe('misbehave', () => {
  it('says what is done, by how many, on which occasions', () => {
    expect(
      rulesOf('{ what: drop, message: quick-1, share: 10%, chance: 50%, from: 10s, for: 1m, times: 3 }'),
    ).toEqual([
      {
        share: 0.1,
        rule: {
          misdeed: { type: 'drop' },
          messages: ['quick-1'],
          fromNs: 10e9,
          forNs: 60e9,
          chance: 0.5,
          times: 3,
        },
      },
    ]);
    expect(
      rulesOf('{ what: replay }, { what: empty-payload, payload: hash }')?.map(({ rule }) => rule),
    ).toEqual([
      { misdeed: { type: 'replay', afterNs: 2e9 }, fromNs: 0, chance: 1 },
      { misdeed: { type: 'empty-payload', payload: 'hash' }, fromNs: 0, chance: 1 },
    ]);
  });

  it('takes exchanges for all of their messages, in lists too', () => {
    const [rule] = rulesOf('{ what: ignore, message: [informational, quick, main-6] }') ?? [];
    expect(rule?.rule.messages).toEqual([
      'main-6',
      'quick-1',
      'quick-2',
      'quick-3',
      'notify',
      'delete',
      'dpd-ask',
      'dpd-answer',
    ]);
  });

  it('is in the reference as it is taken', () => {
    const example = MISBEHAVIOUR_EXAMPLE.replaceAll('\n', '\n    ');
    const text = written('').replace(
      'hosts: { addresses: 10.1.0.1, psk: secret, misbehave: [] }',
      `hosts:\n    addresses: 10.1.0.1\n    psk: secret\n    ${example}`,
    );
    expect(parseScenario(text, 'some.yaml', []).scenario.groups[0]?.misbehaviour).toHaveLength(5);
  });

  it.each([
    ['{ what: dorp }', /drop/],
    ['{ what: drop, message: main-7 }', /main-3/],
    ['{ what: wrong-payload }', /payload/],
    ['{ what: wrong-payload, payload: nonce, message: quick-3 }', /there is no nonce payload in quick-3/],
    ['{ what: drop, from: 10m }', /before this begins/],
    ['{ what: drop, after: 1s }', /after/],
  ])('refuses %s', (misbehave, words) => {
    expect(messageOf(misbehave)).toMatch(words);
  });

  it('is not for those without messages of IKE', () => {
    expect(messageOf('{ what: drop }', ', static-keys: { secret: many }')).toMatch(/has static keys/);
  });
});
