/** One example of `load` for each executor, and one of `network`; a test loads them all. */

/** YAML text by the executor's name. */
export const EXECUTOR_EXAMPLES: Readonly<Record<string, string>> = {
  storm: `# After a power cut everybody comes back within ten seconds.
load:
  executor: storm
  spread: 10s
`,
  'constant-arrival-rate': `# 500 starts a second for half a minute; the first five seconds do not count.
load:
  executor: constant-arrival-rate
  rate: 500/s
  warm-up: 5s
  measure: 30s
  hold: 10s
`,
  'ramping-arrival-rate': `# Up to 300 starts a second, there for a while, and down again.
load:
  executor: ramping-arrival-rate
  start-rate: 10/s
  stages:
    - { duration: 20s, target: 300/s }
    - { duration: 30s, target: 300/s }
    - { duration: 10s, target: 0/s }
  warm-up: 20s
`,
  poisson: `# People who know nothing of each other: 50 a second in the mean.
load:
  executor: poisson
  rate: 50/s
  warm-up: 5s
  measure: 1m
  hold: 20s
`,
  'constant-peers': `# 100 hosts connect, disconnect and connect again, without a pause.
load:
  executor: constant-peers
  peers: 100
  think-time: 0s
  hold: 0s
  measure: 20s
`,
  'per-peer-iterations': `# Every host connects five times, two seconds apart.
load:
  executor: per-peer-iterations
  iterations: 5
  think-time: 2s
  hold: 0s
  measure: 5m
`,
};

/** YAML text with everything that a network can have, for groups `hosts` and `gates`. */
export const NETWORK_EXAMPLE = `# People at home behind their carrier's NAT boxes; gateways behind one firewall and one line.
network:
  links:
    home:
      peers: hosts
      latency: { distribution: normal, mean: 15ms, deviation: 4ms }
      bandwidth: 50mbit/s
      mtu: 1492
      loss: { share: 1%, burst: 3 }
      up: { bandwidth: 10mbit/s }
    line:
      peers: [gates]
      shared-by: all
      latency: 1ms
      bandwidth: 1gbit/s
      queue: 50ms
      outages: [{ at: 10s, for: 5s }]
    internet:
      between: [hosts, gates]
      latency: { distribution: exponential, least: 8ms, mean: 12ms }
      reordering: { share: 0.1%, delay: 3ms }
  nats:
    carrier: { peers: hosts, shared-by: 500, addresses: 198.51.100.0/24, timeout: 30s }
  firewalls:
    edge:
      peers: gates
      rules:
        - { action: deny, exchanges: [aggressive] }
        - { action: allow, ports: 500-4500 }
      otherwise: deny
      source-rate-limit: { rate: 20/s, burst: 5 }
`;

/** YAML text of `faults`, for groups `hosts` and `gates` and the link `home`. */
export const FAULTS_EXAMPLE = `faults:
  # The power of all gateways fails for half a minute.
  - { fault: crash, peers: gates, at: 2m, for: 30s }
  # Maintenance: one gateway after the other, and none forgets its SAs.
  - { fault: crash, peers: gates, at: 4m, for: 10s, every: 30s, state: kept }
  # A third of the hosts is switched off for good.
  - { fault: crash, peers: hosts, share: 33%, at: 6m }
  - { fault: clock-step, peers: gates, at: 7m, by: -2h }
  - { fault: outage, link: home, at: 8m, for: 15s }
`;

/** YAML text of what hosts do wrong, for a group. */
export const MISBEHAVIOUR_EXAMPLE = `misbehave:
  # A tenth of the peers loses every third first message of quick mode, for a minute.
  - { what: drop, message: quick-1, share: 10%, chance: 33%, from: 10s, for: 1m }
  # Everything that is encrypted has a wrong hash.
  - { what: wrong-payload, payload: hash }
  # Nobody is told when tunnels end, and questions whether the peer is alive are not heard.
  - { what: drop, message: delete }
  - { what: ignore, message: dpd-ask, from: 30s }
  # An old message comes again three seconds later.
  - { what: replay, message: [main-1, aggressive-1], after: 3s, times: 2 }
`;
