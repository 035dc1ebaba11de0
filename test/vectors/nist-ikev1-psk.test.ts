import { expect, it } from 'vitest';
import { createNativeSuite } from '../../src/crypto/native.ts';
import { createNobleSuite } from '../../src/crypto/noble.ts';
import type { HashName } from '../../src/ike/suite.ts';
import {
  deriveSkeyidKeys,
  deriveSkeyidPreSharedKey,
  deriveSkeyidPublicKeyEncryption,
  deriveSkeyidSignature,
} from '../../src/ike/v1/keymat.ts';
import { fromHex, toHex } from '../../src/ike/wire/octets.ts';
import { describeVectors, readVectorText } from '../harness/vectors.ts';

/** One COUNT of a CAVS answer file with the headers of its group. */
interface Case {
  readonly name: string;
  readonly hash: HashName;
  readonly values: ReadonlyMap<string, string>;
}

const HASH_OF_HEADER: Readonly<Record<string, HashName>> = {
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
const SUITES = [
  ['native', createNativeSuite()],
  ['noble', createNobleSuite()],
] as const;

/** Header lines in brackets hold for all cases up to the next ones; `COUNT =` begins a case. */
function readCases(text: string): Case[] {
  const cases: Case[] = [];
  let headers: string[] = [];
  let isInHeaders = false;
  let values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header !== undefined) {
      headers = isInHeaders ? [...headers, header] : [header];
      isInHeaders = true;
      continue;
    }
    const [, key = '', value = ''] = /^(\S+) = (\S+)$/.exec(line) ?? [];
    if (key === '') continue;
    isInHeaders = false;
    if (key === 'COUNT') {
      const hash = headers.map((each) => HASH_OF_HEADER[each]).find((each) => each !== undefined);
      if (hash === undefined) throw new Error(`no hash among ${headers.join(', ')}`);
      values = new Map();
      cases.push({ name: `${headers.join(', ')}, ${value}`, hash, values });
    } else {
      values.set(key, value);
    }
  }
  return cases;
}

function valueOf({ name, values }: Case, key: string): Uint8Array {
  const value = values.get(key);
  if (value === undefined) throw new Error(`${name} has no ${key}`);
  return fromHex(value);
}

/** SKEYID as a file's method of authentication makes it. */
type SkeyidOf = (suite: (typeof SUITES)[number][1], vector: Case) => Uint8Array;

const preSharedKey: SkeyidOf = (suite, vector) =>
  deriveSkeyidPreSharedKey(
    suite.hash(vector.hash),
    valueOf(vector, 'pre-shared-key'),
    valueOf(vector, 'Ni'),
    valueOf(vector, 'Nr'),
  );

const signature: SkeyidOf = (suite, vector) =>
  deriveSkeyidSignature(
    suite.hash(vector.hash),
    valueOf(vector, 'g^xy'),
    valueOf(vector, 'Ni'),
    valueOf(vector, 'Nr'),
  );

const publicKeyEncryption: SkeyidOf = (suite, vector) =>
  deriveSkeyidPublicKeyEncryption(
    suite.hash(vector.hash),
    valueOf(vector, 'Ni'),
    valueOf(vector, 'Nr'),
    valueOf(vector, 'CKY_I'),
    valueOf(vector, 'CKY_R'),
  );

function expectSkeyids(vector: Case, skeyidOf: SkeyidOf): void {
  for (const [backend, suite] of SUITES) {
    const keys = deriveSkeyidKeys(suite.hash(vector.hash), {
      skeyid: skeyidOf(suite, vector),
      shared: valueOf(vector, 'g^xy'),
      initiatorCookie: valueOf(vector, 'CKY_I'),
      responderCookie: valueOf(vector, 'CKY_R'),
      cipherKeyLength: 16,
    });
    expect(
      {
        SKEYID: toHex(keys.skeyid),
        SKEYID_d: toHex(keys.skeyidD),
        SKEYID_a: toHex(keys.skeyidA),
        SKEYID_e: toHex(keys.skeyidE),
      },
      backend,
    ).toEqual(Object.fromEntries([...vector.values].filter(([key]) => key.startsWith('SKEYID'))));
  }
}

describeVectors('CAVS answers for pre-shared keys', () => {
  const cases = readCases(readVectorText('nist-cavp-ike-kdf/ikev1_psk.first3.fax'));

  it('are of every hash, and all read', () => {
    expect(new Set(cases.map(({ hash }) => hash))).toEqual(new Set(Object.values(HASH_OF_HEADER)));
    expect(cases).toHaveLength(51);
  });

  it.each(cases)('$name', (vector) => expectSkeyids(vector, preSharedKey));
});

describeVectors('CAVS answers for signatures', () => {
  const cases = readCases(readVectorText('nist-cavp-ike-kdf/ikev1_dsa.first3.fax'));

  it('are of every hash, and all read', () => {
    expect(new Set(cases.map(({ hash }) => hash))).toEqual(new Set(Object.values(HASH_OF_HEADER)));
    expect(cases).toHaveLength(51);
  });

  it.each(cases)('$name', (vector) => expectSkeyids(vector, signature));
});

/** Names of the JSON file, and those of the CAVS files for the same things. */
const CAVS_NAME = {
  ni: 'Ni',
  nr: 'Nr',
  gxy: 'g^xy',
  cky_i: 'CKY_I',
  cky_r: 'CKY_R',
  skeyid: 'SKEYID',
  skeyid_d: 'SKEYID_d',
  skeyid_a: 'SKEYID_a',
  skeyid_e: 'SKEYID_e',
} as const;

describeVectors('ACVP answers for public key encryption', () => {
  const { vectors } = JSON.parse(readVectorText('nist-cavp-ike-kdf/ikev1_pke.json')) as {
    vectors: ({ hash: HashName } & Record<keyof typeof CAVS_NAME, string>)[];
  };
  const cases = vectors.map((vector): Case => {
    const names = Object.keys(CAVS_NAME) as (keyof typeof CAVS_NAME)[];
    const values = new Map(names.map((name) => [CAVS_NAME[name], vector[name]]));
    return { name: vector.hash, hash: vector.hash, values };
  });

  it('are of three hashes', () => {
    expect(cases.map(({ hash }) => hash)).toEqual(['sha1', 'sha256', 'sha512']);
  });

  it.each(cases)('$name', (vector) => expectSkeyids(vector, publicKeyEncryption));
});
