/** A run in virtual time whose every fact is looked at: no two honest ends with different keys, no tunnel for those who may have none. */
import { toHex } from '../../src/ike/wire/octets.ts';
import type { RunResult } from '../../src/measure/result.ts';
import type { Fact } from '../../src/peer/fact.ts';
import type { Ns } from '../../src/peer/timer.ts';
import { runScenario } from '../../src/run/execute.ts';
import type { StartPool } from '../../src/run/execute.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { createPopulation } from '../../src/scenario/expand.ts';
import type { Population } from '../../src/scenario/expand.ts';
import { runShard } from '../../src/worker/shard.ts';

/** What became of a negotiation. */
export interface Outcome {
  readonly peerId: number;
  readonly plannedNs: Ns;
  readonly atNs: Ns;
  /** `succeeded`, or the cause of the failure. */
  readonly end: string;
}

export interface AuditedRun {
  readonly result: RunResult;
  readonly population: Population;
  readonly outcomes: readonly Outcome[];
  /** What must never happen, in words. */
  readonly violations: readonly string[];
  /** Children whose keys both ends reported, and found equal or not. */
  readonly childrenCompared: number;
  /** Misdeeds that peers reported. */
  readonly misdeeds: number;
}

export interface AuditSetup {
  /** Groups that must not get in. */
  readonly outsiders: readonly string[];
  /** Groups whose own keys may be wrong: they lie about what keys are made of. */
  readonly rogues?: readonly string[];
}

/** Keys of one end, by the name of the SA. */
interface Reported {
  readonly peerId: number;
  readonly keys: string;
}

class Audit {
  readonly outcomes: Outcome[] = [];
  readonly violations: string[] = [];
  childrenCompared = 0;
  misdeeds = 0;
  readonly #population: Population;
  readonly #outsiders: ReadonlySet<string>;
  readonly #rogues: ReadonlySet<string>;
  readonly #reported = new Map<string, Reported>();
  /** Who began the phase 1 of a cookie. */
  readonly #initiators = new Map<string, number>();

  constructor(population: Population, { outsiders, rogues = [] }: AuditSetup) {
    this.#population = population;
    this.#outsiders = new Set(outsiders);
    this.#rogues = new Set(rogues);
  }

  hear(fact: Fact, peerId: number, nowNs: Ns): void {
    switch (fact.type) {
      case 'keys.phase1': {
        const { initiatorCookie, responderCookie, skeyid, skeyidD, skeyidA, skeyidE } = fact.keys;
        const name = `IKE SA ${toHex(initiatorCookie)} ${toHex(responderCookie)}`;
        this.#compare(name, peerId, [skeyid, skeyidD, skeyidA, skeyidE].map(toHex).join(' '));
        if (this.#population.responderOf(peerId) !== undefined)
          this.#initiators.set(toHex(initiatorCookie), peerId);
        return;
      }
      case 'keys.child':
        return this.#hearChild(fact, peerId);
      case 'negotiation.succeeded':
        if (this.#isOutsider(peerId)) this.#violation(`${this.#nameOf(peerId)} must not get a tunnel`);
        this.outcomes.push({ peerId, plannedNs: fact.plannedNs, atNs: nowNs, end: 'succeeded' });
        return;
      case 'negotiation.failed':
        this.outcomes.push({ peerId, plannedNs: fact.plannedNs, atNs: nowNs, end: fact.cause });
        if (fact.cause === 'internal-error') this.#violation(`${this.#nameOf(peerId)}: internal error`);
        return;
      case 'misbehaved':
        this.misdeeds += 1;
        return;
      case 'dropped':
        if (fact.reason === 'internal-error') this.#violation(`${this.#nameOf(peerId)}: internal error`);
        return;
      default:
    }
  }

  #hearChild(
    { initiatorCookie, messageId, keys }: Extract<Fact, { type: 'keys.child' }>,
    peerId: number,
  ): void {
    const cookie = toHex(initiatorCookie);
    const texts = keys.map(
      ({ spi, encryption, integrity, encryptionKey, integrityKey }) =>
        `${toHex(spi)} ${encryption} ${toHex(encryptionKey)} ${integrity} ${toHex(integrityKey)}`,
    );
    // What goes out at one end comes in at the other.
    this.#compare(`child ${cookie} ${messageId}`, peerId, texts.toSorted().join(' | '));
    const initiator = this.#initiators.get(cookie);
    for (const owner of [peerId, ...(initiator === undefined ? [] : [initiator])]) {
      if (this.#isOutsider(owner)) this.#violation(`a child SA for ${this.#nameOf(owner)}`);
    }
  }

  #compare(name: string, peerId: number, keys: string): void {
    const other = this.#reported.get(name);
    if (other === undefined) {
      this.#reported.set(name, { peerId, keys });
      return;
    }
    if (other.peerId === peerId) return;
    if (name.startsWith('child')) this.childrenCompared += 1;
    if (other.keys === keys || this.#isRogue(peerId) || this.#isRogue(other.peerId)) return;
    this.#violation(`${this.#nameOf(peerId)} and ${this.#nameOf(other.peerId)} have different keys: ${name}`);
  }

  #isOutsider(peerId: number): boolean {
    return this.#outsiders.has(this.#population.groupOf(peerId).name);
  }

  #isRogue(peerId: number): boolean {
    return this.#rogues.has(this.#population.groupOf(peerId).name);
  }

  #nameOf(peerId: number): string {
    return `${this.#population.groupOf(peerId).name}-${this.#population.indexInGroup(peerId) + 1}`;
  }

  #violation(text: string): void {
    this.violations.push(text);
  }
}

/** Runs a scenario of `clock: virtual` in this thread. */
export async function auditedRun(text: string, setup: AuditSetup): Promise<AuditedRun> {
  const loaded = parseScenario(text, 'random-faults.yaml', []);
  const scenario = { ...loaded.scenario, reportsAllKeys: true };
  const population = createPopulation(scenario);
  const audit = new Audit(population, setup);
  const startPool: StartPool = () => ({
    run: (task) => runShard(task, (fact, peerId, nowNs) => audit.hear(fact, peerId, nowNs)),
    close: async () => {},
  });
  const result = await runScenario({ ...loaded, scenario }, { workers: 1 }, startPool);
  const { outcomes, violations, childrenCompared, misdeeds } = audit;
  return { result, population, outcomes, violations, childrenCompared, misdeeds };
}
