import { describe, expect, it } from 'vitest';
import { GatewayComputer } from '../../src/cpu/gateway-computer.ts';
import type { GatewayComputerSetup } from '../../src/cpu/gateway-computer.ts';
import { WorkLedger } from '../../src/cpu/work-ledger.ts';
import type { Effect } from '../../src/peer/effect.ts';
import type { PeerEvent } from '../../src/peer/event.ts';
import { createTimer } from '../../src/peer/timer.ts';
import { CARD } from './card.ts';

const PRIORITIES = {
  main: 'low',
  aggressive: 'low',
  quick: 'medium',
  transaction: 'medium',
  informational: 'high',
  other: 'medium',
  timer: 'high',
  command: 'medium',
} as const;
const MAIN = 2;
const QUICK = 32;

interface Message {
  readonly cookie: number;
  readonly exchangeType?: number;
  readonly isFirst?: boolean;
  readonly address?: string;
  readonly length?: number;
}

function datagram({
  cookie,
  exchangeType = MAIN,
  isFirst = false,
  address = '10.0.0.1',
  length = 100,
}: Message) {
  const octets = new Uint8Array(length);
  octets[7] = cookie;
  octets[15] = isFirst ? 0 : 1;
  octets[18] = exchangeType;
  octets[0] = 1;
  const end = (text: string) => ({ address: text, port: 500, octets: Uint8Array.of(10, 0, 0, 1) });
  return {
    type: 'datagram.received',
    from: end(address),
    to: end('10.0.0.9'),
    octets,
  } as const satisfies PeerEvent;
}

function create(changes: Partial<GatewayComputerSetup> = {}) {
  const ledger = new WorkLedger({ card: CARD, blockingNs: { 'log-in': 5_000 } });
  const waits: number[] = [];
  const computer = new GatewayComputer({
    server: { cores: 1, threads: 1, discipline: 'run-to-completion', queueLimit: 10, lockSegments: 0 },
    priorities: PRIORITIES,
    admission: {},
    ledger,
    isPhase1Enough: false,
    owner: 0,
    halfOpenCountOf: () => 0,
    onWait: (waitNs) => waits.push(waitNs),
    ...changes,
  });
  return { computer, ledger, waits };
}

/** Takes all steps, answers each beginning with what `handle` says, and returns when handlings ended. */
function drain(computer: GatewayComputer, handle: (event: PeerEvent) => Effect[] = () => []): number[] {
  const ends: number[] = [];
  for (let dueNs = computer.nextDueNs(); dueNs !== undefined; dueNs = computer.nextDueNs()) {
    for (let step = computer.next(dueNs); step !== undefined; step = computer.next(dueNs)) {
      if (step.type === 'end') ends.push(dueNs);
      else computer.handled(handle(step.event), dueNs);
    }
  }
  return ends;
}

const SUCCESS: Effect = { type: 'record', fact: { type: 'responder.phase2.established' } };
const DROPPED: Effect = { type: 'record', fact: { type: 'dropped', reason: 'duplicate' } };

