/** From the faults of a scenario to what happens to which peer when. Every worker computes the same. */
import { createRandomStream } from '../random/stream.ts';
import type { PeerEvent } from '../peer/event.ts';
import { NS_PER_MS, type Ns } from '../peer/timer.ts';
import { peersMeant } from '../scenario/peers-meant.ts';
import type { Fault, FaultTargets } from '../scenario/fault.ts';

/** One event of a fault at one peer. */
export interface PeerFault {
  /** From the beginning of the run. */
  readonly timeNs: Ns;
  readonly peerId: number;
  /** Place in the list of faults. */
  readonly fault: number;
  readonly event: PeerEvent;
  /** Whether the fault begins for this peer; false where it ends. */
  readonly begins: boolean;
}

export interface FaultTimetableSetup {
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Ids of a group. */
  rangeOf(group: string): { readonly first: number; readonly count: number } | undefined;
}

/** All events in order of time, then of faults as they stand in the scenario, then of peers. */
export function planFaults(setup: FaultTimetableSetup): PeerFault[] {
  const planned = setup.faults.flatMap((fault, index) => [...eventsOf(fault, index, setup)]);
  return planned.sort((a, b) => a.timeNs - b.timeNs || a.fault - b.fault || a.peerId - b.peerId);
}

/** Ids of the peers that a fault can make crash. */
export function peersThatCrash(setup: FaultTimetableSetup): Set<number> {
  const all = new Set<number>();
  for (const [index, fault] of setup.faults.entries()) {
    if (fault.type === 'crash') for (const peerId of targetsOf(fault, index, setup)) all.add(peerId);
  }
  return all;
}

function* eventsOf(fault: Fault, index: number, setup: FaultTimetableSetup): Generator<PeerFault> {
  if (fault.type === 'outage') return;
  for (const [turn, peerId] of targetsOf(fault, index, setup).entries()) {
    const base = { peerId, fault: index };
    if (fault.type === 'clock-step') {
      const event = { type: 'clock.stepped', byMs: fault.byNs / NS_PER_MS } as const;
      yield { ...base, timeNs: fault.atNs, event, begins: true };
      continue;
    }
    if (fault.type === 'slow-server') {
      const { atNs, forNs, factor } = fault;
      yield { ...base, timeNs: atNs, event: { type: 'slowed', factor, forNs }, begins: true };
      continue;
    }
    const timeNs = fault.atNs + turn * fault.everyNs;
    yield { ...base, timeNs, event: { type: 'crash', keepsState: fault.keepsState }, begins: true };
    if (fault.forNs !== undefined) {
      yield { ...base, timeNs: timeNs + fault.forNs, event: { type: 'restart' }, begins: false };
    }
  }
}

/** The peers that are meant, in order of their ids: the share of all, drawn for `index` and `purpose`. */
export function targetsOf(
  { groups, share }: FaultTargets,
  index: number,
  { seed, rangeOf }: Pick<FaultTimetableSetup, 'seed' | 'rangeOf'>,
  purpose = 'fault',
): number[] {
  const peers = groups.flatMap((group) => {
    const { first, count } = rangeOf(group) ?? { first: 0, count: 0 };
    return Array.from({ length: count }, (_, number) => first + number);
  });
  const wanted = peersMeant(peers.length, share);
  if (wanted === peers.length) return peers;
  const stream = createRandomStream({ seed, entity: index, purpose });
  // The beginning of a shuffle (Fisher and Yates).
  for (let place = 0; place < wanted; place++) {
    const other = place + stream.below(peers.length - place);
    [peers[place], peers[other]] = [peers[other]!, peers[place]!];
  }
  return peers.slice(0, wanted).sort((a, b) => a - b);
}
