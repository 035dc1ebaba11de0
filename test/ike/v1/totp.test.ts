import { describe, expect, it } from 'vitest';
import { createCryptoSuite } from '../../../src/crypto/registry.ts';
import { hotp, matchTotp, totp, totpPeriod, type TotpSecret } from '../../../src/ike/v1/totp.ts';
import { asciiOctets } from '../../../src/ike/wire/octets.ts';

const suite = createCryptoSuite('fastest');
const text = (octets: Uint8Array) => String.fromCharCode(...octets);

describe('HOTP', () => {
  it('has the values of RFC 4226 Appendix D', () => {
    const key = asciiOctets('12345678901234567890');
    const values = Array.from({ length: 10 }, (_, counter) =>
      text(hotp(suite.hash('sha1'), key, counter, 6)),
    );
    expect(values).toEqual([
      '755224',
      '287082',
      '359152',
      '969429',
      '338314',
      '254676',
      '287922',
      '162583',
      '399871',
      '520489',
    ]);
  });
});

describe('TOTP', () => {
  const seed = (length: number) => asciiOctets('1234567890'.repeat(7).slice(0, length));
  const keys = { sha1: seed(20), sha256: seed(32), sha512: seed(64) };
  const secretOf = (hash: TotpSecret['hash'], skewPeriods = 0): TotpSecret => ({
    key: keys[hash],
    hash,
    digits: 8,
    periodS: 30,
    skewPeriods,
  });

  it.each([
    [59, '94287082', '46119246', '90693936'],
    [1_111_111_109, '07081804', '68084774', '25091201'],
    [1_111_111_111, '14050471', '67062674', '99943326'],
    [1_234_567_890, '89005924', '91819424', '93441116'],
    [2_000_000_000, '69279037', '90698825', '38618901'],
    [20_000_000_000, '65353130', '77737706', '47863826'],
  ])('has the values of RFC 6238 Appendix B at %i s', (seconds, sha1, sha256, sha512) => {
    const codes = (['sha1', 'sha256', 'sha512'] as const).map((hash) =>
      text(totp(suite, secretOf(hash), seconds * 1000)),
    );
    expect(codes).toEqual([sha1, sha256, sha512]);
  });

  it('counts past 32 bits', () => {
    const key = keys.sha1;
    const low = hotp(suite.hash('sha1'), key, 7, 8);
    expect(hotp(suite.hash('sha1'), key, 0x1_0000_0007, 8)).not.toEqual(low);
  });

  it('changes with the period, at its first millisecond', () => {
    const secret = secretOf('sha256');
    expect(totpPeriod(secret, 59_999)).toBe(1);
    expect(totpPeriod(secret, 60_000)).toBe(2);
  });

  it('takes codes of neighbouring periods as far as the skew goes, and no others', () => {
    const secret = secretOf('sha1', 1);
    const nowMs = 1_000_000_000;
    const now = totpPeriod(secret, nowMs);
    const matches = [-2, -1, 0, 1, 2].map((distance) =>
      matchTotp(suite, secret, totp(suite, secret, nowMs + distance * 30_000), nowMs),
    );
    expect(matches).toEqual([undefined, now - 1, now, now + 1, undefined]);
  });

  it('takes no code of another length', () => {
    const secret = secretOf('sha1', 1);
    const code = totp(suite, secret, 0);
    expect(matchTotp(suite, secret, code.subarray(1), 0)).toBeUndefined();
    expect(matchTotp(suite, secret, new Uint8Array(0), 0)).toBeUndefined();
    expect(matchTotp(suite, secret, code, 0)).toBe(0);
  });
});
