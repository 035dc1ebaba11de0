import { describe, expect, it } from 'vitest';
import { bent, complaint, firstComplaint, SAMPLE } from './sample.ts';

/** Whole reports, to fix the form; the other tests look at headlines and hints. */
describe('a report', () => {
  it('shows place, line, caret and hint of every problem at once, in order of the file', () => {
    const text = bent(['count: 4', 'cout: 4'], ['10.1.0.0/24', '10.1.0.0/33'], ['storm', 'strom']);
    expect(complaint(text)).toBe(
      [
        'sample.yaml:4:5: peers.hosts.cout: unknown key "cout"',
        '  4 |     cout: 4',
        '    |     ^',
        '  hint: did you mean "count"?',
        'sample.yaml:5:16: peers.hosts.addresses: "10.1.0.0/33" has no valid prefix length',
        '  5 |     addresses: 10.1.0.0/33',
        '    |                ^',
        '  hint: write a number from 0 to 32 after the slash',
        'sample.yaml:14:13: load.executor: expected storm, constant-arrival-rate, ramping-arrival-rate, poisson, ' +
          'constant-peers or per-peer-iterations, found "strom"',
        '  14 |   executor: strom',
        '     |             ^',
        '  hint: did you mean "storm"?',
      ].join('\n'),
    );
  });

  it('points into settings of the command line, and puts them first', () => {
    expect(complaint(bent(['psk: secret', 'psk: 7']), ['peers.hosts.count=many', 'wokers=2'])).toBe(
      [
        '--set: wokers: unknown key "wokers"',
        '   | wokers=2',
        '   | ^',
        '  hint: did you mean "workers"?',
        '--set: peers.hosts.count: expected a whole number from 1 to 10,000,000, found "many"',
        '   | peers.hosts.count=many',
        '   |                   ^',
        'sample.yaml:6:10: peers.hosts.psk: expected text (a value that looks like a number needs quotes), found 7',
        '  6 |     psk: 7',
        '    |          ^',
      ].join('\n'),
    );
  });

  it('cuts long lines around the place, and long lists of problems', () => {
    const long = `name: "${'x'.repeat(200)}"\npeers: {}\nconnections: []\nload: {executor: storm}\n`;
    const widest = Math.max(
      ...complaint(long)
        .split('\n')
        .slice(1, 3)
        .map((line) => line.length),
    );
    expect(widest).toBeLessThan(120);
    const keys = Array.from({ length: 60 }, (_, i) => `zz${i}: 1`).join('\n');
    expect(complaint(`${SAMPLE}${keys}\n`)).toMatch(/\.\.\. and 10 more$/);
  });
});

describe('YAML that cannot be read', () => {
  it.each([
    [
      'a repeated key',
      `${SAMPLE}name: again\n`,
      'sample.yaml:15:1: key "name" stands here for the second time\n  hint: keep one of the two',
    ],
    [
      'a tab as indentation',
      'name: x\npeers:\n\thosts: 1\n',
      'sample.yaml:3:1: a tab cannot indent\n  hint: indent with blanks',
    ],
    [
      'a missing bracket',
      'name: x\nload: [1, 2\n',
      'sample.yaml:3:1: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]\n  hint: look for a missing colon, quote or bracket',
    ],
    [
      'two documents',
      `${SAMPLE}---\nname: b\n`,
      'sample.yaml:15:1: a second document begins here\n  hint: a file holds one scenario; remove the line ---',
    ],
    [
      'a tag',
      bent(['name: sample', 'name: !!js/function sample']),
      'sample.yaml:1:7: unknown tag: Unresolved tag: tag:yaml.org,2002:js/function\n  hint: scenarios are plain data; remove the word with the !',
    ],
    [
      'an unknown alias',
      bent(['psk: secret', 'psk: *key']),
      'sample.yaml:6:10: there is no anchor &key before this alias',
    ],
    ['nothing at all', '', 'sample.yaml:1:1: expected a mapping of keys and values, found nothing'],
    ['a list', '- a\n', 'sample.yaml:1:1: expected a mapping of keys and values, found a list'],
  ])('%s', (_, text, expected) => {
    expect(firstComplaint(text)).toBe(expected);
  });

  it('an alias bomb is refused, not expanded', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
    expect(firstComplaint(`l0: &l0 [x]\n${levels.join('\n')}\n`)).toMatch(
      /^sample.yaml: aliases of this file expand to too much/,
    );
  });

  it('a file that is too large', () => {
    expect(firstComplaint(`# ${'x'.repeat(1_048_576)}\n`)).toBe(
      'sample.yaml: is larger than 1048576 octets, the limit for a scenario',
    );
  });
});

describe('settings', () => {
  it.each([
    [
      'no equals sign',
      'peers',
      '--set: "peers" is not a setting\n  hint: write path=value, such as peers.remote-workers.count=5000',
    ],
    [
      'an empty key',
      'peers..count=1',
      '--set: "peers..count=1" is not a setting\n  hint: write path=value, such as peers.remote-workers.count=5000',
    ],
    [
      'an unknown group',
      'peers.host.count=1',
      '--set: peers.host.count: the scenario has no group "host"\n  hint: did you mean "hosts"?',
    ],
    [
      'an unknown key',
      'peers.hosts.cuont=1',
      '--set: peers.hosts.cuont: unknown key "cuont"\n  hint: did you mean "count"?',
    ],
    [
      'an entry that is not there',
      'connections.1.to=gates',
      '--set: connections.1.to: the list has no entry 1\n  hint: entries: 0 to 0',
    ],
    ['a path through a value', 'name.first=x', '--set: name.first: name has no keys below it'],
    [
      'a key of another executor',
      'load.rate=5/s',
      '--set: load.rate: unknown key "rate"\n  hint: known: executor, spread, warm-up, measure, drain, hold, send-lag-limit',
    ],
    [
      'a value that is no YAML',
      'seed=[1',
      '--set: seed: not valid YAML: Flow sequence must end with a ]\n  hint: look for a missing colon, quote or bracket',
    ],
    [
      'a combination that cannot run',
      'peers.hosts.count=300',
      '--set: peers.hosts.count: 300 peers do not fit into 10.1.0.0/24, which has 254 usable addresses\n  hint: give the group a larger block of addresses',
    ],
  ])('%s', (_, setting, expected) => {
    expect(firstComplaint(SAMPLE, [setting])).toBe(expected);
  });
});
