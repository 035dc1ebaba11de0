import { describe, expect, it } from 'vitest';
import type { PeerEvent } from '../../src/peer/event.ts';
import type { Fact } from '../../src/peer/fact.ts';
import { createAgenda } from '../../src/worker/agenda.ts';
import type { AgendaSetup, LoadAgenda, PlannedStart, StartSource } from '../../src/worker/agenda.ts';
import { endpointOf } from '../harness/echo-peer.ts';

/** A world in which time is set by hand and peers only note what they are told. */
class World {
  timeNs = 0;
  readonly log: string[] = [];
  readonly lags: number[] = [];
  readonly dropped: number[] = [];
  readonly freed: number[] = [];
  readonly agenda: LoadAgenda;
  /** What a peer reports when it is told to disconnect. */
  readonly #planned: PlannedStart[];

  constructor(planned: readonly PlannedStart[], extra: Partial<AgendaSetup> = {}) {
    this.#planned = [...planned];
    const source: StartSource = {
      isOpen: true,
      nextDueNs: () => this.#planned[0]?.plannedNs,
      take: () => this.#planned.shift()!,
      freed: (position) => this.freed.push(position),
      isExhausted: () => this.#planned.length === 0,
    };
    this.agenda = createAgenda({
      initiators: [0, 1, 2].map((position) => ({ peerId: 10 + position, position, group: 0 })),
      source,
      mayReplaceInitiator: true,
      hasHold: false,
      drainNs: 1000,
      runtime: {
        nowNs: () => this.timeNs,
        dispatch: (peerId, event) => this.#dispatched(peerId, event),
      },
      listener: {
        recordStart: (lagNs) => this.lags.push(lagNs),
        comeBack: () => {},
        droppedStart: (_group, plannedNs) => this.dropped.push(plannedNs),
      },
      responderOf: () => endpointOf(1),
      ...extra,
    });
  }

  runAt(timeNs: number, limit = 100): void {
    this.timeNs = timeNs;
    this.agenda.runDue(timeNs, limit);
  }

  succeed(peerId: number, negotiation: number): void {
    const times = { plannedNs: 0, startedNs: 0, finishedNs: this.timeNs };
    this.note({ type: 'negotiation.succeeded', negotiation, firstTry: true, ...times }, peerId);
  }

  fail(peerId: number, negotiation: number): void {
    const times = { plannedNs: 0, startedNs: 0, finishedNs: this.timeNs };
    this.note({ type: 'negotiation.failed', negotiation, cause: 'timeout-phase1', ...times }, peerId);
  }

  note(fact: Fact, peerId: number): void {
    this.agenda.note(fact, peerId, this.timeNs);
  }

  #dispatched(peerId: number, event: PeerEvent): void {
    this.log.push(
      event.type === 'connect' ? `${peerId} connect ${event.negotiation}` : `${peerId} ${event.type}`,
    );
  }
}

const start = (plannedNs: number, negotiation: number, position: number): PlannedStart => ({
  plannedNs,
  negotiation,
  position,
});

