import { describe, expect, it } from 'vitest';
import { findViolations } from '../../src/cpu/conservation.ts';
import { GatewayServer } from '../../src/cpu/gateway-server.ts';
import type { ServerPlan } from '../../src/cpu/gateway-server.ts';
import { drive } from './drive.ts';
import type { Job, JobPriority, JobWork } from '../../src/cpu/job.ts';

interface Task extends Partial<JobWork> {
  readonly name: string;
  readonly priority?: JobPriority;
  readonly key?: number;
}

/** A server that writes down when which task is taken up and done. */
function createDiary(plan: Partial<ServerPlan>) {
  const lines: string[] = [];
  const server = new GatewayServer<Task>({
    cores: 1,
    threads: 1,
    discipline: 'run-to-completion',
    queueLimit: 100,
    lockSegments: 0,
    ...plan,
  });
  const story = {
    begin({ payload: { name, cpuNs = 10, lockedNs = 0, blockedNs = 0 } }: Job<Task>, nowNs: number) {
      lines.push(`${nowNs} begin ${name}`);
      return { cpuNs, lockedNs, blockedNs };
    },
    end({ payload }: Job<Task>, nowNs: number) {
      lines.push(`${nowNs} end ${payload.name}`);
    },
  };
  const advance = (nowNs: number): void => drive(server, story, nowNs);
  const arrive = (nowNs: number, ...tasks: Task[]): boolean[] => {
    advance(nowNs);
    return tasks.map((payload) => {
      const { priority = 'low', key = -1 } = payload;
      const job: Job<Task> = { kind: 'main', priority, key, arrivedNs: nowNs, payload };
      const isIn = server.arrive(job, nowNs);
      advance(nowNs);
      return isIn;
    });
  };
  const ends = () => lines.filter((line) => line.includes('end'));
  return { server, arrive, advance, lines, ends };
}

