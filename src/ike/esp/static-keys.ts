/**
 * Keys that people would have written down at both ends, made from one secret of the pair, so that a
 * scenario needs no more than that. Each change of keys is a generation with SPIs of its own.
 *
 * ```text
 * SPI      number of the pair + 1 (24 bits) | generation modulo 128 (7 bits) | direction (1 bit)
 * keys     K1 | K2 | ..., K(n) = HMAC-SHA-256(secret, K(n-1) | label | SPI | generation (4) | n (1))
 *          first the encryption key, then the integrity key (as RFC 2409 §5.5 cuts KEYMAT)
 * ```
 */
import { encryptionKeyLength, integrityKeyLength, type EspTransform } from '../transform.ts';
import type { CryptoSuite } from '../suite.ts';
import type { EspKeys } from '../v1/child-sa.ts';
import { asciiOctets, concatOctets, uint32Octets } from '../wire/octets.ts';

const LABEL = asciiOctets('ikestorm static SA');
/** Of one pair, over all generations and both directions. */
export const STATIC_SPIS_PER_PAIR = 0x100;
const PAIR_UNIT = STATIC_SPIS_PER_PAIR;
const GENERATION_UNIT = 2;
const GENERATIONS = 0x80;
/** Pairs that have SPIs; none is below 256, which are reserved (RFC 4303 §2.1). */
export const STATIC_PAIRS_MAXIMUM = 0xff_fffe;

/** From the initiator of the pair, or towards it. */
export type StaticDirection = 'out' | 'back';

export interface StaticSaName {
  /** Number of the pair. */
  readonly pair: number;
  /** How often the keys were changed before. */
  readonly generation: number;
  readonly direction: StaticDirection;
}

/** @throws RangeError for a pair above the maximum. */
export function staticSpi({ pair, generation, direction }: StaticSaName): number {
  if (pair > STATIC_PAIRS_MAXIMUM) throw new RangeError(`there is no SPI for pair ${pair}`);
  const bit = direction === 'out' ? 0 : 1;
  return (pair + 1) * PAIR_UNIT + (generation % GENERATIONS) * GENERATION_UNIT + bit;
}

/** The pair that an SPI is of, if it is one of `staticSpi`; -1 for a reserved one. */
export function pairOfStaticSpi(spi: number): number {
  return Math.floor(spi / PAIR_UNIT) - 1;
}

/** SPI and keys of one direction of a pair. */
export function deriveStaticKeys(
  suite: CryptoSuite,
  secret: Uint8Array,
  name: StaticSaName,
  transform: EspTransform,
): EspKeys {
  const spi = uint32Octets(staticSpi(name));
  const encryptionLength = encryptionKeyLength(transform);
  const length = encryptionLength + integrityKeyLength(transform);
  const hash = suite.hash('sha256');
  let block: Uint8Array = new Uint8Array(0);
  let material: Uint8Array = block;
  for (let n = 1; material.length < length; n++) {
    const input = concatOctets(block, LABEL, spi, uint32Octets(name.generation), Uint8Array.of(n));
    block = hash.hmac(secret, input);
    material = concatOctets(material, block);
  }
  return {
    spi,
    encryptionKey: material.slice(0, encryptionLength),
    integrityKey: material.slice(encryptionLength, length),
  };
}