describe('GatewayComputer', () => {
  it('charges an event, receiving, parsing, looking up, sending and encoding', () => {
    const { computer, waits } = create();
    const { to, from, octets } = datagram({ cookie: 1 });
    expect(computer.offer(0, datagram({ cookie: 1 }), 0)).toBeUndefined();
    const answer: Effect = { type: 'send', from: to, to: from, octets, isRetransmission: false };
    const repeated: Effect = { ...answer, isRetransmission: true };
    expect(drain(computer, () => [answer, repeated])).toEqual([1000 + 100 + 110 + 50 + 200 + 120 + 200]);
    expect(waits).toEqual([0]);
  });

  it('charges what the peer charged while it handled the event, and what it waited for', () => {
    const { computer, ledger } = create();
    const hmac = ledger.account('hmac:sha256');
    const logIn = ledger.account('log-in');
    computer.offer(0, { type: 'timer.fired', timer: createTimer(0, 'dpd', undefined) }, 0);
    const ends = drain(computer, () => {
      hmac(10);
      logIn(0);
      ledger.wait('log-in');
      return [];
    });
    expect(ends).toEqual([1000 + 320 + 5 + 5_000]);
    expect(computer.report(10_000).statistics).toMatchObject({ cpuSumNs: 1325, blockedSumNs: 5000 });
  });

  it('knows by the first octets how urgent a message is', () => {
    const { computer } = create();
    const order: number[] = [];
    for (const exchangeType of [MAIN, MAIN, QUICK, 5])
      computer.offer(0, datagram({ cookie: order.length, exchangeType }), 0);
    drain(computer, (event) => {
      if (event.type === 'datagram.received') order.push(event.octets[18]!);
      return [];
    });
    expect(order).toEqual([MAIN, 5, QUICK, MAIN]);
  });

  it('drops what finds the queue full, but no timer of its own', () => {
    const { computer } = create({
      server: { cores: 1, threads: 1, discipline: 'run-to-completion', queueLimit: 1, lockSegments: 0 },
    });
    const results = [1, 2, 3].map((cookie) => computer.offer(0, datagram({ cookie }), 0));
    expect(results).toEqual([undefined, undefined, 'receive-queue-full']);
    expect(
      computer.offer(0, { type: 'timer.fired', timer: createTimer(0, 'dpd', undefined) }, 0),
    ).toBeUndefined();
    expect(drain(computer)).toHaveLength(3);
  });

  it('counts waiting first messages of an address as half open', () => {
    const halfOpen = new Map([['10.0.0.2', 2]]);
    const { computer } = create({
      admission: { perAddress: 2 },
      halfOpenCountOf: (_peer, address) => halfOpen.get(address) ?? 0,
    });
    const offer = (message: Message) => computer.offer(0, datagram(message), 0);
    expect(offer({ cookie: 1, isFirst: true })).toBeUndefined();
    // The first one has a thread at once, but nobody has looked at it yet.
    expect(offer({ cookie: 2, isFirst: true })).toBeUndefined();
    expect(offer({ cookie: 3, isFirst: true })).toBe('blocked-address');
    expect(offer({ cookie: 3, isFirst: false })).toBeUndefined();
    expect(offer({ cookie: 4, isFirst: true, address: '10.0.0.2' })).toBe('blocked-address');
    drain(computer);
    expect(offer({ cookie: 5, isFirst: true })).toBeUndefined();
    expect(computer.report(1e9).droppedBlocked).toBe(2);
  });

  it('lets no new negotiation in while too many jobs wait', () => {
    const { computer } = create({ admission: { jobLoad: 1 } });
    expect([1, 2, 3].map((cookie) => computer.offer(0, datagram({ cookie, isFirst: true }), 0))).toEqual([
      undefined,
      undefined,
      'job-load-limit',
    ]);
    expect(computer.offer(0, datagram({ cookie: 4 }), 0)).toBeUndefined();
    expect(computer.report(0).droppedJobLoad).toBe(1);
  });

  it('tells work that came to something from work that did not', () => {
    const { computer } = create();
    const job = 1000 + 100 + 110 + 50;
    for (const cookie of [1, 2, 1, 1, 3]) computer.offer(0, datagram({ cookie }), 0);
    let count = 0;
    drain(computer, () => {
      count++;
      if (count === 3) return [SUCCESS];
      return count === 5 ? [DROPPED] : [];
    });
    expect(computer.report(1e6).value).toEqual({
      usefulNs: 3 * job,
      unfinishedNs: job,
      droppedNs: job,
      otherNs: 0,
    });
  });

  it('breaks no law of conservation', () => {
    const { computer } = create();
    for (let step = 0; step < 50; step++) computer.offer(0, datagram({ cookie: step % 4 }), 0);
    drain(computer);
    expect(computer.report(1e6).violations).toEqual([]);
  });
});
