import { fc, test } from '@fast-check/vitest';
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  deriveStaticKeys,
  pairOfStaticSpi,
  STATIC_PAIRS_MAXIMUM,
  staticSpi,
} from '../../../src/ike/esp/static-keys.ts';
import { createManualEspSa } from '../../../src/ike/esp/manual-sa.ts';
import { encryptionKeyLength, integrityKeyLength } from '../../../src/ike/transform.ts';
import { asciiOctets, toHex } from '../../../src/ike/wire/octets.ts';
import { AES_SHA256, suite, TRANSFORMS, titleOf } from './sa-pair.ts';

const secret = asciiOctets('of the pair');

describe('SPIs of static SAs', () => {
  test.prop([
    fc.nat({ max: STATIC_PAIRS_MAXIMUM }),
    fc.nat({ max: 10_000 }),
    fc.constantFrom('out', 'back' as const),
  ])('have 32 bits, are not reserved, and name their pair', (pair, generation, direction) => {
    const spi = staticSpi({ pair, generation, direction });
    expect(spi).toBeGreaterThanOrEqual(256);
    expect(spi).toBeLessThan(2 ** 32);
    expect(pairOfStaticSpi(spi)).toBe(pair);
  });

  it('differ by direction and by generation', () => {
    const spis = (['out', 'back'] as const).flatMap((direction) =>
      [0, 1, 127].map((generation) => staticSpi({ pair: 5, generation, direction })),
    );
    expect(new Set(spis).size).toBe(6);
    expect(() => staticSpi({ pair: STATIC_PAIRS_MAXIMUM + 1, generation: 0, direction: 'out' })).toThrow(
      RangeError,
    );
  });
});

describe('keys of static SAs', () => {
  it('are HMACs of the secret, one block after the other', () => {
    const name = { pair: 1, generation: 3, direction: 'out' } as const;
    const keys = deriveStaticKeys(suite, secret, name, AES_SHA256);
    const tail = Buffer.from(`${Buffer.from('ikestorm static SA').toString('hex')}0000020600000003`, 'hex');
    const block = (before: Buffer, n: number) =>
      createHmac('sha256', secret)
        .update(Buffer.concat([before, tail, Buffer.of(n)]))
        .digest();
    const first = block(Buffer.alloc(0), 1);
    const material = Buffer.concat([first, block(first, 2)]).toString('hex');
    expect(toHex(keys.spi)).toBe('00000206');
    expect(toHex(keys.encryptionKey)).toBe(material.slice(0, 32));
    expect(toHex(keys.integrityKey)).toBe(material.slice(32, 96));
  });

  it.each(
    TRANSFORMS.filter(({ encryption }) => encryption !== 'aes-gcm16').map(
      (each) => [titleOf(each), each] as const,
    ),
  )('have the lengths of %s', (_, transform) => {
    const keys = deriveStaticKeys(suite, secret, { pair: 0, generation: 0, direction: 'back' }, transform);
    expect(keys.encryptionKey).toHaveLength(encryptionKeyLength(transform));
    expect(keys.integrityKey).toHaveLength(integrityKeyLength(transform));
    expect(() => createManualEspSa(suite, { keys, transform })).not.toThrow();
  });
});
