/**
 * The digest of a run in virtual time: two runs with the same digest did the same. Each peer has a
 * trace, a hash of 64 bits over everything that happened to it and everything it did, in order, with
 * its times. After each event of a peer its trace, hashed once more, is added to the digest modulo
 * 2^64. Sums do not depend on the order of their parts, so workers add up theirs in the end.
 *
 * A trace takes in events (kind and time), datagrams (ends, length and, unless they depend on
 * certificates made at random, octets) and facts, but no keys that are reported for captures.
 */
import type { PeerEvent } from '../../peer/event.ts';
import type { Fact } from '../../peer/fact.ts';
import type { Ns } from '../../peer/timer.ts';

export interface TraceDigestSetup {
  /** How many peers there are in the whole run. */
  readonly peers: number;
  /** False: octets of datagrams are left out. */
  readonly coversOctets: boolean;
  /** The digest is noted at each multiple of it. */
  readonly checkpointNs: Ns;
  /** What each peer has done before this time is noted; absent: nowhere. */
  readonly peersAtNs?: Ns;
}

/** What each peer of the run had done by a time; nothing is said of peers that live elsewhere. */
export interface PeerNotes {
  /** Two words a peer: `high` and `low` of its trace. */
  readonly traces: Uint32Array;
  /** Time of its latest event, and its place in `EVENT_TYPES`; there is none where the trace is 0. */
  readonly latestNs: Float64Array;
  readonly latestTypes: Uint8Array;
}

/** Whatever happens to a peer, numbered for notes. */
const EVENT_NUMBERS = {
  'datagram.received': 0,
  'timer.fired': 1,
  connect: 2,
  disconnect: 3,
  'destination.unreachable': 4,
  stop: 5,
  crash: 6,
  restart: 7,
  slowed: 8,
  'clock.stepped': 9,
} as const satisfies Record<PeerEvent['type'], number>;
/** By number. */
export const EVENT_TYPES: readonly string[] = Object.keys(EVENT_NUMBERS);

/** 64 bits as two unsigned numbers of 32. */
export interface Digest {
  readonly high: number;
  readonly low: number;
}

/** The digest of all events before `timeNs`. */
export interface Checkpoint extends Digest {
  readonly timeNs: Ns;
}

export class TraceDigest {
  readonly checkpoints: Checkpoint[] = [];
  readonly #coversOctets: boolean;
  readonly #checkpointNs: Ns;
  /** Two words a peer. */
  readonly #traces: Uint32Array;
  readonly #texts = new Map<string, number>();
  readonly #peersAtNs: Ns;
  /** Kept as it was at that time; undefined where nobody asked. */
  #notes: PeerNotes | undefined;
  #high = 0;
  #low = 0;
  #nextCheckpointNs: Ns;
  #nowNs: Ns = 0;
  /** Of the peer that is being traced. */
  #a = 0;
  #b = 0;

