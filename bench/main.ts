/**
 * `npm run bench`: negotiations a second, the share of the time that the bare cryptography would
 * take, scaling to two workers, and memory. All figures of a line come from one process and
 * alternate with each other, because a shared machine changes its speed.
 */
import { cpus } from 'node:os';
import { createCryptoSuite } from '../src/crypto/registry.ts';
import { Group } from '../src/ike/wire/numbers.ts';
import { countNegotiation, timeBareCryptography } from './bare-crypto.ts';
import { measureMemory } from './memory.ts';
import { measureRate } from './rate.ts';

const ROUNDS = 3;
const SECONDS = 4;
const BARE_ROUNDS = 2_000;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function benchGroup(keyword: 'x25519' | 'modp2048'): Promise<void> {
  const suite = createCryptoSuite('fastest');
  const group = Group[keyword];
  const counts = countNegotiation(suite, group);
  const calls = counts.map(({ primitive, callsPerNegotiation }) => `${callsPerNegotiation} ${primitive}`);
  console.log(`\n${keyword}: main mode and quick mode, pre-shared key, both ends in one process`);
  console.log(`  calls for one negotiation: ${calls.join(', ')}`);
  const shares: number[] = [];
  const scalings: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = timeBareCryptography(suite, group, counts, BARE_ROUNDS);
    const one = await measureRate(keyword, 1, SECONDS);
    const after = timeBareCryptography(suite, group, counts, BARE_ROUNDS);
    const two = await measureRate(keyword, 2, SECONDS);
    const bareS = (before + after) / 2;
    shares.push(one * bareS);
    scalings.push(two / one);
    const share = `bare cryptography ${(bareS * 1e6).toFixed(0)} us = ${(one * bareS * 100).toFixed(0)} % of it`;
    console.log(
      `  1 worker ${one.toFixed(0)}/s, ${share}; 2 workers ${two.toFixed(0)}/s = ${(two / one).toFixed(2)} x`,
    );
  }
  console.log(`  median share of bare cryptography on 1 worker: ${(median(shares) * 100).toFixed(0)} %`);
  console.log(`  median rate of 2 workers against 1: ${median(scalings).toFixed(2)}`);
}

const [cpu] = cpus();
console.log(`${process.version}, ${cpus().length} cores of ${cpu?.model ?? 'unknown kind'}`);
const bytes = measureMemory(createCryptoSuite('fastest'));
console.log(
  `memory of one established tunnel, both ends: ${bytes.toFixed(0)} bytes, ${(bytes / 2).toFixed(0)} a peer`,
);
await benchGroup('x25519');
await benchGroup('modp2048');
