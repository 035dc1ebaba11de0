import { describe, expect, it } from 'vitest';
import { bent, complaint, SAMPLE } from './sample.ts';

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

/** Headline and hint of the first problem. */
function first(text: string, settings?: readonly string[]): string {
  const lines = complaint(text, settings).split('\n');
  const end = lines.findIndex((line, index) => index > 0 && !line.startsWith('  '));
  const own = end < 0 ? lines : lines.slice(0, end);
  return [own[0], ...own.filter((line) => line.startsWith('  hint: '))].join('\n');
}

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
    expect(first(text)).toBe(expected);
  });

  it('an alias bomb is refused, not expanded', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
    expect(first(`l0: &l0 [x]\n${levels.join('\n')}\n`)).toMatch(
      /^sample.yaml: aliases of this file expand to too much/,
    );
  });

  it('a file that is too large', () => {
    expect(first(`# ${'x'.repeat(1_048_576)}\n`)).toBe(
      'sample.yaml: is larger than 1048576 octets, the limit for a scenario',
    );
  });
});

describe('values that cannot be', () => {
  it.each<[string, string, string]>([
    [
      'a missing key',
      bent(['    addresses: 10.1.0.0/24\n', '']),
      'sample.yaml:3:3: peers.hosts.addresses: missing key "addresses"\n  hint: Where they live, one address each in order: a block `10.1.0.0/16`, a range `127.1.0.1-127.1.0.200` or one address; IPv4 or IPv6.',
    ],
    [
      'a missing executor',
      bent(['  executor: storm', '  spread: 1s']),
      'sample.yaml:13:1: load.executor: missing key "executor"',
    ],
    [
      'a missing rate',
      bent(['executor: storm', 'executor: poisson']),
      'sample.yaml:13:1: load.rate: missing key "rate"\n  hint: Mean number of negotiations started in a time.',
    ],
    [
      'missing stages',
      bent(['executor: storm', 'executor: ramping-arrival-rate']),
      'sample.yaml:13:1: load.stages: missing key "stages"\n  hint: Stages one after the other.',
    ],
    [
      'a key of another executor',
      bent(['executor: storm', 'executor: storm\n  rate: 5/s']),
      'sample.yaml:15:3: load.rate: unknown key "rate"\n  hint: known: executor, spread, warm-up, measure, drain, hold, send-lag-limit',
    ],
    [
      'an empty value',
      bent(['count: 4', 'count:']),
      'sample.yaml:4:5: peers.hosts.count: expected a whole number from 1 to 10,000,000, found nothing',
    ],
    [
      'not a number',
      bent(['count: 4', 'count: .nan']),
      'sample.yaml:4:12: peers.hosts.count: expected a whole number from 1 to 10,000,000, found NaN',
    ],
    [
      'infinity',
      bent(['count: 4', 'count: .inf']),
      'sample.yaml:4:12: peers.hosts.count: expected a whole number from 1 to 10,000,000, found Infinity',
    ],
    [
      'zero',
      bent(['count: 4', 'count: 0']),
      'sample.yaml:4:12: peers.hosts.count: expected a whole number from 1 to 10,000,000, found 0',
    ],
    [
      'a negative number',
      bent(['count: 4', 'count: -3']),
      'sample.yaml:4:12: peers.hosts.count: expected a whole number from 1 to 10,000,000, found -3',
    ],
    [
      'half a peer',
      bent(['count: 4', 'count: 1.5']),
      'sample.yaml:4:12: peers.hosts.count: expected a whole number from 1 to 10,000,000, found 1.5',
    ],
    [
      'too many peers',
      bent(['count: 4', 'count: 1e12']),
      'sample.yaml:4:12: peers.hosts.count: expected a whole number from 1 to 10,000,000, found 1000000000000',
    ],
    [
      'a list for a number',
      bent(['count: 4', 'count: [4]']),
      'sample.yaml:4:12: peers.hosts.count: expected a whole number from 1 to 10,000,000, found a list',
    ],
    [
      'a wrong word',
      bent(['role: gateway', 'role: gatway']),
      'sample.yaml:8:11: peers.gates.role: expected host or gateway, found "gatway"\n  hint: did you mean "gateway"?',
    ],
    [
      'a wrong mode',
      bent(['psk: secret', 'psk: secret\n    mode: base']),
      'sample.yaml:7:11: peers.hosts.mode: expected main, aggressive or a mapping, found "base"',
    ],
    [
      'a wrong weight',
      bent(['psk: secret', 'psk: secret\n    mode: {main: -1}']),
      'sample.yaml:7:18: peers.hosts.mode.main: expected a whole number from 0 to 1,000, found -1',
    ],
    [
      'a wrong key in an identity',
      bent(['psk: secret', 'psk: secret\n    identity: {type: fqdn, txt: a}']),
      'sample.yaml:7:28: peers.hosts.identity.txt: unknown key "txt"\n  hint: did you mean "text"?',
    ],
    [
      'an identity of a wrong kind',
      bent(['psk: secret', 'psk: secret\n    identity: [a]']),
      'sample.yaml:7:15: peers.hosts.identity: expected a text or a mapping, found a list',
    ],
    [
      'a duration without unit',
      bent(['executor: storm', 'executor: storm\n  drain: 30']),
      'sample.yaml:15:10: load.drain: expected a duration with its unit, such as 250ms, 30s, 5m or 8h, found 30',
    ],
    [
      'a quoted duration without unit',
      bent(['executor: storm', 'executor: storm\n  drain: "30"']),
      'sample.yaml:15:10: load.drain: duration "30" has no unit\n  hint: write 30ms, 30s or 30m',
    ],
    [
      'a negative duration',
      bent(['executor: storm', 'executor: storm\n  drain: -5s']),
      'sample.yaml:15:10: load.drain: duration "-5s" is negative',
    ],
    [
      'a duration of a year',
      bent(['executor: storm', 'executor: storm\n  drain: 365d']),
      'sample.yaml:15:10: load.drain: expected a duration of at most 30d, found "365d"',
    ],
    [
      'a window of no length',
      bent(['executor: storm', 'executor: storm\n  measure: 0s']),
      'sample.yaml:15:12: load.measure: expected a duration longer than 0',
    ],
    [
      'a rate of 0',
      bent(['executor: storm', 'executor: poisson\n  rate: 0/s']),
      'sample.yaml:15:9: load.rate: expected a rate above 0',
    ],
    [
      'an absurd rate',
      bent(['executor: storm', 'executor: poisson\n  rate: 99999999999/s']),
      'sample.yaml:15:9: load.rate: expected a rate of at most 10,000,000/s, found "99999999999/s"',
    ],
    [
      'a port of 70000',
      bent(['psk: secret', 'psk: secret\n    port: 70000']),
      'sample.yaml:7:11: peers.hosts.port: expected a whole number from 0 to 65,535, found 70000',
    ],
    [
      'no proposals',
      bent(['psk: secret', 'psk: secret\n    esp: []']),
      'sample.yaml:7:10: peers.hosts.esp: expected at least one of proposals, found an empty list',
    ],
    [
      'a wrong proposal',
      bent(['psk: secret', 'psk: secret\n    ike: [aes128-sha256]']),
      'sample.yaml:7:11: peers.hosts.ike.0: "aes128-sha256" names no group\n  hint: write cipher-hash-group, such as aes128-sha256-modp2048',
    ],
    [
      'a wrong group of PFS',
      bent(['psk: secret', 'psk: secret\n    pfs: modp2084']),
      'sample.yaml:7:10: peers.hosts.pfs: "modp2084" is not a Diffie-Hellman group\n  hint: did you mean "modp2048"?',
    ],
    [
      'a wrong placeholder',
      bent(['psk: secret', 'psk: "key {nmber}"']),
      'sample.yaml:6:10: peers.hosts.psk: "key {nmber}" has an unknown placeholder {nmber}\n  hint: did you mean "number"?',
    ],
    [
      'a wrong group name',
      bent(['  hosts:', '  2hosts:']),
      'sample.yaml:3:3: peers.2hosts: expected a group name of letters, digits, - and _ that begins with a letter',
    ],
    [
      'a wrong threshold',
      `${SAMPLE}thresholds: [latancy p(99) < 1s]\n`,
      'sample.yaml:15:14: thresholds.0: "latancy" is not a metric\n  hint: did you mean "latency"?',
    ],
    [
      'the key __proto__',
      bent(['psk: secret', 'psk: secret\n    __proto__: {count: 2}']),
      'sample.yaml:7:5: peers.hosts.__proto__: unknown key "__proto__"',
    ],
  ])('%s', (_, text, expected) => {
    expect(first(text)).toBe(expected);
  });

  it('points through aliases and merge keys at the text that is wrong', () => {
    const text = `${bent(
      ['  hosts:', '  hosts: &base'],
      ['count: 4', 'count: none'],
      ['    role: gateway\n    count: 2\n', '    <<: *base\n    role: gateway\n'],
    )}`;
    expect(complaint(text).match(/^sample.*$/gm)).toEqual([
      'sample.yaml:4:12: peers.hosts.count: expected a whole number from 1 to 10,000,000, found "none"',
      'sample.yaml:4:12: peers.gates.count: expected a whole number from 1 to 10,000,000, found "none"',
    ]);
  });
});

