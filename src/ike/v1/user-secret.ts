/** What a user logs in with, and whether it is right. */
import type { CryptoSuite } from '../suite.ts';
import { equalOctets } from '../wire/octets.ts';
import { matchTotp, totp, type TotpSecret } from './totp.ts';

/** A password, a generator of one-time passwords, or both; a user with neither is never let in. */
export interface UserSecret {
  readonly password?: Uint8Array;
  readonly totp?: TotpSecret;
}

/** What came, or goes, in the attributes of XAUTH. */
export interface Credentials {
  readonly user: Uint8Array;
  readonly password?: Uint8Array;
  readonly passcode?: Uint8Array;
}

/** What a user types at a time, in milliseconds since 1970. */
export function credentialsAt(
  suite: CryptoSuite,
  user: Uint8Array,
  secret: UserSecret,
  nowMs: number,
): Credentials {
  return {
    user,
    ...(secret.password !== undefined && { password: secret.password }),
    ...(secret.totp !== undefined && { passcode: totp(suite, secret.totp, nowMs) }),
  };
}

/** Whether all that the secret wants was shown. A one-time password may come as password where none is wanted. */
export function isRight(suite: CryptoSuite, secret: UserSecret, shown: Credentials, nowMs: number): boolean {
  if (secret.password === undefined && secret.totp === undefined) return false;
  const password = shown.password ?? (secret.totp === undefined ? shown.passcode : undefined);
  if (secret.password !== undefined && !isSame(password, secret.password)) return false;
  if (secret.totp === undefined) return true;
  const code = shown.passcode ?? (secret.password === undefined ? shown.password : undefined);
  return code !== undefined && matchTotp(suite, secret.totp, code, nowMs) !== undefined;
}

function isSame(shown: Uint8Array | undefined, wanted: Uint8Array): boolean {
  return shown !== undefined && equalOctets(shown, wanted);
}
