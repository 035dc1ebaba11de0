/**
 * Parameters of the MODP groups of IKEv1 (RFC 2409 §6.1 and §6.2, RFC 3526). The RFCs define each
 * prime by a formula over the digits of pi; it is computed here rather than listed, so that no
 * digit can be mistyped.
 */
import { KeyExchangeError } from '../ike/suite.ts';
import type { GroupNumber } from '../ike/suite.ts';
import { integerToOctets } from './integer.ts';

export interface ModpParameters {
  readonly group: GroupNumber;
  readonly prime: bigint;
  /** The prime in network order; its length is that of public values and shared secrets. */
  readonly primeOctets: Uint8Array;
  /** Octets of a private exponent. */
  readonly exponentLength: number;
}

/** The generator of every MODP group of IKE. */
export const MODP_GENERATOR = 2;

interface ModpDefinition {
  readonly bits: number;
  /** The constant k of the RFC's formula. */
  readonly addend: bigint;
  readonly exponentLength: number;
}

/*
 * An exponent needs twice the bits of the strength that the group can give, more is only slower.
 * RFC 3526 §8 estimates strengths of 110 bits (group 14), 130 (15) and 150 (16) at the lower end,
 * SP 800-56A asks for at least 224, 256 and 304 bits of exponent.
 */
const DEFINITIONS: Readonly<Record<GroupNumber, ModpDefinition>> = {
  1: { bits: 768, addend: 149_686n, exponentLength: 32 },
  2: { bits: 1024, addend: 129_093n, exponentLength: 32 },
  5: { bits: 1536, addend: 741_804n, exponentLength: 32 },
  14: { bits: 2048, addend: 124_476n, exponentLength: 32 },
  15: { bits: 3072, addend: 1_690_314n, exponentLength: 36 },
  16: { bits: 4096, addend: 240_904n, exponentLength: 40 },
};

/** The MODP groups that have parameters here. */
export const MODP_GROUPS: readonly GroupNumber[] = Object.keys(DEFINITIONS).map(Number);

/** arctan(1 / divisor) * 2^fractionBits, cut off; a little too small or large in the last bits. */
function arctanOfInverse(divisor: bigint, fractionBits: bigint): bigint {
  const square = divisor * divisor;
  let power = (1n << fractionBits) / divisor;
  let sum = 0n;
  let sign = 1n;
  for (let odd = 1n; power !== 0n; odd += 2n) {
    sum += (sign * power) / odd;
    power /= square;
    sign = -sign;
  }
  return sum;
}

/** floor(2^fractionBits * pi), by Machin's formula with guard bits that absorb the cut-off terms. */
function floorOfScaledPi(fractionBits: number): bigint {
  const guardBits = 64n;
  const bits = BigInt(fractionBits) + guardBits;
  const pi = 4n * (4n * arctanOfInverse(5n, bits) - arctanOfInverse(239n, bits));
  return pi >> guardBits;
}

/** 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) * pi) + addend). */
function primeOf({ bits, addend }: ModpDefinition): bigint {
  const n = BigInt(bits);
  return (1n << n) - (1n << (n - 64n)) - 1n + ((floorOfScaledPi(bits - 130) + addend) << 64n);
}

/**
 * Parameters of a MODP group; takes up to some milliseconds, so keep the result.
 * @throws RangeError for a number that is not in `MODP_GROUPS`.
 */
export function modpParameters(group: GroupNumber): ModpParameters {
  const definition = DEFINITIONS[group];
  if (definition === undefined) throw new RangeError(`group ${group} is not a known MODP group`);
  const prime = primeOf(definition);
  return {
    group,
    prime,
    primeOctets: integerToOctets(prime, definition.bits / 8),
    exponentLength: definition.exponentLength,
  };
}

/**
 * Makes a private exponent from random octets. The top bit is set: the exponent is then never 0
 * or 1, and every handshake costs the same.
 */
export function exponentFromSeed(seed: Uint8Array): Uint8Array {
  const exponent = Uint8Array.from(seed);
  exponent[0] = (exponent[0] ?? 0) | 0x80;
  return exponent;
}

/**
 * Refuses what is no usable public value: a wrong length, 0, 1, p - 1, p and above. There is no
 * test for the subgroup of squares: the primes are safe, so a value outside it tells one bit of
 * the exponent at most, and IKE implementations do not make that test either.
 * @throws KeyExchangeError
 */
export function checkModpPublicValue({ group, primeOctets }: ModpParameters, value: Uint8Array): void {
  const length = primeOctets.length;
  if (value.length !== length) {
    throw new KeyExchangeError(`group ${group}: public value has ${value.length} octets, not ${length}`);
  }
  const last = length - 1;
  let index = 0;
  while (index < last && value[index] === 0) index++;
  if (index === last && (value[last] ?? 0) <= 1) {
    throw new KeyExchangeError(`group ${group}: public value is 0 or 1`);
  }
  index = 0;
  while (index < last && value[index] === primeOctets[index]) index++;
  const difference = (primeOctets[index] ?? 0) - (value[index] ?? 0);
  if (difference < 0 || (index === last && difference <= 1)) {
    throw new KeyExchangeError(`group ${group}: public value is p - 1 or above`);
  }
}
