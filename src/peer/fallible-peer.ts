/**
 * A peer on a machine that can crash. What is on the machine while it is down is lost or, where the
 * state is kept, stands still: then timers that were due go off at the restart. Where the state is lost,
 * the peer is made anew; only its random numbers go on, so that it never draws the same cookie twice.
 */
import type { Effect } from './effect.ts';
import type { PeerEvent } from './event.ts';
import type { Fact } from './fact.ts';
import { OuterPeer } from './outer-peer.ts';
import type { Peer } from './peer.ts';
import type { Ns, Timer } from './timer.ts';

export interface FallibleSetup {
  /** Mode of negotiations that it begins. */
  readonly mode: 'main' | 'aggressive';
  /** Makes the peer, the wall clock of its machine `clockStepMs` ahead. */
  create(clockStepMs: number): Peer;
}

export class FalliblePeer extends OuterPeer {
  readonly #setup: FallibleSetup;
  /** Crashes that have not been followed by a restart. */
  #crashes = 0;
  #clockStepMs = 0;
  readonly #armed = new Set<Timer>();
  /** Due while the machine was down. */
  readonly #overdue: Timer[] = [];
  /** Number of the tunnel that stands. */
  #tunnel: number | undefined;

  constructor(setup: FallibleSetup) {
    super(setup.create(0));
    this.#setup = setup;
  }

  handle(event: PeerEvent, nowNs: Ns, effects: Effect[]): void {
    switch (event.type) {
      case 'crash':
        return this.#crash(event.keepsState, nowNs, effects);
      case 'restart':
        return this.#restart(nowNs, effects);
      case 'clock.stepped':
        this.#clockStepMs += event.byMs;
        return this.inner.handle(event, nowNs, effects);
      case 'stop':
        return this.inner.handle(event, nowNs, effects);
      default:
        if (this.#crashes > 0) this.#handleWhileDown(event, nowNs, effects);
        else this.#handle(event, nowNs, effects);
    }
  }

  #handle(event: PeerEvent, nowNs: Ns, effects: Effect[]): void {
    const before = effects.length;
    if (event.type === 'timer.fired') this.#armed.delete(event.timer);
    this.inner.handle(event, nowNs, effects);
    for (let index = before; index < effects.length; index++) this.#note(effects[index]!);
  }

  /** Remembers what a crash would end. */
  #note(effect: Effect): void {
    if (effect.type === 'timer.set') this.#armed.add(effect.timer);
    else if (effect.type === 'timer.cancel') this.#armed.delete(effect.timer);
    else if (effect.type === 'record') {
      const { fact } = effect;
      if (fact.type === 'negotiation.succeeded') this.#tunnel = fact.negotiation;
      else if (fact.type === 'negotiation.closed') this.#tunnel = undefined;
    }
  }

  #handleWhileDown(event: PeerEvent, nowNs: Ns, effects: Effect[]): void {
    switch (event.type) {
      case 'datagram.received':
        effects.push(record({ type: 'dropped', reason: 'peer-down' }));
        return;
      case 'timer.fired':
        this.#armed.delete(event.timer);
        this.#overdue.push(event.timer);
        return;
      case 'connect': {
        const { negotiation, plannedNs } = event;
        const when = { negotiation, plannedNs, startedNs: nowNs };
        effects.push(
          record({ type: 'negotiation.started', mode: this.#setup.mode, ...when }),
          record({ type: 'negotiation.failed', cause: 'crashed', ...when, finishedNs: nowNs }),
        );
        return;
      }
      default:
      // There is nobody to disconnect, or to be told that somebody else cannot be reached.
    }
  }

  #crash(keepsState: boolean, nowNs: Ns, effects: Effect[]): void {
    this.#crashes++;
    if (this.#crashes === 1) effects.push(record({ type: 'lifecycle', event: 'crashed' }));
    if (!keepsState) this.#loseState(nowNs, effects);
  }

  #loseState(nowNs: Ns, effects: Effect[]): void {
    const last: Effect[] = [];
    this.inner.handle({ type: 'stop' }, nowNs, last);
    for (const effect of last) {
      if (effect.type === 'record') effects.push(record(asCrashed(effect.fact)));
    }
    for (const timer of this.#armed) effects.push({ type: 'timer.cancel', timer });
    this.#armed.clear();
    this.#overdue.length = 0;
    if (this.#tunnel !== undefined) {
      effects.push(record({ type: 'negotiation.closed', negotiation: this.#tunnel, wasLost: true }));
      this.#tunnel = undefined;
    }
    this.inner = this.#setup.create(this.#clockStepMs);
  }

  #restart(nowNs: Ns, effects: Effect[]): void {
    if (this.#crashes === 0) return;
    this.#crashes--;
    if (this.#crashes > 0) return;
    effects.push(record({ type: 'lifecycle', event: 'restarted' }));
    for (const timer of this.#overdue) {
      timer.dueNs = nowNs;
      this.#armed.add(timer);
      effects.push({ type: 'timer.set', timer });
    }
    this.#overdue.length = 0;
  }
}

function record(fact: Fact): Effect {
  return { type: 'record', fact };
}

function asCrashed(fact: Fact): Fact {
  const isCut = fact.type === 'negotiation.failed' && fact.cause === 'aborted';
  return isCut ? { ...fact, cause: 'crashed' } : fact;
}
