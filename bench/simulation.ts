/**
 * Simulated negotiations and events a second of real time, in virtual time with modelled cryptography:
 * without models of computers, and the storm of scenarios/connect-storm.yaml, with fewer hosts on one
 * worker and whole on two. Seconds of CPU stand beside those of the clock, because a shared machine has
 * fewer of the former.
 */
import { readFileSync } from 'node:fs';
import { createCryptoSuite } from '../src/crypto/registry.ts';
import { runScenario } from '../src/run/execute.ts';
import { parseScenario } from '../src/scenario/load.ts';
import { measureMemory } from './memory.ts';

const SCENARIO = new URL('../../scenarios/connect-storm.yaml', import.meta.url);

interface StormPlan {
  readonly name: string;
  readonly text: string;
  readonly hosts: number;
  readonly workers: number;
}

async function benchStorm({ name, text, hosts, workers }: StormPlan): Promise<void> {
  const loaded = parseScenario(text, 'connect-storm.yaml', [`peers.workers.count=${hosts}`]);
  const before = process.cpuUsage();
  const result = await runScenario(loaded, { workers, seed: 1 });
  const { user, system } = process.cpuUsage(before);
  const { simulation, negotiations } = result;
  if (simulation === undefined || negotiations.succeeded !== hosts)
    throw new Error(result.reasons.join('; '));
  const wallS = simulation.wallNs / 1e9;
  const cpuS = (user + system) / 1e6;
  console.log(`  ${name}, ${hosts} hosts, ${workers} worker(s): ${wallS.toFixed(1)} s`);
  console.log(`    simulated negotiations for a second of the clock ${(hosts / wallS).toFixed(0)}`);
  console.log(`    events for a second of the clock ${(simulation.events / wallS).toFixed(0)}`);
  console.log(
    `    negotiations for a second of CPU, start of the workers included, ${(hosts / cpuS).toFixed(0)}`,
  );
}

/** Prints it all. Wants `--expose-gc`. */
export async function benchSimulation(): Promise<void> {
  const text = readFileSync(SCENARIO, 'utf8');
  const withoutComputers = text.replace(/\n {4}cpu:\n {6}.*\n {6}.*\n/, '\n');
  console.log('\nvirtual time, modelled cryptography');
  await benchStorm({ name: 'free CPU', text: withoutComputers, hosts: 10_000, workers: 1 });
  await benchStorm({ name: 'gateways that compute', text, hosts: 10_000, workers: 1 });
  await benchStorm({ name: 'gateways that compute', text, hosts: 50_000, workers: 2 });
  const bytes = measureMemory(createCryptoSuite('modelled'));
  console.log(`  memory of an idle established peer ${(bytes / 2).toFixed(0)} bytes, mean of both ends`);
  const residentOctets = process.resourceUsage().maxRSS * 1024;
  console.log(`  largest resident set of this process ${(residentOctets / 2 ** 20).toFixed(0)} MiB`);
}
