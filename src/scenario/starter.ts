/** The scenario that `ikestorm init` writes: small, complete, and explained line by line. */

/** YAML text; it passes all checks as it is. */
export const STARTER_SCENARIO = `# How fast can 200 remote workers connect to one gateway?
# All keys: docs/scenario-reference.md. Check it: ikestorm validate FILE. Run it: ikestorm run FILE.
name: my-scenario

# memory: everything inside this process. udp: through sockets, to a gateway that you run.
runtime: memory

# The same seed draws the same random numbers. Without one, each run draws its own and reports it.
seed: 1

# Groups of peers. {number} counts the peers of a group from 1, {index} from 0.
peers:
  remote-workers:
    role: host
    count: 200
    addresses: 10.1.0.0/16
    identity: worker-{number}.example.test
    psk: secret of worker {number}
    # Phase 1 mode: main, aggressive, or a mixture: { main: 3, aggressive: 1 }
    mode: main
    # Proposals in order of preference, in the words of strongSwan.
    ike: [aes128-sha256-modp2048]
    esp: [aes128-sha256]
    # Perfect forward secrecy: a group, such as modp2048, or none.
    pfs: none
    # What each tunnel carries.
    local-network: "{address}/32"
    remote-network: 10.78.0.0/16

  headquarters:
    role: gateway
    addresses: 192.0.2.1
    identity: gateway.example.test
    ike: [aes128-sha256-modp2048]
    esp: [aes128-sha256]
    local-network: 10.78.0.0/16
    remote-network: 10.1.0.0/16

connections:
  - { from: remote-workers, to: headquarters }

# When negotiations are started. Others: storm, ramping-arrival-rate, poisson, constant-peers,
# per-peer-iterations.
load:
  executor: constant-arrival-rate
  rate: 20/s
  warm-up: 2s
  measure: 8s
  # Tunnels are taken down after this, so that workers can connect again.
  hold: 2s

# The run has failed (exit code 99) when one of these does not hold.
thresholds:
  - latency p(99) < 1s
  - failed rate < 1%
`;
