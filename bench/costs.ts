/**
 * `npm run bench:costs`: what a negotiation costs by method, both ends together, as a Markdown
 * table for docs/costs.md. Methods take turns in one process, so that ratios hold on a shared machine.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { createCryptoSuite } from '../src/crypto/registry.ts';
import type { CryptoSuite } from '../src/ike/suite.ts';
import { createMethods, type Method } from './methods.ts';
import { createVillage, negotiate, type Village } from './negotiation.ts';

const ROUNDS = 25;
const ROUND_MS = 60;

interface Candidate {
  readonly method: Method;
  readonly village: Village;
  readonly messages: number;
  readonly octets: number;
  readonly cpuUs: number[];
}

function prepare(suite: CryptoSuite, method: Method): Candidate {
  const village = createVillage(suite, { ...method, hostCount: 8 });
  const [host] = village.hosts;
  if (host === undefined) throw new Error('a village has hosts');
  const { hasSucceeded, messages, octets } = negotiate(village.gateway, host);
  if (!hasSucceeded) throw new Error(`${method.name}: the first negotiation failed`);
  return { method, village, messages, octets, cpuUs: [] };
}

/** One round: negotiations for a while, in CPU time of this process. */
function measure({ method, village, cpuUs }: Candidate): void {
  const start = process.cpuUsage();
  let done = 0;
  let spentUs = 0;
  while (spentUs < ROUND_MS * 1000) {
    for (const host of village.hosts) {
      if (!negotiate(village.gateway, host).hasSucceeded)
        throw new Error(`${method.name}: a negotiation failed`);
    }
    done += village.hosts.length;
    const { user, system } = process.cpuUsage(start);
    spentUs = user + system;
  }
  cpuUs.push(spentUs / done);
}

/** Other work on the machine only ever adds to a figure, so the lower ones tell more. */
function lowerQuartile(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 4)] ?? Number.NaN;
}

function tableOf(candidates: readonly Candidate[]): string {
  const base = lowerQuartile(candidates[0]?.cpuUs ?? []);
  const rows = candidates.map(({ method, messages, octets, cpuUs }) => {
    const us = lowerQuartile(cpuUs);
    const cells = [
      method.name,
      messages,
      octets,
      us.toFixed(0),
      (1e6 / us).toFixed(0),
      (us / base).toFixed(2),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| method | messages | octets | CPU, us | a core does, 1/s | against the first |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}

const suite = createCryptoSuite('fastest');
const candidates: Candidate[] = [];
for (const method of await createMethods()) candidates.push(prepare(suite, method));
for (const candidate of candidates) measure(candidate);
for (const candidate of candidates) candidate.cpuUs.length = 0;
for (let round = 0; round < ROUNDS; round++) for (const candidate of candidates) measure(candidate);

const [cpu] = cpus();
const loadText = loadavg()
  .map((load) => load.toFixed(1))
  .join(', ');
const text = `# What a negotiation costs, by method

Both ends in one thread, without runtime and network: the CPU of the protocol and its cryptography
alone. A negotiation is a phase 1 and a quick mode; from the second one on, the old tunnel is
deleted first, which is in the CPU figure but not in messages and octets (UDP payloads of the first
one). Lower quartiles of ${ROUNDS} rounds in which the methods took turns, because other work on a machine only ever
adds. Columns of one table compare with each other; another machine gives other figures.

Made by \`npm run bench:costs\` on ${process.version}, OpenSSL ${process.versions.openssl}, ${cpu?.model.trim() ?? 'an unknown CPU'} with ${cpus().length} cores.
The load average at the end was ${loadText} over 1, 5 and 15 minutes. 1 of it is this program; what is above that is other
work that shared the cores and caches, which makes figures larger and ratios less exact than alone. What part of a
negotiation is bare cryptography, \`npm run bench\` tells for each method.

${tableOf(candidates)}
`;
writeFileSync(new URL('../../docs/costs.md', import.meta.url), text);
console.log(text);
