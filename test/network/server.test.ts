import { describe, expect, it } from 'vitest';
import { QueueingServer, type ServerModel } from '../../src/network/server.ts';
import { PositionedStream } from '../../src/random/positioned-stream.ts';
import { NS_PER_MS, NS_PER_S } from '../../src/peer/timer.ts';

const MODEL: ServerModel = {
  service: { type: 'constant', ns: 10 },
  capacity: 1,
  queueLimit: 1000,
  downTimes: [],
  slowTimes: [],
};

const server = (changes: Partial<ServerModel> = {}): QueueingServer =>
  new QueueingServer({ ...MODEL, ...changes }, 0, new PositionedStream(4, 'server'));

describe('a server', () => {
  it('works on as many at a time as it can, the others wait in order', () => {
    const one = server();
    expect([0, 0, 5, 40].map((nowNs) => one.ask(nowNs))).toEqual([10, 20, 30, 50]);
    const two = server({ capacity: 2 });
    expect([0, 0, 5, 5].map((nowNs) => two.ask(nowNs))).toEqual([10, 10, 20, 20]);
  });

  it('has a queue of so many, which drains', () => {
    const full = server({ queueLimit: 2 });
    expect([0, 0, 0, 0, 9, 10].map((nowNs) => full.ask(nowNs))).toEqual([
      ...[10, 20, 30],
      ...(['server-queue-full', 'server-queue-full'] as const),
      40,
    ]);
    expect(full.waitingAt(10)).toBe(2);
    expect(full.waitingAt(1000)).toBe(0);
  });

  it('is deaf while it is down, and slow while it is slow', () => {
    const troubled = server({
      downTimes: [{ startNs: 100, durationNs: 100 }],
      slowTimes: [{ when: { startNs: 300, durationNs: 100 }, factor: 2.5 }],
    });
    expect([99, 100, 199, 200, 300, 400].map((nowNs) => troubled.ask(nowNs))).toEqual([
      ...[109, 'server-down', 'server-down', 210],
      ...[325, 410],
    ]);
  });

  it('keeps customers waiting as long as theory says for random arrivals and fixed service (M/D/1)', () => {
    const load = 0.7;
    const serviceNs = NS_PER_MS;
    const steady = server({ service: { type: 'constant', ns: serviceNs }, queueLimit: Infinity });
    const arrivals = new PositionedStream(8, 'arrivals');
    const customers = 60_000;
    let [nowNs, waitedNs] = [0, 0];
    for (let customer = 0; customer < customers; customer++) {
      nowNs += Math.round((arrivals.seek(0, customer).exponentialUnit() * serviceNs) / load);
      waitedNs += (steady.ask(nowNs) as number) - nowNs - serviceNs;
    }
    // Pollaczek and Khinchine: load / (2 (1 - load)) service times.
    const expectedNs = (load / (2 * (1 - load))) * serviceNs;
    expect(Math.abs(waitedNs / customers / expectedNs - 1)).toBeLessThan(0.05);
  });

  it('and with several at the counter and exponential service (M/M/c)', () => {
    const places = 3;
    const load = 0.75;
    const service = { type: 'exponential', leastNs: 0, meanNs: NS_PER_MS } as const;
    const busy = server({ service, capacity: places, queueLimit: Infinity });
    const arrivals = new PositionedStream(9, 'arrivals');
    const customers = 60_000;
    let [nowNs, stayedNs] = [0, 0];
    for (let customer = 0; customer < customers; customer++) {
      nowNs += Math.round((arrivals.seek(0, customer).exponentialUnit() * NS_PER_MS) / (load * places));
      stayedNs += (busy.ask(nowNs) as number) - nowNs;
    }
    // Erlang's C for an offered load of 2.25 and three places.
    const offered = load * places;
    const allBusy = (offered * offered * offered) / 6 / (1 - load);
    const erlangC = allBusy / (1 + offered + (offered * offered) / 2 + allBusy);
    const expectedNs = NS_PER_MS + (erlangC * NS_PER_MS) / (places * (1 - load));
    expect(Math.abs(stayedNs / customers / expectedNs - 1)).toBeLessThan(0.05);
    expect(nowNs).toBeGreaterThan(NS_PER_S);
  });
});
