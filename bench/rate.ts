/** Negotiations a second of whole runs: scenario, Piscina workers, memory runtime and measurement included. */
import { parseScenario } from '../src/scenario/load.ts';
import { runScenario } from '../src/run/execute.ts';

/** Hosts that negotiate all the time, each one anew as soon as it is done. */
function scenarioText(groupKeyword: string, seconds: number): string {
  return `name: bench
peers:
  hosts:
    role: host
    count: 64
    addresses: 10.1.0.0/16
    psk: correct horse battery staple
    ike: [aes128-sha256-${groupKeyword}]
    esp: [aes128-sha256]
  gateways:
    role: gateway
    count: 4
    addresses: 10.2.0.0/24
    psk: correct horse battery staple
    ike: [aes128-sha256-${groupKeyword}]
    esp: [aes128-sha256]
connections:
  - { from: hosts, to: gateways }
load:
  executor: constant-peers
  peers: 64
  warm-up: 2s
  measure: ${seconds}s
  drain: 10s
`;
}

/** Successes a second inside the measure window. */
export async function measureRate(groupKeyword: string, workers: number, seconds: number): Promise<number> {
  const loaded = parseScenario(scenarioText(groupKeyword, seconds), 'bench.yaml', []);
  const result = await runScenario(loaded, { workers, seed: 1 });
  if (result.negotiations.failed > 0) throw new Error(`${result.negotiations.failed} negotiations failed`);
  const { succeededHz } = result.rates;
  if (succeededHz === null) throw new Error('nothing succeeded in the measure window');
  return succeededHz;
}
