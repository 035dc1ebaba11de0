/**
 * Which worker each peer lives in. Initiators go round robin, and so do all others; after each
 * round the initiators are turned by one worker, so that a responder has initiators in its own
 * worker and in others even when the counts divide evenly. Depends on nothing but its arguments.
 */

import type { Scenario } from '../scenario/scenario.ts';

/** The part of a group of peers that placement looks at; peer ids are given group by group. */
export interface PlacedGroup {
  readonly count: number;
  readonly isInitiator: boolean;
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
export function placePopulation(scenario: Scenario, workers: number): Uint16Array {
  const isInitiator = (name: string): boolean => scenario.connections.some(({ from }) => from === name);
  const groups = scenario.groups.map(({ name, count }) => ({ count, isInitiator: isInitiator(name) }));
  return placePeers(groups, workers);
}

function turned(position: number, workers: number): number {
  return (position + Math.floor(position / workers)) % workers;
}
