/** A run before it starts: what the scenario and the person at the keyboard ask for, made definite. */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type {
  AddressPool,
  CryptoBackend,
  LoadedScenario,
  PeerGroup,
  Scenario,
} from '../scenario/scenario.ts';
import type { Ns } from '../peer/timer.ts';
import { AddressError, addressAt, parseAddressPool } from '../scenario/address.ts';
import { assertAllowedTarget, resolveTarget } from './target.ts';
import type { Target } from './target.ts';

/** What can be said about a run beside its scenario. */
export interface PlanOptions {
  /** Worker threads; default as the scenario says, else one for each core. */
  readonly workers?: number;
  readonly seed?: number;
  /** `HOST[:PORT]` of the system to be tested instead of the responders of the scenario; makes the run one over UDP. */
  readonly target?: string;
  readonly allowPublicTarget?: boolean;
  readonly crypto?: CryptoBackend;
  readonly capture?: boolean;
  /** Over UDP: tunnels are not deleted at the end of the run. */
  readonly keepTunnels?: boolean;
  /** In virtual time: false makes no digest. */
  readonly digest?: boolean;
  /** Virtual time between checkpoints of the digest; default: at least a second, so that there are at most 600. */
  readonly checkpointNs?: Ns;
  /** Virtual time by which it is noted what each peer has done; absent: it is not. */
  readonly digestPeersNs?: Ns;
  /** Draws from it which worker each peer lives in, instead of in turn: for tests that it makes no difference. */
  readonly placementSeed?: number;
  /** False: peers and tunnels at rest are not parked, for tests that it makes no difference. */
  readonly parks?: boolean;
  /** Addresses of the initiators, given to their groups one after the other: `127.10.0.0/16`. */
  readonly source?: string;
}

/** Options that make no sense, alone or with this scenario. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly hint: string;

  constructor(message: string, hint = '') {
    super(message);
    this.hint = hint;
  }
}

export interface RunPlan {
  /** The scenario with the options applied. */
  readonly scenario: Scenario;
  readonly seed: number;
  /** Of cookies, nonces and keys: over UDP new in each run, since real gateways ignore a first message that they know. */
  readonly keySeed: number;
  readonly workers: number;
  /** Replaces every responder. */
  readonly target?: Target;
  /** What is tested over UDP, at most a few of many; empty when all peers are simulated. */
  readonly targets: readonly Required<Target>[];
  readonly initiatorGroups: readonly PeerGroup[];
}

/** @throws TargetError when the target cannot be used; PlanError for other options. */
export async function planRun(loaded: LoadedScenario, options: PlanOptions): Promise<RunPlan> {
  const target =
    options.target === undefined
      ? undefined
      : await resolveTarget(options.target, options.allowPublicTarget ?? false);
  if (options.checkpointNs !== undefined && !(options.checkpointNs > 0)) {
    throw new PlanError(
      'checkpoints of the digest need some time between them',
      'write --digest-checkpoints 100',
    );
  }
  const seed = seedOf(options.seed ?? loaded.scenario.seed);
  const scenario: Scenario = {
    ...loaded.scenario,
    seed,
    ...(options.source === undefined ? {} : { groups: withSource(loaded.scenario, options.source) }),
    ...(target === undefined ? {} : { runtime: 'udp' as const }),
    ...(options.crypto === undefined ? {} : { crypto: options.crypto }),
    ...(options.capture === undefined ? {} : { capture: options.capture }),
  };
  const initiatorGroups = initiatorGroupsOf(scenario);
  return {
    scenario,
    seed,
    keySeed: scenario.runtime === 'udp' ? randomInt(DRAWN_KEY_SEEDS) : seed,
    workers: workersOf(options.workers ?? scenario.workers, initiatorGroups),
    ...(target === undefined ? {} : { target }),
    targets: targetsOf(scenario, target, options.allowPublicTarget ?? false),
    initiatorGroups,
  };
}

/** Groups whose peers start negotiations, in order of the file. */
export function initiatorGroupsOf(scenario: Scenario): PeerGroup[] {
  return scenario.groups.filter(({ name }) => scenario.connections.some(({ from }) => from === name));
}

/** Groups that initiators connect to, in order of the file. */
export function responderGroupsOf(scenario: Scenario): PeerGroup[] {
  return scenario.groups.filter(({ name }) => scenario.connections.some(({ to }) => to === name));
}

/** The groups, those of initiators with addresses from `source`. */
function withSource(scenario: Scenario, source: string): PeerGroup[] {
  const pool = parseSource(source);
  let used = 0;
  return scenario.groups.map((group) => {
    if (!scenario.connections.some(({ from }) => from === group.name)) return group;
    const first = used;
    used += group.count;
    if (used > pool.size) {
      throw new PlanError(
        `${source} has ${pool.size} addresses, too few for the initiators`,
        'use a larger pool',
      );
    }
    return { ...group, addresses: { text: source, first: addressAt(pool, first), size: group.count } };
  });
}

function parseSource(source: string): AddressPool {
  try {
    return parseAddressPool(source);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new PlanError(
      `--source ${source}: ${error.message}`,
      'write it like 127.10.0.0/16 or 10.0.0.1-10.0.0.99',
    );
  }
}

/** The responders of a run over UDP, which are not simulated. */
function targetsOf(scenario: Scenario, target: Target | undefined, allowPublic: boolean): Required<Target>[] {
  if (scenario.runtime !== 'udp') return [];
  const targets = new Map<string, Required<Target>>();
  for (const { addresses, count, port } of responderGroupsOf(scenario)) {
    for (let index = 0; index < count; index++) {
      const each = { address: addressAt(addresses, index), port, ...target };
      assertAllowedTarget(each.address, allowPublic);
      if (targets.size < TARGETS_NAMED) targets.set(`${each.address} ${each.port}`, each);
      if (target !== undefined) break;
    }
  }
  return [...targets.values()];
}

function seedOf(wanted: number | undefined): number {
  if (wanted === undefined) return randomInt(DRAWN_SEEDS);
  if (!Number.isSafeInteger(wanted)) throw new PlanError(`a seed is a whole number, not ${wanted}`);
  return wanted;
}

function workersOf(wanted: number | undefined, initiatorGroups: readonly PeerGroup[]): number {
  const initiators = initiatorGroups.reduce((sum, { count }) => sum + count, 0);
  const workers = wanted ?? Math.min(availableParallelism(), initiators, WORKERS_LIMIT);
  if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_LIMIT) {
    throw new PlanError(`there can be 1 to ${WORKERS_LIMIT} workers, not ${workers}`);
  }
  return workers;
}

/** Drawn seeds are short enough to be typed. */
const DRAWN_SEEDS = 2 ** 32;
/** As many as Node.js can draw from at once. */
const DRAWN_KEY_SEEDS = 2 ** 48 - 1;
const WORKERS_LIMIT = 256;
const TARGETS_NAMED = 16;