describe('the agenda of a worker', () => {
  it('starts what is due, by the initiator that the schedule names, and not before its time', () => {
    const world = new World([start(10, 0, 0), start(20, 1, 1), start(30, 2, 2)]);
    world.runAt(9);
    expect(world.log).toEqual([]);
    expect(world.agenda.nextDueNs()).toBe(10);
    world.runAt(25);
    expect(world.log).toEqual(['10 connect 0', '11 connect 1']);
    expect(world.lags).toEqual([15, 5]);
    expect(world.agenda.inFlight).toBe(2);
    world.succeed(11, 1);
    expect([10, 11, 12, 99].map((peerId) => world.agenda.isInFlight(peerId))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('starts no more at a time than it is asked to', () => {
    const world = new World([start(1, 0, 0), start(1, 1, 1), start(1, 2, 2)]);
    world.runAt(5, 2);
    expect(world.log).toHaveLength(2);
    world.runAt(5, 2);
    expect(world.log).toHaveLength(3);
  });

  it('lets the next free initiator start for a busy one, and counts a dropped start when all are busy', () => {
    const world = new World([start(1, 0, 1), start(2, 1, 1), start(3, 2, 1), start(4, 3, 1), start(5, 4, 0)]);
    world.runAt(4);
    expect(world.log).toEqual(['11 connect 0', '12 connect 1', '10 connect 2']);
    expect(world.dropped).toEqual([4]);
    world.succeed(12, 1);
    world.runAt(5);
    expect(world.log.slice(3)).toEqual(['12 disconnect', '12 connect 4']);
  });

  it('keeps an initiator busy until its pings are over', () => {
    const initiators = [{ peerId: 10, position: 0, group: 0, pings: true }];
    const world = new World([start(1, 0, 0), start(2, 1, 0), start(3, 2, 0)], { initiators });
    world.runAt(1);
    world.succeed(10, 0);
    expect(world.freed).toEqual([]);
    world.runAt(2);
    expect(world.dropped).toEqual([2]);
    expect(world.agenda.inFlight).toBe(1);
    world.note({ type: 'pings.finished', negotiation: 0 }, 10);
    expect([world.agenda.inFlight, world.freed]).toEqual([0, [0]]);
    // What comes late, or comes again, changes nothing.
    world.note({ type: 'pings.finished', negotiation: 0 }, 10);
    expect([world.agenda.inFlight, world.freed]).toEqual([0, [0]]);
    world.runAt(3);
    expect(world.log.slice(1)).toEqual(['10 disconnect', '10 connect 2']);
    // A tunnel that is lost takes its pings with it.
    world.succeed(10, 2);
    world.note({ type: 'negotiation.closed', negotiation: 2 }, 10);
    expect(world.agenda.inFlight).toBe(0);
  });

  it('never lets another initiator start where the schedule means one', () => {
    const world = new World([start(1, 0, 1), start(2, 1, 1)], { mayReplaceInitiator: false });
    world.runAt(2);
    expect(world.log).toEqual(['11 connect 0']);
    expect(world.dropped).toEqual([2]);
  });

  it('takes a kept tunnel down before its host starts again, and forgets facts about the earlier negotiation', () => {
    const world = new World([start(1, 0, 0), start(5, 1, 0)]);
    world.runAt(1);
    world.succeed(10, 0);
    expect(world.freed).toEqual([0]);
    world.runAt(5);
    expect(world.log).toEqual(['10 connect 0', '10 disconnect', '10 connect 1']);
    world.note({ type: 'negotiation.closed', negotiation: 0 }, 10);
    expect(world.agenda.inFlight).toBe(1);
    expect(world.freed).toEqual([0]);
  });

  it('keeps a host busy while it holds its tunnel, and free once that is closed', () => {
    const world = new World([start(1, 0, 0), start(5, 1, 0), start(9, 2, 0)], {
      hasHold: true,
      mayReplaceInitiator: false,
    });
    world.runAt(1);
    world.succeed(10, 0);
    expect(world.agenda.inFlight).toBe(0);
    expect(world.freed).toEqual([]);
    world.runAt(5);
    expect(world.dropped).toEqual([5]);
    world.note({ type: 'negotiation.closed', negotiation: 0 }, 10);
    expect(world.freed).toEqual([0]);
    world.runAt(9);
    expect(world.log).toEqual(['10 connect 0', '10 connect 2']);
  });

  it('frees a host whose negotiation failed', () => {
    const world = new World([start(1, 0, 0), start(2, 1, 0)], { mayReplaceInitiator: false, hasHold: true });
    world.runAt(1);
    world.fail(10, 0);
    world.runAt(2);
    expect(world.log).toEqual(['10 connect 0', '10 connect 1']);
  });

  it('is done when nothing is left to start and nothing in flight', () => {
    const world = new World([start(1, 0, 0)]);
    expect(world.agenda.isDone(0)).toBe(false);
    world.runAt(1);
    expect(world.agenda.isDone(2)).toBe(false);
    world.succeed(10, 0);
    expect(world.agenda.isDone(3)).toBe(true);
  });

  it('waits no longer than the drain time after the last planned start', () => {
    const world = new World([start(100, 0, 0)], { drainNs: 50 });
    world.runAt(120);
    expect(world.agenda.isDone(149)).toBe(false);
    expect(world.agenda.isDone(150)).toBe(true);
  });

  it('starts nothing after it was told to stop, and drains for as long as it was told', () => {
    const world = new World([start(1, 0, 0), start(10, 1, 1)]);
    world.runAt(1);
    world.agenda.stopStarting(5, 20);
    expect(world.agenda.nextDueNs()).toBeUndefined();
    world.runAt(10);
    expect(world.log).toEqual(['10 connect 0']);
    expect(world.agenda.isDone(24)).toBe(false);
    expect(world.agenda.isDone(25)).toBe(true);
  });

  it('pays no attention to peers that do not initiate', () => {
    const world = new World([start(1, 0, 0)]);
    world.runAt(1);
    world.succeed(999, 0);
    expect(world.agenda.inFlight).toBe(1);
  });
});
