/**
 * `npm run bench`: negotiations a second, the share of the time that the bare cryptography would
 * take, scaling to two workers, memory, and how fast virtual time goes. A shared machine changes its
 * speed, so what is compared takes turns in many short rounds, and the CPU that was to be had is
 * printed beside each rate.
 */
import { cpus, loadavg } from 'node:os';
import { createCryptoSuite } from '../src/crypto/registry.ts';
import { Group } from '../src/ike/wire/numbers.ts';
import { countNegotiation, timeBareCryptography } from './bare-crypto.ts';
import type { BareTime } from './bare-crypto.ts';
import { measureMemory } from './memory.ts';
import { benchMethods } from './method-shares.ts';
import { RateBench } from './rate.ts';
import type { RateReading } from './rate.ts';
import { benchSimulation } from './simulation.ts';
import { formatSpread, spreadOf } from './spread.ts';
import { benchTimers } from './timers.ts';

const ROUNDS = 13;
/** A busy machine takes longer for a round; when this is over, fewer must do. */
const LONGEST_SECONDS = 60;
const FEWEST_ROUNDS = 5;
const SECONDS = 1.8;
/** Before the first round: threads compile what they run often. */
const HEATING_SECONDS = 10;
const BARE_HEATING_ROUNDS = 3_000;
const BARE_ROUNDS = 400;

interface Round {
  readonly one: RateReading;
  readonly two: RateReading;
  readonly bare: BareTime;
}

async function benchGroup(bench: RateBench, keyword: 'x25519' | 'modp2048'): Promise<void> {
  const suite = createCryptoSuite('fastest');
  const group = Group[keyword];
  const counts = countNegotiation(suite, group);
  const calls = counts.map(({ primitive, callsPerNegotiation }) => `${callsPerNegotiation} ${primitive}`);
  console.log(`\n${keyword}: main mode and quick mode, pre-shared key, both ends in one process`);
  console.log(`  calls for one negotiation: ${calls.join(', ')}`);
  timeBareCryptography(suite, group, counts, BARE_HEATING_ROUNDS);
  await bench.measure(keyword, 2, HEATING_SECONDS);
  await bench.measure(keyword, 1, SECONDS);
  const rounds: Round[] = [];
  const startMs = performance.now();
  const isLate = (): boolean => performance.now() - startMs > LONGEST_SECONDS * 1e3;
  while (rounds.length < ROUNDS && (rounds.length < FEWEST_ROUNDS || !isLate())) {
    // Each of the two comes first in turn, lest a drift of the machine favours one.
    const early = rounds.length % 2 === 0 ? undefined : await bench.measure(keyword, 2, SECONDS);
    const bare = timeBareCryptography(suite, group, counts, BARE_ROUNDS);
    const one = await bench.measure(keyword, 1, SECONDS);
    const two = early ?? (await bench.measure(keyword, 2, SECONDS));
    rounds.push({ one, two, bare });
  }
  printRounds(rounds);
}

function printRounds(rounds: readonly Round[]): void {
  const spread = (digits: number, valueOf: (round: Round) => number): string =>
    formatSpread(spreadOf(rounds.map(valueOf)), digits);
  console.log(`  median and range of ${rounds.length} rounds; load average ${loadText()}`);
  for (const [name, readingOf] of [
    ['1 worker', ({ one }: Round) => one],
    ['2 workers', ({ two }: Round) => two],
  ] as const) {
    const part = (digits: number, valueOf: (reading: RateReading) => number): string =>
      spread(digits, (round) => valueOf(readingOf(round)));
    console.log(`  ${name}: negotiations a second ${part(0, ({ rateHz }) => rateHz)}`);
    console.log(`    cores in use ${part(2, ({ cores }) => cores)}`);
    console.log(`    CPU of a negotiation, us ${part(0, ({ cpuS }) => cpuS * 1e6)}`);
  }
  console.log(`  rate of 2 workers against 1: ${spread(2, ({ one, two }) => two.rateHz / one.rateHz)}`);
  console.log(`    CPU of a negotiation against 1: ${spread(2, ({ one, two }) => two.cpuS / one.cpuS)}`);
  console.log(`  bare cryptography, CPU us ${spread(0, ({ bare }) => bare.cpuS * 1e6)}`);
  console.log(`    % of the time of 1 worker ${spread(0, ({ one, bare }) => one.rateHz * bare.wallS * 100)}`);
  console.log(
    `    % of its CPU, threads of the runtime included ${spread(0, ({ one, bare }) => (bare.cpuS / one.cpuS) * 100)}`,
  );
}

function loadText(): string {
  return loadavg()
    .map((load) => load.toFixed(1))
    .join(' ');
}

const [cpu] = cpus();
console.log(`${process.version}, ${cpus().length} cores of ${cpu?.model.trim() ?? 'unknown kind'}`);
console.log(`load average ${loadText()}: what is above 0 now is others who use the cores too`);
const bytes = measureMemory(createCryptoSuite('fastest'));
console.log(
  `memory of one established tunnel, both ends: ${bytes.toFixed(0)} bytes, ${(bytes / 2).toFixed(0)} a peer`,
);
const bench = new RateBench(2);
await benchGroup(bench, 'x25519');
await benchGroup(bench, 'modp2048');
await bench.close();
await benchMethods(createCryptoSuite('fastest'));
benchTimers();
await benchSimulation();
console.log(`\n${(performance.now() / 1e3).toFixed(0)} s in all; load average ${loadText()}`);