describe('GatewayServer', () => {
  it('does one job after the other, in the order in which they came', () => {
    const { server, advance, arrive, lines } = createDiary({});
    arrive(0, { name: 'a' }, { name: 'b' });
    expect(server.queueLength).toBe(1);
    expect(server.nextDueNs()).toBe(10);
    advance(100);
    expect(lines).toEqual(['0 begin a', '10 end a', '10 begin b', '20 end b']);
    expect(server.nextDueNs()).toBeUndefined();
  });

  it('wakes a core that was idle, and none that is busy or was given back just now', () => {
    const { server, advance, arrive, ends } = createDiary({ threads: 2, wakeNs: 5 });
    arrive(0, { name: 'a' });
    arrive(12, { name: 'b' });
    arrive(25, { name: 'c' });
    arrive(100, { name: 'd' });
    advance(200);
    expect(ends()).toEqual(['15 end a', '25 end b', '35 end c', '115 end d']);
    expect(server.statistics).toMatchObject({ cpuSumNs: 50, overheadSumNs: 10, busyCoreNs: 50 });
    expect(findViolations(server, 200)).toEqual([]);
  });

  it('wakes each of several cores by itself', () => {
    const { advance, arrive, ends } = createDiary({ cores: 2, threads: 2, wakeNs: 5 });
    arrive(0, { name: 'a', cpuNs: 100 });
    arrive(50, { name: 'b' });
    advance(200);
    expect(ends()).toEqual(['65 end b', '105 end a']);
  });

  it('collects garbage in the job that comes to it', () => {
    const { server, advance, arrive, ends } = createDiary({ garbage: { everyNs: 25, pauseNs: 7 } });
    arrive(0, { name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }, { name: 'e', cpuNs: 60 });
    advance(200);
    expect(ends()).toEqual(['10 end a', '20 end b', '37 end c', '47 end d', '128 end e']);
    expect(server.statistics).toMatchObject({ cpuSumNs: 128, overheadSumNs: 28 });
    expect(findViolations(server, 200)).toEqual([]);
  });

  it('loses everything in a crash, and its books are right before and after', () => {
    const { server, advance, arrive, ends } = createDiary({
      threads: 3,
      discipline: 'processor-sharing',
      lockSegments: 1,
    });
    arrive(0, { name: 'a', cpuNs: 100, lockedNs: 10, key: 1 }, { name: 'b', cpuNs: 30, key: 1 });
    arrive(5, { name: 'c', cpuNs: 40, blockedNs: 500 }, { name: 'd' }, { name: 'e' });
    advance(120);
    expect(findViolations(server, 120)).toEqual([]);
    const before = server.statistics.completed;
    const lost = server.crash(120).map(({ payload }) => payload.name);
    expect(lost.length).toBeGreaterThan(1);
    expect(server.statistics).toMatchObject({ lostInCrash: lost.length, waiting: 0, inService: 0 });
    expect([server.queueLength, server.nextDueNs(), [...server.unfinishedJobs()]]).toEqual([
      0,
      undefined,
      [],
    ]);
    advance(1000);
    expect(server.statistics.completed).toBe(before);
    expect(findViolations(server, 1000)).toEqual([]);
    arrive(2000, { name: 'z', cpuNs: 50, lockedNs: 10, key: 1 });
    advance(3000);
    expect(ends().at(-1)).toBe('2050 end z');
    expect(findViolations(server, 3000)).toEqual([]);
  });

  it('takes the most urgent first, and interrupts nobody', () => {
    const { advance, arrive, ends } = createDiary({});
    arrive(
      0,
      { name: 'auth' },
      { name: 'auth2' },
      { name: 'quick', priority: 'medium' },
      { name: 'dpd', priority: 'high' },
    );
    advance(100);
    expect(ends()).toEqual(['10 end auth', '20 end dpd', '30 end quick', '40 end auth2']);
  });

  it('keeps a core free while a thread waits for another server, and the thread taken', () => {
    const { advance, arrive, ends } = createDiary({ threads: 2 });
    arrive(0, { name: 'radius', blockedNs: 50 }, { name: 'b' }, { name: 'c' });
    advance(1000);
    expect(ends()).toEqual(['20 end b', '30 end c', '60 end radius']);
    const { advance: advanceSingle, arrive: arriveSingle, ends: endsSingle } = createDiary({});
    arriveSingle(0, { name: 'radius', blockedNs: 50 }, { name: 'b' });
    advanceSingle(1000);
    expect(endsSingle()).toEqual(['60 end radius', '70 end b']);
  });

  it('lets jobs of one SA wait for each other with their threads held', () => {
    const { advance, arrive, lines } = createDiary({ cores: 4, threads: 3 });
    arrive(
      0,
      { name: 'a', key: 7 },
      { name: 'again', key: 7, cpuNs: 1 },
      { name: 'b', key: 8 },
      { name: 'c', key: 9 },
    );
    advance(100);
    expect(lines).toEqual([
      '0 begin a',
      '0 begin b',
      '10 end a',
      '10 begin again',
      '10 begin c',
      '10 end b',
      '11 end again',
      '20 end c',
    ]);
  });

  it('lets one thread at a time into a segment of the table', () => {
    const work = { cpuNs: 10, lockedNs: 4 };
    const { advance, arrive, ends } = createDiary({ cores: 4, threads: 4, lockSegments: 1 });
    arrive(0, { name: 'a', key: 1, ...work }, { name: 'b', key: 2, ...work }, { name: 'c', key: 3, ...work });
    advance(100);
    expect(ends()).toEqual(['10 end a', '14 end b', '18 end c']);
    const {
      advance: advanceParted,
      arrive: arriveParted,
      ends: endsParted,
    } = createDiary({ cores: 4, threads: 4, lockSegments: 2 });
    arriveParted(
      0,
      { name: 'a', key: 1, ...work },
      { name: 'b', key: 2, ...work },
      { name: 'c', key: 3, ...work },
    );
    advanceParted(100);
    expect(endsParted()).toEqual(['10 end a', '10 end b', '14 end c']);
  });

  it('keeps reserved threads for the classes that they are reserved for', () => {
    const { advance, arrive, ends } = createDiary({
      cores: 4,
      threads: 2,
      reservedThreads: { high: 1 },
    });
    arrive(0, { name: 'auth' }, { name: 'auth2' }, { name: 'dpd', priority: 'high' });
    advance(100);
    expect(ends()).toEqual(['10 end auth', '10 end dpd', '20 end auth2']);
  });

  it('drops what finds the queue full, and counts it', () => {
    const { server, advance, arrive } = createDiary({ queueLimit: 1 });
    expect(arrive(0, { name: 'a' }, { name: 'b' }, { name: 'c' })).toEqual([true, true, false]);
    advance(100);
    expect(server.statistics).toMatchObject({
      arrived: 3,
      completed: 2,
      droppedQueueFull: 1,
      waitingMaximum: 1,
    });
    expect(server.statistics).toMatchObject({
      waitSumNs: 10,
      waitMaximumNs: 10,
      sojournSumNs: 30,
      busyCoreNs: 20,
    });
  });

  it('shares cores among all threads that compute', () => {
    const { advance, arrive, ends } = createDiary({ threads: 3, discipline: 'processor-sharing' });
    arrive(0, { name: 'long', cpuNs: 30 }, { name: 'short', cpuNs: 3 });
    advance(100);
    expect(ends()).toEqual(['6 end short', '33 end long']);
  });

  it('needs no time for no work', () => {
    const { server, arrive, ends } = createDiary({});
    arrive(5, { name: 'nothing', cpuNs: 0 });
    expect(server.nextDueNs()).toBeUndefined();
    expect(ends()).toEqual(['5 end nothing']);
  });
});

describe('findViolations', () => {
  it('finds nothing at any moment of a busy server with all that it can do', () => {
    const plan = { cores: 2, threads: 4, lockSegments: 1, queueLimit: 3 };
    for (const discipline of ['run-to-completion', 'time-slices', 'processor-sharing'] as const) {
      const { server, advance, arrive } = createDiary({ ...plan, discipline, sliceNs: 4 });
      for (let step = 0; step < 200; step++) {
        arrive(step * 7, {
          name: 'x',
          key: step % 3,
          cpuNs: 5 + (step % 17),
          lockedNs: step % 5,
          blockedNs: (step % 4) * 9,
        });
        expect(findViolations(server, step * 7)).toEqual([]);
      }
      advance(10_000);
      expect(findViolations(server, 10_000)).toEqual([]);
      expect(server.statistics.droppedQueueFull).toBeGreaterThan(0);
    }
  });

  it.each([
    ['a lost job', 'arrived', 'jobs are not conserved'],
    ['time that nobody spent there', 'presentAreaNs', 'Little'],
    ['work that nobody did', 'busyCoreNs', 'utilisation law'],
  ] as const)('finds %s', (_, field, sentence) => {
    const { server, advance, arrive } = createDiary({});
    for (let step = 0; step < 100; step++) arrive(step * 20, { name: 'x' });
    advance(2000);
    server.statistics[field] += field === 'arrived' ? 1 : 10_000;
    expect(findViolations(server, 2000)).toEqual([expect.stringContaining(sentence)]);
  });
});
