/**
 * `npm run bench`: negotiations a second, the share of the time that the bare cryptography would
 * take, scaling to two workers, and memory. A shared machine changes its speed, so what is compared
 * takes turns in many short rounds, and the CPU that was to be had is printed beside each rate.
 */
import { cpus, loadavg } from 'node:os';
import { createCryptoSuite } from '../src/crypto/registry.ts';
import { Group } from '../src/ike/wire/numbers.ts';
import { countNegotiation, timeBareCryptography } from './bare-crypto.ts';
import { measureMemory } from './memory.ts';
import { benchMethods } from './method-shares.ts';
import { RateBench } from './rate.ts';
import type { RateReading } from './rate.ts';
import { formatSpread, spreadOf } from './spread.ts';

const ROUNDS = 15;
const SECONDS = 1.8;
/** Before the first round: threads compile what they run often. */
const HEATING_SECONDS = 8;
const BARE_ROUNDS = 400;

interface Round {
  readonly one: RateReading;
  readonly two: RateReading;
  readonly bareS: number;
}

async function benchGroup(bench: RateBench, keyword: 'x25519' | 'modp2048'): Promise<void> {
  const suite = createCryptoSuite('fastest');
  const counts = countNegotiation(suite, Group[keyword]);
  const calls = counts.map(({ primitive, callsPerNegotiation }) => `${callsPerNegotiation} ${primitive}`);
  console.log(`\n${keyword}: main mode and quick mode, pre-shared key, both ends in one process`);
  console.log(`  calls for one negotiation: ${calls.join(', ')}`);
  const bare = (): number => timeBareCryptography(suite, Group[keyword], counts, BARE_ROUNDS);
  bare();
  await bench.measure(keyword, 2, HEATING_SECONDS);
  const rounds: Round[] = [];
  for (let index = 0; index < ROUNDS; index++) {
    // Each of the two comes first in turn, lest a drift of the machine favours one.
    const early = index % 2 === 0 ? undefined : await bench.measure(keyword, 2, SECONDS);
    const bareBefore = bare();
    const one = await bench.measure(keyword, 1, SECONDS);
    const bareAfter = bare();
    const two = early ?? (await bench.measure(keyword, 2, SECONDS));
    rounds.push({ one, two, bareS: (bareBefore + bareAfter) / 2 });
  }
  printRounds(rounds);
}

function printRounds(rounds: readonly Round[]): void {
  const spread = (valueOf: (round: Round) => number, digits: number): string =>
    formatSpread(spreadOf(rounds.map(valueOf)), digits);
  console.log(`  median and range of ${rounds.length} rounds; load average ${loadText()}`);
  for (const [name, readingOf] of [
    ['1 worker', ({ one }: Round) => one],
    ['2 workers', ({ two }: Round) => two],
  ] as const) {
    console.log(`  ${name}: negotiations a second ${spread((round) => readingOf(round).rateHz, 0)}`);
    console.log(`    cores in use ${spread((round) => readingOf(round).cores, 2)}`);
    console.log(`    CPU of a negotiation, us ${spread((round) => readingOf(round).cpuS * 1e6, 0)}`);
  }
  console.log(`  bare cryptography, us ${spread(({ bareS }) => bareS * 1e6, 0)}`);
  console.log(`    % of the time of 1 worker ${spread(({ one, bareS }) => one.rateHz * bareS * 100, 0)}`);
  console.log(`  rate of 2 workers against 1: ${spread(({ one, two }) => two.rateHz / one.rateHz, 2)}`);
  console.log(`    CPU of a negotiation against 1: ${spread(({ one, two }) => two.cpuS / one.cpuS, 2)}`);
}

function loadText(): string {
  return loadavg()
    .map((load) => load.toFixed(1))
    .join(' ');
}

const [cpu] = cpus();
console.log(`${process.version}, ${cpus().length} cores of ${cpu?.model.trim() ?? 'unknown kind'}`);
console.log(`load average ${loadText()}; above 0 before the start means that others use the cores too`);
const bytes = measureMemory(createCryptoSuite('fastest'));
console.log(
  `memory of one established tunnel, both ends: ${bytes.toFixed(0)} bytes, ${(bytes / 2).toFixed(0)} a peer`,
);
const bench = new RateBench(2);
await benchGroup(bench, 'x25519');
await benchGroup(bench, 'modp2048');
await bench.close();
await benchMethods(createCryptoSuite('fastest'));
