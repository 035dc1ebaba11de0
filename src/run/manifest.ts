/** Collects how a run is made, for its result. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { Manifest } from '../measure/manifest.ts';
import type { LoadedScenario } from '../scenario/scenario.ts';
import type { RunPlan } from './plan.ts';

/** What only the run itself knows. */
export interface RunFacts {
  readonly startedAt: Date;
  readonly commandLine: readonly string[];
  readonly cryptoBackends: Readonly<Record<string, string>>;
}

export function collectManifest(loaded: LoadedScenario, plan: RunPlan, facts: RunFacts): Manifest {
  return {
    startedAt: facts.startedAt.toISOString(),
    commandLine: [...facts.commandLine],
    scenarioFile: loaded.file,
    scenarioText: loaded.text,
    scenarioSha256: createHash('sha256').update(loaded.text, 'utf8').digest('hex'),
    settings: [...loaded.settings],
    seed: plan.seed,
    ikestormVersion: packageVersion(),
    nodeVersion: process.versions.node,
    v8Version: process.versions.v8,
    opensslVersion: process.versions.openssl,
    os: `${platform()} ${arch()}`,
    kernel: release(),
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryOctets: totalmem(),
    runtime: plan.scenario.runtime,
    clock: plan.scenario.clock,
    workers: plan.workers,
    cryptoBackends: { ...facts.cryptoBackends },
    target: plan.targets.length === 0 ? null : plan.targets.map(formatTarget).join(', '),
    sourceAddresses: plan.initiatorGroups.map((group) => group.addresses.text),
    udpBuffers: null,
  };
}

/** Version of this package. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

function formatTarget({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
