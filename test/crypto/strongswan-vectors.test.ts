/** Diffie-Hellman values out of strongSwan's test vectors; read from $IKESTORM_VECTORS, not kept here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from './hex.ts';
import { SUITES } from './suites.ts';

interface Vector {
  readonly name: string;
  readonly method: string;
  /** Both private values: the initiator's in the first half. */
  readonly seed: string;
  readonly pub_i: string;
  readonly pub_r: string;
  readonly shared: string;
}

const GROUP_OF_METHOD: Readonly<Record<string, number>> = {
  MODP_768_BIT: 1,
  MODP_1024_BIT: 2,
  MODP_1536_BIT: 5,
  MODP_2048_BIT: 14,
  MODP_3072_BIT: 15,
  MODP_4096_BIT: 16,
  ECP_256_BIT: 19,
  ECP_384_BIT: 20,
  ECP_521_BIT: 21,
  CURVE_25519: 31,
};

const folder = join(process.env['IKESTORM_VECTORS'] ?? '', 'strongswan-test-vectors');
const available = process.env['IKESTORM_VECTORS'] !== undefined && existsSync(folder);

function readVectors(): [string, Vector][] {
  return ['modp.json', 'ecp.json', 'curve25519.json']
    .flatMap((file) => {
      const { vectors } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { vectors: Vector[] };
      return vectors;
    })
    .filter(({ method }) => method in GROUP_OF_METHOD)
    .map((vector) => [vector.name, vector]);
}

if (available) {
  const vectors = readVectors();

  it('cover every group', () => {
    expect(new Set(vectors.map(([, { method }]) => method)).size).toBe(Object.keys(GROUP_OF_METHOD).length);
  });

  describe.each(SUITES)('the suite %s on vectors of strongSwan', (_, suite) => {
    it.each(vectors)('agrees as %s', (_name, vector) => {
      const group = GROUP_OF_METHOD[vector.method] ?? 0;
      const exchange = suite.group(group);
      const half = vector.seed.length / 2;
      const sides = [
        [vector.seed.slice(0, half), vector.pub_i, vector.pub_r],
        [vector.seed.slice(half), vector.pub_r, vector.pub_i],
      ] as const;
      for (const [privateValue, ownPublic, peerPublic] of sides) {
        const secret = fromHex(privateValue);
        // X25519's seed is the private value; the others keep it as the pair's secret.
        const own = group === 31 ? exchange.generate(secret) : { publicValue: fromHex(ownPublic), secret };
        expect(toHex(own.publicValue)).toBe(ownPublic);
        expect(toHex(exchange.agree(own, fromHex(peerPublic)))).toBe(vector.shared);
        if (vector.method.startsWith('MODP')) {
          const generator = new Uint8Array(exchange.publicLength);
          generator[generator.length - 1] = 2;
          expect(toHex(exchange.agree(own, generator))).toBe(ownPublic);
        }
      }
    });
  });
} else {
  describe.skip('vectors of strongSwan (IKESTORM_VECTORS is unset or lacks strongswan-test-vectors)', () => {
    it('agrees as published', () => {});
  });
}
