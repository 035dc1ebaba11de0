/** Certificates for tests, made by strongSwan's `pki` tool: another implementation than the one under test. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type KeyKind = 'rsa' | 'rsa-3072' | 'ecdsa-256' | 'ecdsa-384' | 'ecdsa-521';

/** Paths of two PEM files. */
export interface Credential {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface IssueOptions {
  /** The certificate was good for the year 2020 only. */
  readonly isExpired?: boolean;
}

const KEY_PARAMETERS: Readonly<Record<KeyKind, readonly string[]>> = {
  rsa: ['--type', 'rsa', '--size', '2048'],
  'rsa-3072': ['--type', 'rsa', '--size', '3072'],
  'ecdsa-256': ['--type', 'ecdsa', '--size', '256'],
  'ecdsa-384': ['--type', 'ecdsa', '--size', '384'],
  'ecdsa-521': ['--type', 'ecdsa', '--size', '521'],
};
const YEAR_2020 = ['--not-before', '01.01.20 00:00:00', '--not-after', '01.01.21 00:00:00'];
const SINCE_2020 = ['--not-before', '01.01.20 00:00:00', '--not-after', '01.01.35 00:00:00'];
const USAGES = ['serverAuth', 'clientAuth', 'ikeIntermediate'].flatMap((usage) => ['--flag', usage]);

/** A root authority; its files and those of what it issues lie in one folder. */
export class TestAuthority {
  /** Path of its certificate. */
  readonly certificate: string;
  readonly #kind: KeyKind;
  readonly #name: string;
  readonly #directory: string;
  readonly #privateKey: string;
  readonly #validity: readonly string[];

  /** `isLongstanding`: it and what it issues are good since 2020, also at the beginning of virtual time. */
  constructor(directory: string, kind: KeyKind, name: string, isLongstanding = false) {
    mkdirSync(directory, { recursive: true });
    this.#kind = kind;
    this.#validity = isLongstanding ? SINCE_2020 : [];
    this.#name = name;
    this.#directory = directory;
    this.#privateKey = this.#makeKey(name);
    this.certificate = join(directory, `${name}.pem`);
    const subject = ['--in', this.#privateKey, '--dn', `C=CH, O=Test, CN=${name}`];
    writeFileSync(this.certificate, pki(['--self', '--ca', '--type', 'priv', ...subject, ...this.#validity]));
  }

  /** A key and a certificate for the host name `identity`. */
  issue(identity: string, { isExpired = false }: IssueOptions = {}): Credential {
    const name = `${this.#name}-${identity}${isExpired ? '-expired' : ''}`;
    const privateKey = this.#makeKey(`${name}-key`);
    const certificate = join(this.#directory, `${name}.pem`);
    const issuer = ['--cacert', this.certificate, '--cakey', this.#privateKey];
    const subject = ['--dn', `C=CH, O=Test, CN=${identity}`, '--san', identity];
    const validity = isExpired ? YEAR_2020 : this.#validity;
    const key = ['--type', 'priv', '--in', privateKey];
    writeFileSync(certificate, pki(['--issue', ...key, ...issuer, ...subject, ...validity, ...USAGES]));
    return { certificate, privateKey };
  }

  #makeKey(name: string): string {
    const file = join(this.#directory, `${name}.key`);
    writeFileSync(file, pki(['--gen', ...KEY_PARAMETERS[this.#kind]]), { mode: 0o600 });
    return file;
  }
}

/** Runs the tool; what it makes, as PEM. */
function pki(parameters: readonly string[]): Buffer {
  return execFileSync('pki', [...parameters, '--outform', 'pem'], { stdio: ['ignore', 'pipe', 'ignore'] });
}
