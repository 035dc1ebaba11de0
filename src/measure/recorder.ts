/** Turns the facts of one worker's peers into counts and histograms, one set for each group of peers. */
import type { Fact } from '../peer/fact.ts';
import type { Ns } from '../peer/timer.ts';
import { LatencyHistogram } from './histogram.ts';
import type { LiveCounters } from './live-counters.ts';
import type { PingCounts } from './negotiation-counts.ts';
import { METERS, type Meter } from './meter.ts';
import { cloneSeries, countInSeries, createSeries } from './series.ts';
import { createGroupSnapshot, type GroupSnapshot, type RecorderSnapshot } from './snapshot.ts';

export interface RecorderSetup {
  /** Names of the scenario's groups; a group is meant by its index in this list. */
  readonly groups: readonly string[];
  /** A negotiation counts as measured when its planned start lies in [measureStartNs, measureEndNs). */
  readonly measureStartNs: Ns;
  readonly measureEndNs: Ns;
  /** Kept up to date with every fact, for the main thread to look at. */
  readonly live?: LiveCounters;
}

export interface Recorder {
  /** Takes one fact of a peer of `group`. Allocates nothing once a group has seen each kind of fact. */
  record(fact: Fact, group: number): void;
  /** A start was made `lagNs` after it was planned. */
  recordStart(lagNs: Ns, plannedNs: Ns, group: number): void;
  /** A planned start could not be made. */
  droppedStart(group: number, plannedNs: Ns): void;
  /** A number of the run changed at `timeNs`: how many peers are connected, or how many jobs wait. */
  changed(level: 'connected' | 'waiting', by: number, timeNs: Ns): void;
  /** What becomes of an initiator that failed or lost its tunnel at `begunNs`. */
  comeBack(what: 'begun' | 'tried' | 'back' | 'gave-up', group: number, begunNs: Ns, nowNs: Ns): void;
  /** Everything so far, independent of what comes later. */
  snapshot(): RecorderSnapshot;
}

interface GroupRecord {
  readonly counts: GroupSnapshot;
  readonly histograms: Partial<Record<Meter, LatencyHistogram>>;
}

export function createRecorder(setup: RecorderSetup): Recorder {
  return new FactRecorder(setup);
}

class FactRecorder implements Recorder {
  readonly #names: readonly string[];
  readonly #startNs: Ns;
  readonly #endNs: Ns;
  readonly #live: LiveCounters | undefined;
  /** Created at a group's first fact. */
  readonly #groups: (GroupRecord | undefined)[];
  readonly #series;

  constructor(setup: RecorderSetup) {
    this.#names = setup.groups;
    this.#startNs = setup.measureStartNs;
    this.#endNs = setup.measureEndNs;
    this.#live = setup.live;
    this.#groups = setup.groups.map(() => undefined);
    this.#series = createSeries(setup.measureStartNs);
  }

