import { describe, expect, it } from 'vitest';
import { WorkLedger } from '../../src/cpu/work-ledger.ts';
import { CARD } from './card.ts';

describe('WorkLedger', () => {
  it('adds up calls and octets until they are taken', () => {
    const ledger = new WorkLedger({ card: CARD });
    const hmac = ledger.account('hmac:sha256');
    const parse = ledger.account('parse');
    hmac(50);
    hmac(10);
    parse(5);
    expect(ledger.takeNs()).toBe(2 * 300 + 2 * 60 + 10 + 5);
    expect(ledger.takeNs()).toBe(0);
    expect(ledger.uses.get('hmac:sha256')).toEqual({ calls: 2, octets: 60, outOfRange: 0 });
  });

  it('is as fast as it is said to be, in whole nanoseconds', () => {
    const ledger = new WorkLedger({ card: CARD, speed: 3 });
    ledger.account('event')(0);
    expect(ledger.takeNs()).toBe(333);
  });

  it('knows who waits for other servers', () => {
    const ledger = new WorkLedger({ card: CARD, blockingNs: { 'log-in': 7_000 } });
    ledger.wait('log-in');
    ledger.wait('event');
    expect(ledger.takeNs()).toBe(0);
    expect(ledger.takeBlockedNs()).toBe(7_000);
    expect(ledger.takeBlockedNs()).toBe(0);
  });

  it('counts what the card does not cover', () => {
    const ledger = new WorkLedger({ card: CARD });
    ledger.account('hmac:sha256')(101);
    expect(ledger.uses.get('hmac:sha256')?.outOfRange).toBe(1);
    ledger.account('agree:99')(0);
    expect([...ledger.unknown]).toEqual(['agree:99']);
    expect(ledger.takeNs()).toBe(502);
  });
});
