import { describe, expect, it } from 'vitest';
import { bent, complaint, firstComplaint, SAMPLE } from './sample.ts';

describe('combinations that cannot run', () => {
  it.each<[string, string, string]>([
    [
      'more peers than addresses',
      bent(['count: 4', 'count: 300']),
      'sample.yaml:4:12: peers.hosts.count: 300 peers do not fit into 10.1.0.0/24, which has 254 usable addresses\n  hint: give the group a larger block of addresses',
    ],
    [
      'a date in real time',
      `epoch: 2026-02-03\n${SAMPLE}`,
      'sample.yaml:1:8: epoch: in real time, the date is that of the machine\n  hint: remove epoch, or add clock: virtual',
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
      'a method to accept without a certificate',
      bent(['psk: secret', 'psk: secret\n    accept-authentication: [pre-shared-key, rsa-signature]']),
      'sample.yaml:7:28: peers.hosts.accept-authentication: rsa-signature needs a certificate\n  hint: add certificate: {authority: corporate}',
    ],
    [
      'port and nat-port the same',
      bent(['psk: secret', 'psk: secret\n    nat-port: 500']),
      'sample.yaml:7:15: peers.hosts.nat-port: port and nat-port are both 500\n  hint: IKE uses 500 and 4500',
    ],
    [
      'AH without an integrity algorithm',
      bent(['psk: secret', 'psk: secret\n    esp: [aes128gcm16]\n    protection: [ah+esp, esp]']),
      'sample.yaml:8:17: peers.hosts.protection: no esp proposal has an integrity algorithm, which AH would take\n  hint: add one to esp, such as aes128-sha256',
    ],
    [
      'one protection twice',
      bent(['psk: secret', 'psk: secret\n    protection: [ah, esp, ah]']),
      'sample.yaml:7:17: peers.hosts.protection: a protection stands here twice',
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
      'pings of a group that has no tunnels',
      bent(['role: gateway', 'role: gateway\n    ping: {}']),
      'sample.yaml:9:11: peers.gates.ping: group "gates" starts no negotiations, so it has no tunnel to ping through\n  hint: remove ping',
    ],
    [
      'pings without child SAs',
      bent(['psk: secret', 'psk: secret\n    children: 0\n    ping: {}']),
      'sample.yaml:8:11: peers.hosts.ping: there is nothing to ping through without child SAs\n  hint: raise children, or remove ping',
    ],
    [
      'pings over udp without UDP around ESP',
      bent(['name: sample', 'name: sample\nruntime: udp'], ['psk: secret', 'psk: secret\n    ping: {}']),
      'sample.yaml:8:11: peers.hosts.ping: over udp ESP has to travel in UDP, which takes NAT traversal\n  hint: write nat-traversal: force',
    ],
    [
      'pings that outlive their tunnels',
      bent(
        ['psk: secret', 'psk: secret\n    ping: {count: 10}'],
        ['executor: storm', 'executor: storm\n  hold: 5s'],
      ),
      'sample.yaml:7:11: peers.hosts.ping: 10 pings may take 11s, and tunnels are deleted after 5s\n  hint: raise hold, or ping less',
    ],
    [
      'pings that outlive the run',
      bent(['psk: secret', 'psk: secret\n    ping: {count: 100}']),
      'sample.yaml:7:11: peers.hosts.ping: 100 pings may take 101s, and the run ends 30s after its last start\n  hint: raise drain of the load, or ping less',
    ],
    [
      'pings to everything',
      bent([
        'psk: secret',
        'psk: secret\n    ping: {}\n    remote-network: 0.0.0.0/0\n    local-network: 10.2.0.0/16',
      ]),
      'sample.yaml:7:11: peers.hosts.ping: the remote network is everything, which has no first host\n  hint: add ping.to, an address to ping',
    ],
    [
      'pings to no address',
      bent(['psk: secret', 'psk: secret\n    ping: {to: gateway}']),
      'sample.yaml:7:11: peers.hosts.ping: "gateway" is no address\n  hint: write an IPv4 or IPv6 address',
    ],
    [
      'pings from IPv4 to IPv6',
      bent([
        'psk: secret',
        'psk: secret\n    ping: {}\n    local-network: 10.2.0.0/16\n    remote-network: fd00:2::/64',
      ]),
      'sample.yaml:7:11: peers.hosts.ping: pings cannot go from 10.2.0.0/16 (IPv4) to fd00:2::/64 (IPv6)\n  hint: write networks of one IP version',
    ],
    [
      'pings from the address of a host to another IP version',
      bent(['psk: secret', 'psk: secret\n    ping: {to: "fd00:2::1"}']),
      'sample.yaml:7:11: peers.hosts.ping: pings cannot go from 10.1.0.1 (IPv4) to fd00:2::1 (IPv6)\n  hint: write networks of one IP version',
    ],
    [
      'static keys over udp that change',
      bent(
        ['name: sample', 'name: sample\nruntime: udp'],
        ['psk: secret', 'nat-traversal: force\n    ping: {}\n    static-keys: {secret: s, change-every: 1m}'],
      ),
      'sample.yaml:9:18: peers.hosts.static-keys: over udp the two ends need not have one clock to change their keys by\n  hint: remove change-every, or write runtime: memory',
    ],
    [
      'static keys of a group that answers',
      bent(['role: gateway', 'role: gateway\n    static-keys: {secret: s}']),
      'sample.yaml:9:18: peers.gates.static-keys: group "gates" talks to nobody by itself\n  hint: put static-keys into the group that connects; the other end takes them from there',
    ],
    [
      'static keys without pings',
      bent(['psk: secret', 'static-keys: {secret: s}']),
      'sample.yaml:6:18: peers.hosts.static-keys: without IKE nothing is sent but pings\n  hint: add ping: {}',
    ],
    [
      'static keys of AES-GCM',
      bent(['psk: secret', 'static-keys: {secret: s}\n    ping: {}\n    esp: [aes128gcm16]']),
      'sample.yaml:8:10: peers.hosts.esp: aes128gcm16 must not be keyed by hand\n  hint: write esp: [aes128-sha256]; AES-GCM would use nonces twice (RFC 8221)',
    ],
    [
      'static keys with extended sequence numbers',
      bent(['psk: secret', 'static-keys: {secret: s}\n    ping: {}\n    esp: [aes128-sha256-esn]']),
      'sample.yaml:8:10: peers.hosts.esp: aes128-sha256-esn must not be keyed by hand\n  hint: remove esn; without IKE nobody looks for replays, which extended numbers need (RFC 4303)',
    ],
    [
      'extended sequence numbers without a replay window',
      bent(['psk: secret', 'psk: secret\n    esp: [aes128-sha256-esn]\n    replay-window: 0']),
      'sample.yaml:8:20: peers.hosts.replay-window: aes128-sha256-esn needs a replay window\n  hint: write replay-window: 64, or noesn; receivers infer the upper half of the number from the window',
    ],
    [
      'static keys that never agree',
      bent(['psk: secret', 'static-keys: {secret: s, change-every: 1s, skew: 1s}\n    ping: {}']),
      'sample.yaml:6:18: peers.hosts.static-keys: skew 1s is not shorter than change-every 1s\n  hint: lower skew, or the keys of the two ends never agree',
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
      'a longest wait of a responder below the first',
      bent(['psk: secret', 'psk: secret\n    responder-retransmit: {schedule: {first: 5s, max: 1s}}']),
      'sample.yaml:7:27: peers.hosts.responder-retransmit: max 1s is shorter than first 5s',
    ],
    [
      'a margin that leaves nothing of a lifetime',
      bent(['psk: secret', 'psk: secret\n    esp-lifetime: 18m\n    rekey: {margin: 9m}']),
      'sample.yaml:8:12: peers.hosts.rekey: margin and fuzz take up to 18m, and esp-lifetime is 18m: nothing is left\n  hint: lower margin or fuzz, or raise esp-lifetime',
    ],
    [
      'a question that is given up before it is repeated',
      bent(['psk: secret', 'psk: secret\n    dpd: {retry: 5s, timeout: 4s}']),
      'sample.yaml:7:10: peers.hosts.dpd: timeout 4s is shorter than retry 5s, so nobody is asked twice\n  hint: raise timeout, or lower retry',
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
    expect(firstComplaint(text)).toBe(expected);
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