  constructor({ peers, coversOctets, checkpointNs, peersAtNs }: TraceDigestSetup) {
    this.#traces = new Uint32Array(2 * peers);
    this.#coversOctets = coversOctets;
    this.#checkpointNs = checkpointNs;
    this.#nextCheckpointNs = checkpointNs;
    this.#peersAtNs = peersAtNs ?? Infinity;
    if (peersAtNs !== undefined) {
      this.#notes = {
        traces: new Uint32Array(2 * peers),
        latestNs: new Float64Array(peers),
        latestTypes: new Uint8Array(peers),
      };
    }
  }

  /** By the time that was asked for, or by now where that is still to come. */
  get notes(): PeerNotes | undefined {
    return this.#notes;
  }

  /** Of everything so far. */
  get total(): Digest {
    return { high: this.#high >>> 0, low: this.#low >>> 0 };
  }

  /** The trace of a peer so far. */
  traceOf(peer: number): Digest {
    return { high: this.#traces[2 * peer]!, low: this.#traces[2 * peer + 1]! };
  }

  /** To be called before anything that happens at `timeNs`, in order of time. */
  advance(timeNs: Ns): void {
    this.#nowNs = timeNs;
    while (timeNs >= this.#nextCheckpointNs) {
      this.checkpoints.push({ timeNs: this.#nextCheckpointNs, ...this.total });
      this.#nextCheckpointNs += this.#checkpointNs;
    }
  }

  /** Begins what happens to `peer` by `event`. */
  begin(peer: number, event: PeerEvent, timeNs: Ns): void {
    this.#resume(peer);
    this.#number(timeNs);
    this.#text(event.type);
    if (this.#notes !== undefined && timeNs < this.#peersAtNs) {
      this.#notes.latestNs[peer] = timeNs;
      this.#notes.latestTypes[peer] = EVENT_NUMBERS[event.type];
    }
    switch (event.type) {
      case 'datagram.received':
        this.#text(event.from.address);
        this.#word(event.from.port);
        this.#word(event.to.port);
        this.#octets(event.octets);
        return;
      case 'timer.fired':
        this.#text(event.timer.kind);
        return;
      case 'connect':
        this.#number(event.negotiation);
        this.#number(event.plannedNs);
        this.#text(event.to.address);
        return;
      case 'crash':
        this.#word(event.keepsState ? 1 : 2);
        return;
      case 'slowed':
        this.#number(event.factor);
        this.#number(event.forNs);
        return;
      case 'clock.stepped':
        this.#number(event.byMs);
    }
  }

  /** Begins what a computer lets out at the end of a handling. */
  beginEffects(peer: number, timeNs: Ns): void {
    this.#resume(peer);
    this.#number(timeNs);
  }

  /** The peer of the last `begin` sends. */
  sent(toAddress: string, toPort: number, octets: Uint8Array): void {
    this.#text(toAddress);
    this.#word(toPort);
    this.#octets(octets);
  }

  /** The peer of the last `begin` reports. */
  fact(fact: Fact): void {
    if (fact.type === 'keys.phase1' || fact.type === 'keys.child') return;
    // Not `Object.values`, which makes a list of each fact.
    const values = fact as unknown as Readonly<Record<string, string | number | boolean | Uint8Array>>;
    for (const name in values) {
      const value = values[name]!;
      if (typeof value === 'number') this.#number(value);
      else if (typeof value === 'string') this.#text(value);
      else if (typeof value === 'boolean') this.#word(value ? 1 : 2);
      else for (const octet of value) this.#word(octet);
    }
  }

  /** Ends what was begun: only now it counts. */
  end(peer: number): void {
    const a = finish(this.#a);
    const b = finish(this.#b ^ a);
    this.#traces[2 * peer] = this.#a;
    this.#traces[2 * peer + 1] = this.#b;
    if (this.#notes !== undefined && this.#nowNs < this.#peersAtNs) {
      this.#notes.traces[2 * peer] = this.#a;
      this.#notes.traces[2 * peer + 1] = this.#b;
    }
    const low = this.#low + (finish(b ^ peer) >>> 0);
    this.#low = low >>> 0;
    this.#high = (this.#high + (finish(a ^ peer) >>> 0) + (low > WORD_MAXIMUM ? 1 : 0)) >>> 0;
  }

  #resume(peer: number): void {
    this.#a = this.#traces[2 * peer]!;
    this.#b = this.#traces[2 * peer + 1]!;
  }

  #word(word: number): void {
    const a = Math.imul(this.#a ^ word, 0x85ebca6b);
    this.#a = (a << 13) | (a >>> 19);
    const b = Math.imul((this.#b + word) | 0, 0xc2b2ae35) ^ this.#a;
    this.#b = (b << 17) | (b >>> 15);
  }

  /** A safe integer, or any other number by the nearest multiple of 2^-20. */
  #number(value: number): void {
    const scaled = Number.isInteger(value) ? value : Math.round(value * 0x10_0000);
    this.#word(scaled | 0);
    this.#word(Math.floor(scaled / TWO_32) | 0);
  }

  #text(text: string): void {
    let hash = this.#texts.get(text);
    if (hash === undefined) {
      hash = hashOfText(text);
      if (this.#texts.size < TEXTS_KEPT) this.#texts.set(text, hash);
    }
    this.#word(hash);
  }

  #octets(octets: Uint8Array): void {
    const length = octets.length;
    this.#word(length);
    if (!this.#coversOctets) return;
    let index = 0;
    for (; index + 3 < length; index += 4) {
      this.#word(
        octets[index]! | (octets[index + 1]! << 8) | (octets[index + 2]! << 16) | (octets[index + 3]! << 24),
      );
    }
    for (; index < length; index++) this.#word(octets[index]!);
  }
}

/** Adds up digests modulo 2^64. */
export function addDigests(parts: readonly Digest[]): Digest {
  let high = 0;
  let low = 0;
  for (const part of parts) {
    const sum = low + part.low;
    low = sum >>> 0;
    high = (high + part.high + (sum > WORD_MAXIMUM ? 1 : 0)) >>> 0;
  }
  return { high, low };
}

/** 16 hex digits. */
export function digestText({ high, low }: Digest): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

function finish(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

const TWO_32 = 0x1_0000_0000;
const WORD_MAXIMUM = 0xffff_ffff;
/** More addresses than this are hashed each time. */
const TEXTS_KEPT = 65_536;
