/**
 * `npm run bench:simulation`: simulated negotiations and events a second of real time, in virtual time
 * with modelled cryptography on one worker: without models of computers, and the storm of
 * scenarios/connect-storm.yaml with fewer hosts. Seconds of CPU stand beside those of the clock,
 * because a shared machine has fewer of the former.
 */
import { readFileSync } from 'node:fs';
import { runScenario } from '../src/run/execute.ts';
import { parseScenario } from '../src/scenario/load.ts';

const SCENARIO = new URL('../../scenarios/connect-storm.yaml', import.meta.url);
const HOSTS = 10_000;

async function bench(name: string, text: string): Promise<void> {
  const settings = [`peers.workers.count=${HOSTS}`];
  const before = process.cpuUsage();
  const result = await runScenario(parseScenario(text, 'connect-storm.yaml', settings), {
    workers: 1,
    seed: 1,
  });
  const { user, system } = process.cpuUsage(before);
  const { simulation, negotiations } = result;
  if (simulation === undefined || negotiations.succeeded !== HOSTS)
    throw new Error(result.reasons.join('; '));
  const wallS = simulation.wallNs / 1e9;
  const cpuS = (user + system) / 1e6;
  console.log(
    `${name}: ${(HOSTS / wallS).toFixed(0)} negotiations/s, ${(simulation.events / wallS).toFixed(0)} events/s ` +
      `of real time; ${(HOSTS / cpuS).toFixed(0)} negotiations for a second of CPU, start of the worker included`,
  );
}

const text = readFileSync(SCENARIO, 'utf8');
await bench('free CPU', text.replace(/\n {4}cpu:\n {6}.*\n {6}.*\n/, '\n'));
await bench('gateways that compute', text);