  record(fact: Fact, group: number): void {
    const record = this.#groupAt(group);
    switch (fact.type) {
      case 'negotiation.started':
        this.#started(record, fact);
        break;
      case 'negotiation.succeeded':
        this.#succeeded(record, fact);
        break;
      case 'negotiation.failed':
        this.#failed(record, fact);
        break;
      case 'round-trip':
        record.counts.answers += 1;
        this.#live?.answered();
        if (this.#isMeasured(fact.plannedNs)) measure(record, fact.name, fact.elapsedNs);
        break;
      case 'phase1.established':
        if (this.#isMeasured(fact.plannedNs)) measure(record, 'phase1', fact.elapsedNs);
        break;
      case 'phase2.established':
        if (this.#isMeasured(fact.plannedNs)) measure(record, 'phase2', fact.elapsedNs);
        break;
      case 'ping.sent':
        this.#countPing(record, 'sent', fact.plannedNs);
        break;
      case 'ping.answered':
        this.#countPing(record, 'answered', fact.plannedNs);
        record.counts.answers += 1;
        this.#live?.answered();
        if (this.#isMeasured(fact.plannedNs)) measure(record, 'ping', fact.elapsedNs);
        break;
      case 'ping.lost':
        this.#countPing(record, 'lost', fact.plannedNs);
        break;
      case 'first-packet':
        if (!this.#isMeasured(fact.plannedNs)) break;
        measure(record, 'first-packet', fact.elapsedNs);
        measure(record, 'first-packet-from-sa', fact.sinceSaNs);
        break;
      default:
        this.#countOther(record.counts, fact);
    }
  }

  recordStart(lagNs: Ns, plannedNs: Ns, group: number): void {
    const record = this.#groupAt(group);
    countInSeries(this.#series, 'planned', plannedNs);
    this.#live?.lagged(lagNs);
    if (this.#isMeasured(plannedNs)) measure(record, 'send-lag', lagNs);
  }

  droppedStart(group: number, plannedNs: Ns): void {
    const { counts } = this.#groupAt(group);
    const isMeasured = this.#isMeasured(plannedNs);
    countInSeries(this.#series, 'planned', plannedNs);
    counts.total.droppedStarts += 1;
    if (isMeasured) counts.window.droppedStarts += 1;
    this.#live?.droppedStart(isMeasured);
  }

  changed(level: 'connected' | 'waiting', by: number, timeNs: Ns): void {
    countInSeries(this.#series, level, timeNs, by);
  }

  comeBack(what: 'begun' | 'tried' | 'back' | 'gave-up', group: number, begunNs: Ns, nowNs: Ns): void {
    const record = this.#groupAt(group);
    const key = what === 'gave-up' ? 'gaveUp' : what;
    record.counts.comeBack[key] += 1;
    this.#live?.onTheWayBack(key);
    if (what === 'back' && this.#isMeasured(begunNs)) measure(record, 'come-back', nowNs - begunNs);
  }

  snapshot(): RecorderSnapshot {
    const groups: Record<string, GroupSnapshot> = {};
    for (const [index, name] of this.#names.entries()) {
      const record = this.#groups[index];
      if (!record) continue;
      const copy = structuredClone(record.counts);
      for (const meter of METERS) {
        const histogram = record.histograms[meter];
        if (histogram) copy.histograms[meter] = histogram.snapshot();
      }
      groups[name] = copy;
    }
    return {
      measureStartNs: this.#startNs,
      measureEndNs: this.#endNs,
      groups,
      series: cloneSeries(this.#series),
    };
  }

  #isMeasured(plannedNs: Ns): boolean {
    return plannedNs >= this.#startNs && plannedNs < this.#endNs;
  }

  #groupAt(group: number): GroupRecord {
    const known = this.#groups[group];
    if (known) return known;
    if (this.#names[group] === undefined) throw new RangeError(`there is no group number ${group}`);
    const created = { counts: createGroupSnapshot(), histograms: {} };
    this.#groups[group] = created;
    return created;
  }

  #started({ counts }: GroupRecord, fact: Fact & { type: 'negotiation.started' }): void {
    const isMeasured = this.#isMeasured(fact.plannedNs);
    counts.total.started += 1;
    if (isMeasured) {
      counts.window.started += 1;
      if (fact.plannedNs < counts.firstPlannedNs) counts.firstPlannedNs = fact.plannedNs;
    }
    countInSeries(this.#series, 'started', fact.startedNs);
    this.#live?.started(isMeasured);
  }

  #succeeded(record: GroupRecord, fact: Fact & { type: 'negotiation.succeeded' }): void {
    const { counts } = record;
    const isMeasured = this.#isMeasured(fact.plannedNs);
    const latencyNs = fact.finishedNs - fact.plannedNs;
    countSuccess(counts.total, fact.firstTry);
    if (this.#isMeasured(fact.finishedNs)) counts.finishedInWindow += 1;
    if (isMeasured) {
      countSuccess(counts.window, fact.firstTry);
      if (fact.finishedNs < counts.firstCompletionNs) counts.firstCompletionNs = fact.finishedNs;
      if (fact.finishedNs > counts.lastCompletionNs) counts.lastCompletionNs = fact.finishedNs;
      measure(record, 'latency', latencyNs);
      measure(record, 'latency-from-start', fact.finishedNs - fact.startedNs);
    }
    countInSeries(this.#series, 'succeeded', fact.finishedNs);
    this.#live?.succeeded(latencyNs, fact.firstTry, isMeasured);
  }

  #failed({ counts }: GroupRecord, fact: Fact & { type: 'negotiation.failed' }): void {
    const isMeasured = this.#isMeasured(fact.plannedNs);
    counts.total.failed += 1;
    counts.total.failures[fact.cause] += 1;
    if (isMeasured) {
      counts.window.failed += 1;
      counts.window.failures[fact.cause] += 1;
    }
    countInSeries(this.#series, 'failed', fact.finishedNs);
    this.#live?.failed(fact.cause, isMeasured);
  }

  #countPing({ counts }: GroupRecord, outcome: keyof PingCounts, plannedNs: Ns): void {
    const isMeasured = this.#isMeasured(plannedNs);
    counts.pings.total[outcome] += 1;
    if (isMeasured) counts.pings.window[outcome] += 1;
    this.#live?.pinged(outcome, isMeasured);
  }

  #countOther(counts: GroupSnapshot, fact: Fact): void {
    switch (fact.type) {
      case 'retransmitted':
        counts.retransmissions += 1;
        this.#live?.retransmitted();
        break;
      case 'dropped':
        counts.drops[fact.reason] += 1;
        this.#live?.dropped(fact.reason);
        break;
      case 'lifecycle':
        counts.lifecycle[fact.event] += 1;
        this.#live?.happened(fact.event);
        break;
      case 'misbehaved':
        counts.misdeeds[fact.rule] = (counts.misdeeds[fact.rule] ?? 0) + 1;
        break;
      case 'negotiation.closed':
        counts.closed += 1;
        if (fact.wasLost === true) counts.comeBack.tunnelsLost += 1;
        this.#live?.closed(fact.wasLost === true);
        break;
      case 'responder.phase1.established':
        counts.responder.phase1 += 1;
        this.#live?.responded('phase1');
        break;
      case 'responder.phase2.established':
        counts.responder.phase2 += 1;
        this.#live?.responded('phase2');
        break;
      case 'responder.echo':
        counts.responder.echoes += 1;
        this.#live?.responded('echoes');
        break;
      case 'responder.failed':
        counts.responder.failures[fact.cause] += 1;
        this.#live?.responderFailed(fact.cause);
        break;
      default:
      // Keys are for the key log, not for counting.
    }
  }
}

function countSuccess(counts: GroupSnapshot['window'], firstTry: boolean): void {
  counts.succeeded += 1;
  if (firstTry) counts.firstTry += 1;
  else counts.retried += 1;
}

function measure(record: GroupRecord, meter: Meter, valueNs: Ns): void {
  let histogram = record.histograms[meter];
  if (!histogram) record.histograms[meter] = histogram = new LatencyHistogram();
  histogram.record(valueNs);
}
