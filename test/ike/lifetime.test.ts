import { describe, expect, it } from 'vitest';
import {
  IPSEC_LIFETIME,
  isShorterLifetime,
  lifetimeAttributes,
  readLifetime,
  shorterLifetime,
  UNLIMITED,
} from '../../src/ike/lifetime.ts';
import { readChildLifetime, readPhase1Lifetime } from '../../src/ike/v1/lifetime-notification.ts';
import { childLifetimeNotify, phase1LifetimeNotify } from '../../src/ike/v1/lifetime-notification.ts';
import { newSa } from '../harness/keyed-sa.ts';

const TYPE = 1;
const DURATION = 2;
const SECONDS = 1;
const KILOBYTES = 2;

describe('a lifetime as attributes', () => {
  it('has a type and a duration for each limit', () => {
    expect(lifetimeAttributes(IPSEC_LIFETIME, { seconds: 3600, kilobytes: 0x1_0000 })).toEqual([
      { type: TYPE, value: SECONDS },
      { type: DURATION, value: 3600 },
      { type: TYPE, value: KILOBYTES },
      { type: DURATION, value: Uint8Array.of(0, 1, 0, 0) },
    ]);
    expect(lifetimeAttributes(IPSEC_LIFETIME, UNLIMITED)).toEqual([]);
  });

  it('is read back, in either form of a number and with types first', () => {
    expect(
      readLifetime(IPSEC_LIFETIME, [
        { type: TYPE, value: KILOBYTES },
        { type: TYPE, value: SECONDS },
        { type: DURATION, value: Uint8Array.of(1, 0) },
        { type: DURATION, value: 60 },
      ]),
    ).toEqual({ seconds: 60, kilobytes: 256 });
  });

  it('of more octets than any duration needs is without limit', () => {
    const attributes = [
      { type: TYPE, value: SECONDS },
      { type: DURATION, value: new Uint8Array(9).fill(1) },
    ];
    expect(readLifetime(IPSEC_LIFETIME, attributes)).toEqual(UNLIMITED);
  });

  it('of nothing, or of no type, breaks the format', () => {
    expect(readLifetime(IPSEC_LIFETIME, [{ type: DURATION, value: 60 }])).toBeUndefined();
    const nothing = [
      { type: TYPE, value: SECONDS },
      { type: DURATION, value: 0 },
    ];
    expect(readLifetime(IPSEC_LIFETIME, nothing)).toBeUndefined();
  });
});

it('the shorter lifetime is that of each limit', () => {
  const a = { seconds: 60, kilobytes: 100 };
  const b = { seconds: 90, kilobytes: 50 };
  expect(shorterLifetime(a, b)).toEqual({ seconds: 60, kilobytes: 50 });
  expect([isShorterLifetime(a, b), isShorterLifetime(b, a), isShorterLifetime(a, a)]).toEqual([
    true,
    true,
    false,
  ]);
});

describe('RESPONDER-LIFETIME', () => {
  const sa = newSa();
  const spi = Uint8Array.of(1, 2, 3, 4);
  const lifetime = { seconds: 600, kilobytes: 4_608_000 };

  it('of a child SA has the numbers of phase 2 (RFC 2407 §4.6.3.1)', () => {
    const notify = childLifetimeNotify(spi, { seconds: 3600, kilobytes: Infinity });
    expect(notify).toMatchObject({ protocolId: 3, notifyType: 24_576, spi });
    expect([...notify.data]).toEqual([0x80, 1, 0, 1, 0x80, 2, 0x0e, 0x10]);
  });

  it('is read by who has that SA', () => {
    expect(readChildLifetime(spi, childLifetimeNotify(spi, lifetime))).toEqual(lifetime);
    expect(readPhase1Lifetime(sa, childLifetimeNotify(spi, lifetime))).toBeUndefined();
    expect(readChildLifetime(Uint8Array.of(9, 9, 9, 9), childLifetimeNotify(spi, lifetime))).toBeUndefined();
    const ofPhase1 = phase1LifetimeNotify({ ...sa, lifetime });
    expect(readPhase1Lifetime(sa, ofPhase1)).toEqual(lifetime);
    const ofAnother = { ...sa, initiatorCookie: new Uint8Array(8).fill(9) };
    expect(readPhase1Lifetime(ofAnother, ofPhase1)).toBeUndefined();
  });

  it('of phase 1 may have the numbers of phase 2', () => {
    const { data } = childLifetimeNotify(spi, lifetime);
    expect(readPhase1Lifetime(sa, { ...phase1LifetimeNotify(sa), data })).toEqual(lifetime);
  });

  it('that is cut or of another type tells nothing', () => {
    const notify = childLifetimeNotify(spi, lifetime);
    expect(readChildLifetime(spi, { ...notify, data: notify.data.subarray(0, 10) })).not.toEqual(lifetime);
    expect(readChildLifetime(spi, { ...notify, notifyType: 0x4000 })).toBeUndefined();
  });
});
