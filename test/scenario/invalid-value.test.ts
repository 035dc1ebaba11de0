import { describe, expect, it } from 'vitest';
import { bent, complaint, firstComplaint, SAMPLE } from './sample.ts';

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
      'a day that is none',
      `epoch: 2026-02-30\nclock: virtual\n${SAMPLE}`,
      'sample.yaml:1:8: epoch: "2026-02-30" is not a date\n  hint: write 2026-01-01 or, in UTC, 2026-01-01T08:00:00Z',
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
      'sample.yaml:8:11: peers.gates.role: expected host, gateway or server, found "gatway"\n  hint: did you mean "gateway"?',
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
    expect(firstComplaint(text)).toBe(expected);
  });

  it('points through aliases and merge keys at the text that is wrong', () => {
    const text = bent(
      ['  hosts:', '  hosts: &base'],
      ['count: 4', 'count: none'],
      ['    role: gateway\n    count: 2\n', '    <<: *base\n    role: gateway\n'],
    );
    expect(complaint(text).match(/^sample.*$/gm)).toEqual([
      'sample.yaml:4:12: peers.hosts.count: expected a whole number from 1 to 10,000,000, found "none"',
      'sample.yaml:4:12: peers.gates.count: expected a whole number from 1 to 10,000,000, found "none"',
    ]);
  });
});
