/**
 * A peer that is an object only while something happens to it. When nothing is under way after an event,
 * what there is to know of it goes into a record, and the next event finds it exactly as it was.
 */
import type { Endpoint } from '../../ike/endpoint.ts';
import type { RandomOctets } from '../../ike/suite.ts';
import type { Effect } from '../effect.ts';
import type { PeerEvent } from '../event.ts';
import type { IkePeer } from '../ike-peer.ts';
import type { Peer } from '../peer.ts';
import type { Ns } from '../timer.ts';
import { readPeer, writePeer } from './peer-record.ts';
import type { RecordArena } from './record-arena.ts';
import { RecordReader } from './record-reader.ts';
import { RecordWriter } from './record-writer.ts';
import { TimerReader, TimerWriter, timersOf, type TimerList } from './timer-list.ts';

/** The random numbers of one peer. */
export interface ResumableRandom {
  readonly octets: RandomOctets;
  /** How far it is; it can be made anew from there. */
  readonly position: number;
}

/** What all resting peers of a worker have in common. */
export interface RestingHome {
  readonly arena: RecordArena;
  endpointOf(id: number): Endpoint;
  /** The random numbers of a peer from `position` on, 0 at the beginning. */
  randomOf(id: number, position: number): ResumableRandom;
  /** The peer as it is in the beginning. */
  create(id: number, endpoint: Endpoint, random: RandomOctets): IkePeer;
}

interface Awake {
  readonly peer: IkePeer;
  readonly random: ResumableRandom;
}

export class RestingPeer implements Peer {
  readonly id: number;
  readonly #home: RestingHome;
  readonly #endpoint: Endpoint | undefined;
  #awake: Awake | undefined;
  /** -1: nothing has happened yet. */
  #record = -1;
  #timers: TimerList = undefined;
  /** It was told to stop while it was at rest: nothing but its timers has been stopped yet. */
  #isToStop = false;

  /** `endpoint`: where the home does not know it. */
  constructor(home: RestingHome, id: number, endpoint?: Endpoint) {
    this.id = id;
    this.#home = home;
    this.#endpoint = endpoint;
  }

  get endpoint(): Endpoint {
    return this.#endpoint ?? this.#awake?.peer.endpoint ?? this.#home.endpointOf(this.id);
  }

  /** Whether there is no object at present. */
  get isResting(): boolean {
    return this.#awake === undefined;
  }

  get phase1Count(): number {
    return this.#look(({ phase1Count }) => phase1Count);
  }

  get childCount(): number {
    return this.#look(({ childCount }) => childCount);
  }

  halfOpenCountOf(address: string): number {
    return this.#awake?.peer.halfOpenCountOf(address) ?? 0;
  }

  handle(event: PeerEvent, nowNs: Ns, effects: Effect[]): void {
    if (event.type === 'stop' && this.#awake === undefined) return this.#stopAtRest(effects);
    const { peer } = this.#wake();
    peer.handle(event, nowNs, effects);
    this.#rest();
  }

  /** Who is at rest has nothing to say when it stops; whatever else it does waits until somebody wants something of it. */
  #stopAtRest(effects: Effect[]): void {
    for (const timer of timersOf(this.#timers)) effects.push({ type: 'timer.cancel', timer });
    this.#isToStop = true;
  }

  #look(valueOf: (peer: IkePeer) => number): number {
    const value = valueOf(this.#wake().peer);
    this.#rest();
    return value;
  }

  #wake(): Awake {
    if (this.#awake !== undefined) return this.#awake;
    const { arena, create, randomOf } = this.#home;
    const { id } = this;
    const reader = this.#record < 0 ? undefined : new RecordReader(arena.read(this.#record));
    const random = randomOf(id, reader?.number() ?? 0);
    const peer = create(id, this.endpoint, random.octets);
    if (reader !== undefined) {
      readPeer(reader, new TimerReader(this.#timers), peer);
      arena.free(this.#record);
      this.#record = -1;
      this.#timers = undefined;
    }
    this.#awake = { peer, random };
    if (this.#isToStop) peer.handle({ type: 'stop' }, 0, []);
    this.#isToStop = false;
    return this.#awake;
  }

  #rest(): void {
    if (this.#awake === undefined) return;
    const { peer, random } = this.#awake;
    writer.begin();
    timerWriter.begin();
    writer.number(random.position);
    if (!writePeer(writer, timerWriter, peer)) return;
    this.#record = this.#home.arena.store(writer.octets, writer.length);
    this.#timers = timerWriter.take(undefined);
    this.#awake = undefined;
  }
}

/** For one record after the other, of whichever peer. */
const writer = new RecordWriter();
const timerWriter = new TimerWriter();
