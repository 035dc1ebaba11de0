import { describe, expect, it } from 'vitest';
import { createCryptoSuite } from '../../../src/crypto/registry.ts';
import { credentialsAt, isRight, type UserSecret } from '../../../src/ike/v1/user-secret.ts';
import { asciiOctets } from '../../../src/ike/wire/octets.ts';

const suite = createCryptoSuite('fastest');
const user = asciiOctets('alice');
const password = asciiOctets('wonderland');
const totp = {
  key: asciiOctets('12345678901234567890'),
  hash: 'sha1',
  digits: 6,
  periodS: 30,
  skewPeriods: 1,
} as const;
const nowMs = 1_700_000_000_000;

describe('what a user shows', () => {
  it.each<UserSecret>([{ password }, { totp }, { password, totp }])(
    'is right for its own secret',
    (secret) => {
      const shown = credentialsAt(suite, user, secret, nowMs);
      expect(isRight(suite, secret, shown, nowMs)).toBe(true);
      expect(isRight(suite, secret, shown, nowMs + 30_000)).toBe(true);
      expect(isRight(suite, secret, shown, nowMs + 90_000)).toBe(secret.totp === undefined);
    },
  );

  it('needs both factors where the secret has both', () => {
    const secret = { password, totp };
    const shown = credentialsAt(suite, user, secret, nowMs);
    expect(isRight(suite, secret, { ...shown, password: asciiOctets('other') }, nowMs)).toBe(false);
    expect(isRight(suite, secret, { ...shown, passcode: asciiOctets('000000') }, nowMs)).toBe(false);
    expect(isRight(suite, secret, { user, password }, nowMs)).toBe(false);
    expect(isRight(suite, secret, { user, passcode: shown.passcode ?? user }, nowMs)).toBe(false);
  });

  it('may come in the other attribute where the secret has one factor', () => {
    const { passcode = user } = credentialsAt(suite, user, { totp }, nowMs);
    expect(isRight(suite, { totp }, { user, password: passcode }, nowMs)).toBe(true);
    expect(isRight(suite, { password }, { user, passcode: password }, nowMs)).toBe(true);
  });

  it('is never right for a user without secret, nor when nothing is shown', () => {
    expect(isRight(suite, {}, { user, password }, nowMs)).toBe(false);
    expect(isRight(suite, { password }, { user }, nowMs)).toBe(false);
    expect(isRight(suite, { totp }, { user }, nowMs)).toBe(false);
  });
});
