/** One-time passwords: by counter (HOTP, RFC 4226) and by time (TOTP, RFC 6238). */
import type { CryptoSuite, HashFunction } from '../suite.ts';
import { equalOctets, uint32At } from '../wire/octets.ts';

export interface TotpSecret {
  readonly key: Uint8Array;
  readonly hash: 'sha1' | 'sha256' | 'sha512';
  /** 6 to 8. */
  readonly digits: number;
  /** How long a code lasts; 30 as a rule. */
  readonly periodS: number;
  /** Codes of that many periods before and after are taken too (RFC 6238 §5.2). */
  readonly skewPeriods: number;
}

const COUNTER_LENGTH = 8;
const TWO_32 = 0x1_0000_0000;
const MS_PER_S = 1000;
const ASCII_ZERO = 0x30;

/** The code of a counter (RFC 4226 §5.3), `digits` ASCII digits. The counter is a whole number below 2^53. */
export function hotp(hash: HashFunction, key: Uint8Array, counter: number, digits: number): Uint8Array {
  const message = new Uint8Array(COUNTER_LENGTH);
  const view = new DataView(message.buffer);
  view.setUint32(0, Math.floor(counter / TWO_32));
  view.setUint32(4, counter % TWO_32);
  const mac = hash.hmac(key, message);
  const offset = (mac[mac.length - 1] as number) & 0x0f;
  let rest = uint32At(mac, offset) & 0x7fff_ffff;
  const code = new Uint8Array(digits);
  for (let i = digits - 1; i >= 0; i--) {
    code[i] = ASCII_ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return code;
}

/** Number of the period that a time lies in, counted from 1970 (RFC 6238 §4.2). */
export function totpPeriod(secret: TotpSecret, nowMs: number): number {
  return Math.floor(nowMs / MS_PER_S / secret.periodS);
}

/** The code of a time, in milliseconds since 1970. */
export function totp(suite: CryptoSuite, secret: TotpSecret, nowMs: number): Uint8Array {
  return hotp(suite.hash(secret.hash), secret.key, totpPeriod(secret, nowMs), secret.digits);
}

/** The period whose code this is, of those that the skew allows; undefined: of none. */
export function matchTotp(
  suite: CryptoSuite,
  secret: TotpSecret,
  code: Uint8Array,
  nowMs: number,
): number | undefined {
  const hash = suite.hash(secret.hash);
  const now = totpPeriod(secret, nowMs);
  for (let period = Math.max(0, now - secret.skewPeriods); period <= now + secret.skewPeriods; period++) {
    if (equalOctets(code, hotp(hash, secret.key, period, secret.digits))) return period;
  }
  return undefined;
}
