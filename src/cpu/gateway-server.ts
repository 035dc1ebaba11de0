/**
 * A gateway as threads on cores. A job waits in the queue of its class until a thread takes it; the
 * thread locks the SA, then the table of SAs for a moment, computes on a core, and may wait for another
 * server with its core free and itself held. Pure: driven by `arrive` and `next`, in whole nanoseconds.
 */
import type { Ns } from '../peer/timer.ts';
import { CoreOverhead } from './core-overhead.ts';
import type { GarbageCollection } from './core-overhead.ts';
import { createCoreShare } from './core-share.ts';
import type { CorePlan, CoreShare } from './core-share.ts';
import { JOB_PRIORITIES } from './job.ts';
import type { Job, JobPriority, JobWork } from './job.ts';
import { Fifo, JobQueue } from './job-queue.ts';
import { advanceAreas, createServerStatistics } from './server-statistics.ts';
import type { ServerStatistics } from './server-statistics.ts';

export interface ServerPlan extends CorePlan {
  /** Threads that take jobs; those that a daemon needs for itself are not among them. */
  readonly threads: number;
  /** Threads kept for jobs of a class or a more urgent one; absent: none. */
  readonly reservedThreads?: Readonly<Partial<Record<JobPriority, number>>>;
  /** Jobs that wait for a thread at most. */
  readonly queueLimit: number;
  /** Parts of the table of SAs that are locked one by one; 0: nobody waits for a lock of the table. */
  readonly lockSegments: number;
  /** What a core that was idle takes to begin, in which it does nothing else; absent: no time. */
  readonly wakeNs?: Ns;
  /** Absent: none. */
  readonly garbage?: GarbageCollection;
}

/** What happens next, in the order in which it happens. */
export interface ServerStep<Payload> {
  /**
   * `begin`: a thread has taken the job up and holds the SA; the answer is `begun`, before anything else.
   * `end`: the time for the work is over.
   */
  readonly type: 'begin' | 'end';
  readonly job: Job<Payload>;
}

type Phase = 'idle' | 'locked-out' | 'beginning' | 'segment-wait' | 'segment' | 'computing' | 'blocked';

interface Thread<Payload> {
  phase: Phase;
  job: Job<Payload> | undefined;
  work: JobWork;
  /** What the part of the work takes that a core is at, and what those before it took. */
  partNs: Ns;
  spentNs: Ns;
  takenNs: Ns;
  /** When a wait for another server is over. */
  untilNs: Ns;
}

const NO_WORK: JobWork = { cpuNs: 0, lockedNs: 0, blockedNs: 0 };

export class GatewayServer<Payload> {
  readonly statistics: ServerStatistics = createServerStatistics();
  readonly #plan: ServerPlan;
  #queue = new JobQueue<Payload>();
  readonly #threads: Thread<Payload>[];
  #cores: CoreShare;
  readonly #overhead: CoreOverhead;
  /** Threads that wait for an SA, by its key; one that is held by nobody has no entry. */
  readonly #lockedOut = new Map<number, Fifo<number>>();
  readonly #segmentQueues: readonly Fifo<number>[];
  readonly #segmentHolders: number[];
  #blockedUntilNs = Infinity;
  /** Threads that have taken up a job, or come to the end of one, and have not said so yet. */
  readonly #steps = new Fifo<number>();
  #beginning = NOBODY;

