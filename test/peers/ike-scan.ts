/** ike-scan and psk-crack, run against an ikestorm responder. */
import { readFileSync } from 'node:fs';
import type { NetworkNamespace } from './namespace.ts';

/** Numbers of RFC 2409 Appendix A: attribute 1 cipher, 14 key bits, 2 hash, 3 authentication, 4 group. */
export interface ScanTransform {
  readonly cipher: number;
  readonly keyBits?: number;
  readonly hash: number;
  readonly authentication: number;
  readonly group: number;
}

export interface ScanOptions {
  readonly address: string;
  readonly port: number;
  readonly transform: ScanTransform;
  /** Aggressive mode with this FQDN as identity; absent: main mode. */
  readonly aggressiveIdentity?: string;
  /** Where to write what psk-crack needs (aggressive mode). */
  readonly pskCrackFile?: string;
}

export interface ScanAnswer {
  /** The line about the address, verbatim. */
  readonly line: string;
  readonly handshake: 'Main Mode' | 'Aggressive Mode' | undefined;
  /** `Enc=AES KeyLength=128 Hash=SHA1 ...` as ike-scan prints the chosen transform. */
  readonly transform: string | undefined;
  /** Number and name of a notification: `14 (NO-PROPOSAL-CHOSEN)`. */
  readonly notification: string | undefined;
}

/** Sends one request and reads the answer. */
export async function scan(namespace: NetworkNamespace, options: ScanOptions): Promise<ScanAnswer> {
  const { address, port, transform, aggressiveIdentity, pskCrackFile } = options;
  const { cipher, keyBits, hash, authentication, group } = transform;
  const attributes = [
    `1=${cipher}`,
    ...(keyBits === undefined ? [] : [`14=${keyBits}`]),
    `2=${hash}`,
    `3=${authentication}`,
    `4=${group}`,
  ];
  const { stdout, stderr } = await namespace.run('ike-scan', [
    '--sport=0',
    '--retry=1',
    '--timeout=2000',
    `--dport=${port}`,
    `--trans=(${attributes.join(',')})`,
    ...(aggressiveIdentity === undefined
      ? []
      : ['--aggressive', `--id=${aggressiveIdentity}`, '--idtype=2', `--dhgroup=${group}`]),
    ...(pskCrackFile === undefined ? [] : [`--pskcrack=${pskCrackFile}`]),
    address,
  ]);
  const line = stdout.split('\n').find((text) => text.startsWith(`${address}\t`)) ?? `${stdout}${stderr}`;
  const handshake = /(Main Mode|Aggressive Mode) Handshake returned/.exec(line)?.[1];
  return {
    line,
    handshake: handshake === 'Main Mode' || handshake === 'Aggressive Mode' ? handshake : undefined,
    transform: /SA=\(([^)]*)\)/.exec(line)?.[1],
    notification: /Notify message (\d+ \([^)]*\))/.exec(line)?.[1],
  };
}

/** How a responder repeats its first answer when nothing follows. */
export interface Backoff {
  /** Seconds since the answer before, 0 for the first. */
  readonly delaysS: readonly number[];
  /** What ike-scan takes it for, by its ike-backoff-patterns; undefined when it knows nobody like that. */
  readonly implementation: string | undefined;
  /** All that it printed. */
  readonly output: string;
}

export interface BackoffOptions {
  readonly address: string;
  readonly port: number;
  /** Aggressive mode with this FQDN as identity; absent: main mode. */
  readonly aggressiveIdentity?: string;
  /** How long nothing must come for the end of listening. */
  readonly waitS: number;
}

/** Sends one message 1 with ike-scan's own proposals, 3DES with group 2 among them, and listens. */
export async function scanBackoff(
  namespace: NetworkNamespace,
  { address, port, aggressiveIdentity, waitS }: BackoffOptions,
): Promise<Backoff> {
  const { stdout, stderr } = await namespace.run('ike-scan', [
    '--sport=0',
    '--retry=1',
    `--dport=${port}`,
    `--showbackoff=${waitS}`,
    ...(aggressiveIdentity === undefined ? [] : ['--aggressive', `--id=${aggressiveIdentity}`, '--idtype=2']),
    address,
  ]);
  const quoted = address.replaceAll('.', '\\.');
  const answers = stdout.matchAll(new RegExp(`^${quoted}\\t\\d+\\t[\\d.]+\\t([\\d.]+)$`, 'gm'));
  const guess = new RegExp(`^${quoted}\\tImplementation guess: (.+)$`, 'm').exec(stdout)?.[1];
  return {
    delaysS: [...answers].map(([, delay]) => Number(delay)),
    implementation: guess === 'UNKNOWN' ? undefined : guess,
    output: `${stdout}${stderr}`,
  };
}

/** The key that psk-crack finds among `candidates` for the exchange that ike-scan wrote to `file`. */
export async function crack(
  namespace: NetworkNamespace,
  file: string,
  dictionaryFile: string,
): Promise<string | undefined> {
  if (readFileSync(file, 'utf8').trim() === '') throw new Error('ike-scan saw no aggressive mode answer');
  const { stdout } = await namespace.run('psk-crack', ['-d', dictionaryFile, file]);
  return /key "([^"]*)" matches/.exec(stdout)?.[1];
}
