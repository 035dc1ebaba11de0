/** Keys of phase 1 for random inputs, computed by libreswan's `cavp` as well. */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNativeSuite } from '../../src/crypto/native.ts';
import { createNobleSuite } from '../../src/crypto/noble.ts';
import type { CryptoSuite, HashName } from '../../src/ike/suite.ts';
import {
  deriveSkeyidKeys,
  deriveSkeyidPreSharedKey,
  deriveSkeyidSignature,
} from '../../src/ike/v1/keymat.ts';
import { toHex } from '../../src/ike/wire/octets.ts';
import { libreswanProgram } from './libreswan.ts';

/** Of each authentication. */
const CASES = 100;
const KEY_LABELS = ['SKEYID', 'SKEYID_d', 'SKEYID_a', 'SKEYID_e'] as const;
const CAVP_HASHES = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const;
const SUITES: readonly (readonly [string, CryptoSuite])[] = [
  ['native', createNativeSuite()],
  ['noble', createNobleSuite()],
];

interface Case {
  readonly hash: keyof typeof CAVP_HASHES & HashName;
  readonly initiatorCookie: Uint8Array;
  readonly responderCookie: Uint8Array;
  readonly nonceI: Uint8Array;
  readonly nonceR: Uint8Array;
  readonly shared: Uint8Array;
  readonly preSharedKey: Uint8Array;
}

const octets = (minLength: number, maxLength = minLength): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength, size: 'max' });
const nonces = octets(8, 256);
const cases: fc.Arbitrary<Case> = fc.record({
  hash: fc.constantFrom('sha1', 'sha256', 'sha384', 'sha512'),
  initiatorCookie: octets(8),
  responderCookie: octets(8),
  nonceI: nonces,
  nonceR: nonces,
  // As long as values of groups 19, 20, 21, 1, 2, 5, 14 to 18 are.
  shared: fc.constantFrom(32, 48, 66, 96, 128, 192, 256, 384, 512, 768, 1024).chain((size) => octets(size)),
  // Longer, too, than the blocks of the hashes.
  preSharedKey: octets(1, 200),
});

/** What `cavp` computes: for each case the keys in the order of `KEY_LABELS`, in hex. */
function computeWithCavp(title: string, hasPreSharedKey: boolean, inputs: readonly Case[]): string[][] {
  const input = inputs.map((each) => {
    const [headers, values] = [
      [`[${CAVP_HASHES[each.hash]}]`],
      ['COUNT = 0', `CKY_I = ${toHex(each.initiatorCookie)}`, `CKY_R = ${toHex(each.responderCookie)}`],
    ];
    const add = (label: string, value: Uint8Array): void => {
      headers.push(`[${label} length = ${8 * value.length}]`);
      values.push(`${label} = ${toHex(value)}`);
    };
    add('Ni', each.nonceI);
    add('Nr', each.nonceR);
    add('g^xy', each.shared);
    if (hasPreSharedKey) add('pre-shared-key', each.preSharedKey);
    return [...headers, '', ...values, '', ''].join('\n');
  });
  const { stdout, stderr, status } = spawnSync(libreswanProgram('cavp'), ['-'], {
    input: `# "${title}" information\n${input.join('')}`,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`cavp ended with ${status}:\n${stderr}`);
  const keys = Array.from(stdout.matchAll(/^(SKEYID\w*) = ([0-9a-f]+)\r?$/gm), ([, label, hex]) => ({
    label,
    hex,
  }));
  expect(keys.map(({ label }) => label)).toEqual(inputs.flatMap(() => KEY_LABELS));
  return inputs.map((_, index) => keys.slice(4 * index, 4 * index + 4).map(({ hex = '' }) => hex));
}

describe.each([
  {
    authentication: 'pre-shared keys',
    title: 'IKE v1 Pre-shared Key Authentication',
    hasPreSharedKey: true,
  },
  {
    authentication: 'signatures',
    title: 'IKE v1 Digital Signature Authentication',
    hasPreSharedKey: false,
  },
])('SKEYID and its keys with $authentication', ({ title, hasPreSharedKey }) => {
  const seed = Number(process.env['IKESTORM_CAVP_SEED'] ?? randomInt(2 ** 31));

  it('are those of cavp', () => {
    console.log(`${title}: IKESTORM_CAVP_SEED=${seed}`);
    const inputs = fc.sample(cases, { seed, numRuns: CASES });
    const expected = computeWithCavp(title, hasPreSharedKey, inputs);
    for (const [name, suite] of SUITES) {
      const derived = inputs.map((each) => {
        const hash = suite.hash(each.hash);
        const { nonceI, nonceR, shared, initiatorCookie, responderCookie } = each;
        const skeyid = hasPreSharedKey
          ? deriveSkeyidPreSharedKey(hash, each.preSharedKey, nonceI, nonceR)
          : deriveSkeyidSignature(hash, shared, nonceI, nonceR);
        const cookies = { initiatorCookie, responderCookie };
        const keys = deriveSkeyidKeys(hash, { skeyid, shared, ...cookies, cipherKeyLength: 32 });
        return [keys.skeyid, keys.skeyidD, keys.skeyidA, keys.skeyidE].map(toHex);
      });
      expect(derived, `${name}, IKESTORM_CAVP_SEED=${seed}`).toEqual(expected);
    }
  });
});
