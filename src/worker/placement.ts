/**
 * Which worker each peer lives in. Initiators go round robin, and so do all others; after each
 * round the initiators are turned by one worker, so that a responder has initiators in its own
 * worker and in others even when the counts divide evenly. Peers that share a part of the network
 * or a computer live together. Depends on nothing but its arguments.
 */
import { createRandomStream } from '../random/stream.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** The part of a group of peers that placement looks at; peer ids are given group by group. */
export interface PlacedGroup {
  readonly count: number;
  readonly isInitiator: boolean;
}

export interface PlacementOptions {
  /** Lists of peers that must share a worker; lists with a peer in common are joined. */
  readonly companions?: readonly (readonly number[])[];
  /** Draws the workers from this seed instead: for tests that it makes no difference. */
  readonly seed?: number | undefined;
}

/** Worker of each peer, by peer id. */
export function placePeers(groups: readonly PlacedGroup[], workers: number): Uint16Array {
  const placement = new Uint16Array(groups.reduce((sum, group) => sum + group.count, 0));
  let peerId = 0;
  let initiators = 0;
  let others = 0;
  for (const group of groups) {
    for (let index = 0; index < group.count; index++) {
      placement[peerId++] = group.isInitiator ? turned(initiators++, workers) : others++ % workers;
    }
  }
  return placement;
}

/** Worker of each peer of a scenario, by peer id. */
export function placePopulation(
  scenario: Scenario,
  workers: number,
  options: PlacementOptions = {},
): Uint16Array {
  const isInitiator = (name: string): boolean => scenario.connections.some(({ from }) => from === name);
  const groups = scenario.groups.map(({ name, count }) => ({ count, isInitiator: isInitiator(name) }));
  const placement = placePeers(groups, workers);
  if (options.seed !== undefined) shuffle(placement, workers, options.seed);
  join(placement, [...(options.companions ?? []), ...roommates(scenario)]);
  return placement;
}

/** Peers of each group that has one computer for all. */
function roommates({ groups }: Scenario): number[][] {
  const lists: number[][] = [];
  let first = 0;
  for (const { count, cpu } of groups) {
    const start = first;
    first += count;
    if (cpu?.isShared === true) lists.push(Array.from({ length: count }, (_, index) => start + index));
  }
  return lists;
}

function turned(position: number, workers: number): number {
  return (position + Math.floor(position / workers)) % workers;
}

function shuffle(placement: Uint16Array, workers: number, seed: number): void {
  const stream = createRandomStream({ seed, entity: 0, purpose: 'placement' });
  for (let peerId = 0; peerId < placement.length; peerId++) placement[peerId] = stream.below(workers);
}

/** Companions go where the one with the least number is. */
function join(placement: Uint16Array, companions: readonly (readonly number[])[]): void {
  if (companions.length === 0) return;
  const leaders = Uint32Array.from(placement.keys());
  const leaderOf = (peerId: number): number => {
    let leader = peerId;
    while (leaders[leader] !== leader) leader = leaders[leader] = leaders[leaders[leader]!]!;
    return leader;
  };
  for (const list of companions) {
    for (const peerId of list) {
      const [one, other] = [leaderOf(list[0]!), leaderOf(peerId)];
      leaders[Math.max(one, other)] = Math.min(one, other);
    }
  }
  for (let peerId = 0; peerId < placement.length; peerId++) placement[peerId] = placement[leaderOf(peerId)]!;
}