describe('combinations that cannot run', () => {
  it.each<[string, string, string]>([
    [
      'more peers than addresses',
      bent(['count: 4', 'count: 300']),
      'sample.yaml:4:12: peers.hosts.count: 300 peers do not fit into 10.1.0.0/24, which has 254 usable addresses\n  hint: give the group a larger block of addresses',
    ],
    [
      'addresses in common',
      bent(['192.0.2.0/29', '10.1.0.2-10.1.0.9']),
      'sample.yaml:10:16: peers.gates.addresses: groups hosts (10.1.0.0/24) and gates (10.1.0.2-10.1.0.9) have addresses in common\n  hint: give each group addresses of its own',
    ],
    [
      'IPv4 to IPv6',
      bent(['192.0.2.0/29', 'fd00::/64']),
      'sample.yaml:10:16: peers.gates.addresses: groups "hosts" and "gates" cannot talk: one has IPv4 addresses, the other IPv6',
    ],
    [
      'an unknown group to connect to',
      bent(['to: gates', 'to: gate']),
      'sample.yaml:7:3: peers.gates: group "gates" is in no connection\n  hint: add it to connections, or remove it',
    ],
    [
      'a connection to itself',
      bent(['to: gates', 'to: hosts']),
      'sample.yaml:7:3: peers.gates: group "gates" is in no connection\n  hint: add it to connections, or remove it',
    ],
    [
      'two connections of one initiator',
      bent(['to: gates }', 'to: gates }\n  - { from: hosts, to: gates }']),
      'sample.yaml:13:13: connections.1.from: group "hosts" starts negotiations in another connection already\n  hint: split the group, one part for each connection',
    ],
    [
      'one-to-one with too few',
      bent(['to: gates', 'to: gates, spread: one-to-one']),
      'sample.yaml:12:39: connections.0.spread: one-to-one needs a responder for each of 4 initiators; "gates" has 2\n  hint: raise peers.gates.count, or write spread: round-robin',
    ],
    [
      'an initiator without key',
      bent(['    psk: secret\n', '']),
      'sample.yaml:3:3: peers.hosts.psk: group "hosts" starts negotiations, but has no psk\n  hint: add psk: a text, or a template such as "secret-{number}"',
    ],
    [
      'port and nat-port the same',
      bent(['psk: secret', 'psk: secret\n    nat-port: 500']),
      'sample.yaml:7:15: peers.hosts.nat-port: port and nat-port are both 500\n  hint: IKE uses 500 and 4500',
    ],
    [
      'port 0 in memory',
      bent(['psk: secret', 'psk: secret\n    port: 0']),
      'sample.yaml:7:11: peers.hosts.port: port 0 takes a free port of the system, which the memory runtime has not\n  hint: write 500',
    ],
    [
      'port 0 of a responder',
      bent(['name: sample', 'name: sample\nruntime: udp'], ['role: gateway', 'role: gateway\n    port: 0']),
      'sample.yaml:10:11: peers.gates.port: group "gates" answers, so its port cannot be 0\n  hint: initiators have to know the port',
    ],
    [
      'no weight at all',
      bent(['psk: secret', 'psk: secret\n    mode: {main: 0}']),
      'sample.yaml:7:11: peers.hosts.mode: both modes have weight 0',
    ],
    [
      'a fraction of a second of lifetime',
      bent(['psk: secret', 'psk: secret\n    ike-lifetime: 1500ms']),
      'sample.yaml:7:19: peers.hosts.ike-lifetime: expected whole seconds, found 1500ms\n  hint: IKE tells lifetimes in seconds',
    ],
    [
      'a longest wait below the first',
      bent(['psk: secret', 'psk: secret\n    retransmit: {first: 5s, max: 1s}']),
      'sample.yaml:7:17: peers.hosts.retransmit: max 1s is shorter than first 5s',
    ],
    [
      'a text for an address',
      bent(['psk: secret', 'psk: secret\n    identity: {type: address, text: a}']),
      "sample.yaml:7:15: peers.hosts.identity: type address takes no text\n  hint: the identity is the peer's own address",
    ],
    [
      'an identity without text',
      bent(['psk: secret', 'psk: secret\n    identity: {type: key-id}']),
      'sample.yaml:7:15: peers.hosts.identity: type key-id needs a text',
    ],
    [
      'a proposal twice',
      bent(['psk: secret', 'psk: secret\n    ike: [aes128-sha1-x25519, aes128-sha1-curve25519]']),
      'sample.yaml:7:10: peers.hosts.ike: proposal aes128-sha1-x25519 stands here twice',
    ],
    [
      'no PFS and a group',
      bent(['psk: secret', 'psk: secret\n    esp: [aes128-sha1-x25519]\n    pfs: none']),
      'sample.yaml:8:10: peers.hosts.pfs: pfs is none, but esp has aes128-sha1-x25519\n  hint: remove the group there, or remove pfs',
    ],
    [
      'PFS without effect',
      bent(['psk: secret', 'psk: secret\n    esp: [aes128-sha1-x25519]\n    pfs: modp2048']),
      'sample.yaml:8:10: peers.hosts.pfs: pfs modp2048 changes nothing: every esp proposal names its group\n  hint: remove pfs',
    ],
    [
      'networks in transport mode',
      bent([
        'psk: secret',
        'psk: secret\n    encapsulation: transport\n    local-network: 10.9.0.0/16\n    remote-network: 10.8.0.0/16',
      ]),
      "sample.yaml:8:20: peers.hosts.local-network: transport mode protects the peers' own addresses, not networks\n  hint: remove local-network, or write encapsulation: tunnel",
    ],
    [
      'a network on one side',
      bent(['psk: secret', 'psk: secret\n    remote-network: 10.8.0.0/16']),
      'sample.yaml:3:3: peers.hosts.local-network: group "hosts" names a network on one side only; quick mode sends both or none\n  hint: add local-network; "{address}/32" is the peer itself',
    ],
    [
      'a network that ends at 255',
      bent(
        ['count: 4', 'count: 300'],
        ['10.1.0.0/24', '10.1.0.0/16'],
        ['psk: secret', 'psk: secret\n    local-network: 10.9.{index}.0/24\n    remote-network: 10.8.0.0/16'],
      ),
      'sample.yaml:7:20: peers.hosts.local-network: for peer 299 of 300: "10.9.299.0/24" is not a network\n  hint: write 10.1.0.0/16, fd00::/64 or an address',
    ],
    [
      'a network with host bits',
      bent([
        'psk: secret',
        'psk: secret\n    local-network: "{address}/24"\n    remote-network: 10.8.0.0/16',
      ]),
      'sample.yaml:7:20: peers.hosts.local-network: for peer 0 of 4: "10.1.0.1/24" has bits set after its first 24\n  hint: the network is 10.1.0.0/24',
    ],
    [
      'a storm beyond its window',
      bent(['executor: storm', 'executor: storm\n  spread: 20s\n  measure: 5s']),
      'sample.yaml:15:11: load.spread: the last starts, at 20s, come after the end of the measure window at 5s\n  hint: raise measure',
    ],
    [
      'a storm in the warm-up',
      bent(['executor: storm', 'executor: storm\n  warm-up: 1s']),
      'sample.yaml:15:12: load.warm-up: all starts lie in the warm-up, so nothing is measured\n  hint: a storm needs no warm-up',
    ],
    [
      'a window longer than the ramp',
      bent([
        'executor: storm',
        'executor: ramping-arrival-rate\n  measure: 9s\n  stages: [{duration: 5s, target: 9/s}]',
      ]),
      'sample.yaml:15:12: load.measure: warm-up and measure take 9s, the stages 5s\n  hint: leave measure out, or add a stage',
    ],
    [
      'a warm-up as long as the ramp',
      bent([
        'executor: storm',
        'executor: ramping-arrival-rate\n  warm-up: 5s\n  stages: [{duration: 5s, target: 9/s}]',
      ]),
      'sample.yaml:15:12: load.warm-up: the stages end with the warm-up, at 5s, so nothing is measured',
    ],
    [
      'a ramp of nothing',
      bent(['executor: storm', 'executor: ramping-arrival-rate\n  stages: [{duration: 5s, target: 0/s}]']),
      'sample.yaml:14:13: load.executor: plans no start at all\n  hint: raise the rate, or the time that it goes on',
    ],
    [
      'too many starts',
      bent(['executor: storm', 'executor: poisson\n  rate: 1000000/s\n  measure: 1d']),
      'sample.yaml:14:13: load.executor: plans 86,400,000,000 starts; at most 1,000,000,000 can be run',
    ],
    [
      'more active peers than initiators',
      bent(['executor: storm', 'executor: constant-peers\n  peers: 5']),
      'sample.yaml:15:10: load.peers: 5 peers are to start negotiations, but there are only 4 initiators',
    ],
    [
      'more iterating peers than initiators',
      bent(['executor: storm', 'executor: per-peer-iterations\n  peers: 5']),
      'sample.yaml:15:10: load.peers: 5 peers are to start negotiations, but there are only 4 initiators',
    ],
    [
      'a threshold on an unknown group',
      `${SAMPLE}thresholds: ["latency{host} p(9) < 1s"]\n`,
      'sample.yaml:15:14: thresholds.0: there is no group "host"\n  hint: did you mean "hosts"?',
    ],
    [
      'a threshold on responders',
      `${SAMPLE}thresholds: ["latency{gates} p(9) < 1s"]\n`,
      'sample.yaml:15:14: thresholds.0: group "gates" starts no negotiations, so nothing is measured for it\n  hint: measured groups: hosts',
    ],
    [
      'no groups',
      'name: a\npeers: {}\nconnections: [{from: a, to: b}]\nload: {executor: storm}\n',
      'sample.yaml:2:8: peers: expected at least one group of peers',
    ],
  ])('%s', (_, text, expected) => {
    expect(first(text)).toBe(expected);
  });

  it('names of groups that lead nowhere, with the one that was meant', () => {
    expect(complaint(bent(['to: gates', 'to: gate']))).toContain(
      'connections.0.to: there is no group "gate"\n  12 |   - { from: hosts, to: gate }\n     |                        ^\n  hint: did you mean "gates"?',
    );
    expect(complaint(bent(['from: hosts', 'from: constructor']))).toContain(
      'there is no group "constructor"',
    );
  });

  it('a group that connects to itself', () => {
    expect(complaint(bent(['to: gates', 'to: hosts']))).toContain(
      'connections.0.to: a group cannot connect to itself',
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
    expect(first(SAMPLE, [setting])).toBe(expected);
  });
});
