/**
 * Diffie-Hellman in a group so small that it costs next to nothing, with values as long as those of
 * the group that it stands for. Both ends come to the same secret, and a third with a pair of its own
 * does not; that a secret cannot be found from public values is not so here.
 */
import { OctetSlab } from '../../ike/octet-slab.ts';
import { KeyExchangeError } from '../../ike/suite.ts';
import type { GroupNumber, KeyExchange, KeyPair } from '../../ike/suite.ts';
import { Mixer } from './mixing.ts';

/** A safe prime below 2^26, so that a product fits into a double; 2 generates all of its group. */
const PRIME = 67_108_187;
const GENERATOR = 2;
const SEED_LENGTH = 4;
/** Octets of the element at the beginning of a public value; what follows is made from it. */
const ELEMENT_LENGTH = 4;
const VALUE_PURPOSE = 0x31;
const SECRET_PURPOSE = 0x32;
/** Values go into messages and keys, and are forgotten when these are made. */
const slab = new OctetSlab();

/** Octets of public values and shared secrets: MODP both the prime's, ECP x|y and x, X25519 32 each. */
const LENGTHS: Readonly<Record<GroupNumber, readonly [publicLength: number, sharedLength: number]>> = {
  1: [96, 96],
  2: [128, 128],
  5: [192, 192],
  14: [256, 256],
  15: [384, 384],
  16: [512, 512],
  19: [64, 32],
  20: [96, 48],
  21: [132, 66],
  31: [32, 32],
};

/** @throws RangeError for a group that no backend offers. */
export function createModelledKeyExchange(group: GroupNumber): KeyExchange {
  const lengths = LENGTHS[group];
  if (lengths === undefined) throw new RangeError(`group ${group} is not implemented`);
  const [publicLength, sharedLength] = lengths;
  return {
    group,
    publicLength,
    sharedLength,
    seedLength: SEED_LENGTH,
    generate(seed) {
      if (seed.length !== SEED_LENGTH) {
        throw new RangeError(`group ${group}: seed has ${seed.length} octets, not ${SEED_LENGTH}`);
      }
      const exponent = 2 + (uint32(seed) % (PRIME - 3));
      return { publicValue: valueOf(power(GENERATOR, exponent), publicLength), secret: exponent };
    },
    agree(own: KeyPair, peerPublicValue) {
      const element = elementOf(group, publicLength, peerPublicValue);
      return secretOf(power(element, own.secret as number), sharedLength);
    },
  };
}

function elementOf(group: GroupNumber, publicLength: number, value: Uint8Array): number {
  if (value.length !== publicLength) {
    throw new KeyExchangeError(
      `group ${group}: public value has ${value.length} octets, not ${publicLength}`,
    );
  }
  const element = uint32(value);
  if (element <= 1 || element >= PRIME - 1) {
    throw new KeyExchangeError(`group ${group}: public value is none of the modelled group`);
  }
  if (!mixerOf(element, VALUE_PURPOSE).wouldSqueeze(value, ELEMENT_LENGTH)) {
    throw new KeyExchangeError(
      `group ${group}: public value was not made by modelled cryptography, or damaged`,
    );
  }
  return element;
}

function valueOf(element: number, length: number): Uint8Array {
  const value = slab.take(length);
  writeElement(value, element);
  mixerOf(element, VALUE_PURPOSE).squeezeInto(value, ELEMENT_LENGTH);
  return value;
}

function secretOf(element: number, length: number): Uint8Array {
  const secret = slab.take(length);
  mixerOf(element, SECRET_PURPOSE).squeezeInto(secret, 0);
  return secret;
}

function mixerOf(element: number, purpose: number): Mixer {
  writeElement(elementOctets, element);
  return new Mixer(purpose).absorb(elementOctets);
}

const elementOctets = new Uint8Array(ELEMENT_LENGTH);

function writeElement(octets: Uint8Array, element: number): void {
  for (let index = 0; index < ELEMENT_LENGTH; index++) octets[index] = element >>> (24 - 8 * index);
}

function uint32(octets: Uint8Array): number {
  return ((octets[0]! << 24) | (octets[1]! << 16) | (octets[2]! << 8) | octets[3]!) >>> 0;
}

function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left >>>= 1) {
    if ((left & 1) === 1) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}

/** The quotient of doubles may be one off; the remainder of doubles costs ten times as much. */
function multiply(one: number, other: number): number {
  const product = one * other;
  const rest = product - Math.floor(product / PRIME) * PRIME;
  if (rest < 0) return rest + PRIME;
  return rest >= PRIME ? rest - PRIME : rest;
}