  constructor(plan: ServerPlan) {
    this.#plan = plan;
    this.#threads = Array.from({ length: plan.threads }, () => ({
      phase: 'idle',
      job: undefined,
      work: NO_WORK,
      partNs: 0,
      spentNs: 0,
      takenNs: 0,
      untilNs: Infinity,
    }));
    this.#cores = createCoreShare(plan);
    this.#overhead = new CoreOverhead(plan);
    this.#segmentQueues = Array.from({ length: plan.lockSegments }, () => new Fifo<number>());
    this.#segmentHolders = this.#segmentQueues.map(() => NOBODY);
  }

  /** Jobs that wait for a thread. */
  get queueLength(): number {
    return this.#queue.length;
  }

  /** Work on cores so far, of jobs that are not completed. */
  unfinishedCpuNs(nowNs: Ns): number {
    return this.#cores.unfinishedWorkNs(nowNs) + this.#threads.reduce((sum, { spentNs }) => sum + spentNs, 0);
  }

  /** Jobs that are there: those that wait, then those that have a thread. */
  *unfinishedJobs(): Generator<Job<Payload>> {
    yield* this.#queue;
    for (const { job } of this.#threads) if (job !== undefined) yield job;
  }

  /**
   * A job comes. Everything that was due before must have been taken by `next`.
   * @returns false when the queue is full, and the job with it gone.
   */
  arrive(job: Job<Payload>, nowNs: Ns): boolean {
    const { statistics } = this;
    advanceAreas(statistics, this.#cores.busyCores, nowNs);
    statistics.firstArrivalNs ??= nowNs;
    statistics.arrived++;
    statistics.kinds[job.kind].arrived++;
    // What a gateway's own timers ask for does not come through the queue of datagrams.
    const mayBeDropped = job.kind !== 'timer' && job.kind !== 'command';
    if (mayBeDropped && this.#queue.length >= this.#plan.queueLimit && !this.#canBegin(job.priority)) {
      statistics.droppedQueueFull++;
      return false;
    }
    this.#queue.push(job);
    statistics.waiting++;
    this.#takeJobs(nowNs);
    if (statistics.waiting > statistics.waitingMaximum) statistics.waitingMaximum = statistics.waiting;
    return true;
  }

  /** When `next` is due, if only to find that nothing has ended; undefined when all threads wait for jobs. */
  nextDueNs(): Ns | undefined {
    if (this.#steps.length > 0) return this.statistics.lastChangeNs;
    const endNs = this.#cores.nextEndNs();
    if (endNs === undefined) return this.#blockedUntilNs === Infinity ? undefined : this.#blockedUntilNs;
    return Math.min(endNs, this.#blockedUntilNs);
  }

  /** The next step that is due at `nowNs`, which is no earlier than any time before and no later than `nextDueNs()`. */
  next(nowNs: Ns): ServerStep<Payload> | undefined {
    advanceAreas(this.statistics, this.#cores.busyCores, nowNs);
    for (;;) {
      const thread = this.#steps.shift();
      if (thread !== undefined) return this.#report(thread, nowNs);
      if (!this.#goOn(nowNs)) return undefined;
    }
  }

  /** The machine stops: jobs that wait and jobs that have a thread are lost, and returned in that order. */
  crash(nowNs: Ns): Job<Payload>[] {
    const { statistics } = this;
    advanceAreas(statistics, this.#cores.busyCores, nowNs);
    const lost = [...this.unfinishedJobs()];
    statistics.lostInCrash += lost.length;
    for (const { arrivedNs } of lost) statistics.sojournSumNs += nowNs - arrivedNs;
    statistics.cpuSumNs += this.unfinishedCpuNs(nowNs);
    statistics.waiting = 0;
    statistics.inService = 0;
    this.#queue = new JobQueue<Payload>();
    this.#cores = createCoreShare(this.#plan);
    for (const thread of this.#threads) {
      Object.assign(thread, { phase: 'idle', job: undefined, work: NO_WORK, untilNs: Infinity });
      thread.partNs = thread.spentNs = 0;
    }
    this.#overhead.reset();
    this.#lockedOut.clear();
    for (const queue of this.#segmentQueues) while (queue.shift() !== undefined);
    this.#segmentHolders.fill(NOBODY);
    while (this.#steps.shift() !== undefined);
    this.#blockedUntilNs = Infinity;
    this.#beginning = NOBODY;
    return lost;
  }

  /** Carries the statistics on to `nowNs`; everything that was due before must have been taken by `next`. */
  settle(nowNs: Ns): void {
    advanceAreas(this.statistics, this.#cores.busyCores, nowNs);
  }

  /** What the job of the last `begin` turned out to be. */
  begun(work: JobWork, nowNs: Ns): void {
    const thread = this.#beginning;
    const state = this.#threads[thread]!;
    this.#beginning = NOBODY;
    state.work = work;
    state.phase = 'computing';
    if (this.#segmentQueues.length === 0 || work.lockedNs === 0) {
      return this.#compute(thread, work.cpuNs, nowNs);
    }
    const segment = this.#segmentOf(state.job!.key);
    if (this.#segmentHolders[segment] === NOBODY) return this.#enterSegment(thread, segment, nowNs);
    state.phase = 'segment-wait';
    this.#segmentQueues[segment]!.push(thread);
  }

  #report(thread: number, nowNs: Ns): ServerStep<Payload> {
    const job = this.#threads[thread]!.job!;
    if (this.#threads[thread]!.phase !== 'beginning') {
      this.#complete(thread, nowNs);
      return { type: 'end', job };
    }
    this.#beginning = thread;
    return { type: 'begin', job };
  }

  /** Lets one thing happen that is due; computing before waiting, where both end at once. False when nothing is. */
  #goOn(nowNs: Ns): boolean {
    const busyBefore = this.#cores.busyCores;
    const computed = this.#cores.popDone(nowNs);
    if (computed !== undefined) {
      const state = this.#threads[computed]!;
      state.spentNs += state.partNs;
      state.partNs = 0;
      if (this.#cores.busyCores < busyBefore) this.#overhead.freed(nowNs);
      if (state.phase === 'segment') this.#leaveSegment(computed, nowNs);
      else this.#block(computed, nowNs);
      return true;
    }
    if (this.#blockedUntilNs > nowNs) return false;
    const waited = this.#threads.findIndex(({ untilNs }) => untilNs <= nowNs);
    this.#threads[waited]!.untilNs = Infinity;
    this.#noteBlocked();
    this.#steps.push(waited);
    return true;
  }

  /** Gives jobs to threads as long as there are both, the most urgent first. */
  #takeJobs(nowNs: Ns): void {
    while (this.#queue.length > 0) {
      const thread = this.#threads.findIndex(({ phase }) => phase === 'idle');
      if (thread < 0) return;
      const job = this.#nextJob();
      if (job === undefined) return;
      this.#take(thread, job, nowNs);
    }
  }

  #nextJob(): Job<Payload> | undefined {
    for (const priority of JOB_PRIORITIES) {
      if (!this.#canBegin(priority)) return undefined;
      const job = this.#queue.shift(priority);
      if (job !== undefined) return job;
    }
    return undefined;
  }

  /** Whether a thread is free that is not kept for a more urgent class. */
  #canBegin(priority: JobPriority): boolean {
    const idle = this.#threads.length - this.statistics.inService;
    if (idle === 0) return false;
    const { reservedThreads } = this.#plan;
    if (reservedThreads === undefined) return true;
    let kept = 0;
    for (const urgent of JOB_PRIORITIES) {
      if (urgent === priority) break;
      const working = this.#threads.filter(({ job }) => job?.priority === urgent).length;
      kept += Math.max(0, (reservedThreads[urgent] ?? 0) - working);
    }
    return idle > kept;
  }

  #take(thread: number, job: Job<Payload>, nowNs: Ns): void {
    const { statistics } = this;
    const state = this.#threads[thread]!;
    const waitNs = nowNs - job.arrivedNs;
    statistics.waiting--;
    statistics.inService++;
    statistics.waitSumNs += waitNs;
    if (waitNs > statistics.waitMaximumNs) statistics.waitMaximumNs = waitNs;
    state.job = job;
    state.takenNs = nowNs;
    if (job.key < 0) return this.#begin(thread);
    const others = this.#lockedOut.get(job.key);
    if (others === undefined) {
      this.#lockedOut.set(job.key, new Fifo());
      return this.#begin(thread);
    }
    state.phase = 'locked-out';
    others.push(thread);
  }

  #begin(thread: number): void {
    this.#threads[thread]!.phase = 'beginning';
    this.#steps.push(thread);
  }

  #enterSegment(thread: number, segment: number, nowNs: Ns): void {
    const state = this.#threads[thread]!;
    this.#segmentHolders[segment] = thread;
    state.phase = 'segment';
    this.#compute(thread, state.work.lockedNs, nowNs);
  }

  #leaveSegment(thread: number, nowNs: Ns): void {
    const state = this.#threads[thread]!;
    const segment = this.#segmentOf(state.job!.key);
    this.#segmentHolders[segment] = NOBODY;
    state.phase = 'computing';
    this.#compute(thread, state.work.cpuNs - state.work.lockedNs, nowNs);
    const next = this.#segmentQueues[segment]!.shift();
    if (next !== undefined) this.#enterSegment(next, segment, nowNs);
  }

  /** Work begins on a core, or in line for one. */
  #compute(thread: number, workNs: Ns, nowNs: Ns): void {
    const isIdle = this.#cores.busyCores < this.#plan.cores;
    const partNs = workNs + this.#overhead.take(workNs, isIdle, nowNs);
    this.#threads[thread]!.partNs = partNs;
    this.#cores.begin(thread, partNs, nowNs);
  }

  #block(thread: number, nowNs: Ns): void {
    const state = this.#threads[thread]!;
    state.phase = 'blocked';
    if (state.work.blockedNs === 0) {
      this.#steps.push(thread);
      return;
    }
    state.untilNs = nowNs + state.work.blockedNs;
    this.#noteBlocked();
  }

  #complete(thread: number, nowNs: Ns): void {
    const { statistics } = this;
    const state = this.#threads[thread]!;
    const { work, takenNs, spentNs } = state;
    const job = state.job!;
    statistics.inService--;
    statistics.completed++;
    statistics.sojournSumNs += nowNs - job.arrivedNs;
    statistics.heldSumNs += nowNs - takenNs;
    statistics.cpuSumNs += spentNs;
    statistics.overheadSumNs += spentNs - work.cpuNs;
    statistics.blockedSumNs += work.blockedNs;
    const kind = statistics.kinds[job.kind];
    kind.completed++;
    kind.cpuNs += spentNs;
    state.phase = 'idle';
    state.job = undefined;
    state.spentNs = 0;
    if (job.key >= 0) this.#unlock(job.key);
    this.#takeJobs(nowNs);
  }

  #unlock(key: number): void {
    const next = this.#lockedOut.get(key)?.shift();
    if (next === undefined) this.#lockedOut.delete(key);
    else this.#begin(next);
  }

  #segmentOf(key: number): number {
    return key < 0 ? 0 : key % this.#segmentQueues.length;
  }

  #noteBlocked(): void {
    this.#blockedUntilNs = this.#threads.reduce((least, { untilNs }) => Math.min(least, untilNs), Infinity);
  }
}

const NOBODY = -1;
