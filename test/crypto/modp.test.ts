import { getDiffieHellman } from 'node:crypto';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ECP_256, ECP_384, ECP_521, scalarFromSeed } from '../../src/crypto/ecp-parameters.ts';
import { integerToOctets, octetsToInteger } from '../../src/crypto/integer.ts';
import { MODP_GROUPS, exponentFromSeed, modpParameters } from '../../src/crypto/modp-parameters.ts';
import { fixedBasePower, modularPower } from '../../src/crypto/modp.ts';
import { toHex } from './hex.ts';
import { SUITES, native, noble } from './suites.ts';

describe('parameters of the MODP groups', () => {
  it.each(MODP_GROUPS)('have the prime of group %i that OpenSSL has', (group) => {
    expect(toHex(modpParameters(group).primeOctets)).toBe(getDiffieHellman(`modp${group}`).getPrime('hex'));
  });

  it('end as RFC 2409 §6.1 and RFC 3526 §3 print them', () => {
    expect(toHex(modpParameters(1).primeOctets).slice(-32)).toBe('f44c42e9a63a3620ffffffffffffffff');
    expect(toHex(modpParameters(14).primeOctets).slice(-32)).toBe('15728e5a8aacaa68ffffffffffffffff');
  });

  it('refuse a group that is not MODP', () => {
    expect(() => modpParameters(19)).toThrow(RangeError);
  });

  it('make exponents of full length from any seed, without touching it', () => {
    const seed = new Uint8Array(32);
    expect(exponentFromSeed(seed)[0]).toBe(0x80);
    expect(seed[0]).toBe(0);
  });
});

describe('parameters of the ECP groups', () => {
  it('have the orders of the curves', () => {
    expect(ECP_256.order).toBe(p256.Point.Fn.ORDER);
    expect(ECP_384.order).toBe(p384.Point.Fn.ORDER);
    expect(ECP_521.order).toBe(p521.Point.Fn.ORDER);
  });

  it.each([ECP_256, ECP_384, ECP_521])('make scalars from 1 to order - 1 in group $group', (parameters) => {
    const { order, seedLength, coordinateLength } = parameters;
    const scalarOf = (seed: bigint) =>
      octetsToInteger(scalarFromSeed(parameters, integerToOctets(seed, seedLength)));
    expect(scalarOf(0n)).toBe(1n);
    expect(scalarOf(order - 2n)).toBe(order - 1n);
    expect(scalarOf(order - 1n)).toBe(1n);
    expect(scalarFromSeed(parameters, new Uint8Array(seedLength).fill(0xff)).length).toBe(coordinateLength);
  });
});

describe('powers', () => {
  const modulus = (1n << 127n) - 1n;
  const exponents = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const bySquaring = (base: bigint, exponent: bigint): bigint => {
    let result = 1n;
    for (const bit of exponent.toString(2)) {
      result = (result * result) % modulus;
      if (bit === '1') result = (result * base) % modulus;
    }
    return result;
  };

  it('of any base are those of square and multiply', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: modulus - 1n }), exponents, (base, exponent) => {
        expect(modularPower(base, exponent, modulus)).toBe(bySquaring(base, octetsToInteger(exponent)));
      }),
    );
  });

  it('of a fixed base are those of square and multiply', () => {
    const powerOf3 = fixedBasePower(3n, modulus, 16);
    fc.assert(
      fc.property(exponents, (exponent) => {
        expect(powerOf3(exponent)).toBe(bySquaring(3n, octetsToInteger(exponent)));
      }),
    );
  });

  it('to zero are one', () => {
    expect(modularPower(5n, new Uint8Array(16), modulus)).toBe(1n);
    expect(fixedBasePower(5n, modulus, 16)(new Uint8Array(16))).toBe(1n);
  });
});

describe('integers and octets', () => {
  it('turn into each other in network order', () => {
    expect(octetsToInteger(Uint8Array.of(0x01, 0x02, 0x03))).toBe(0x010203n);
    expect(octetsToInteger(new Uint8Array(0))).toBe(0n);
    expect(integerToOctets(0x010203n, 11)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3));
  });

  it('turn back into the same octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        expect(integerToOctets(octetsToInteger(octets), octets.length)).toEqual(octets);
      }),
    );
  });
});

describe('values shorter than the prime', () => {
  it.each(SUITES)('are filled up with zeros when they are shared secrets of %s', (_, suite) => {
    const three = integerToOctets(3n, 96);
    expect(suite.group(1).agree({ publicValue: three, secret: Uint8Array.of(1) }, three)).toEqual(three);
  });

  it('are filled up with zeros when they are public values', () => {
    const exchange = noble.group(1);
    let seed = new Uint8Array(exchange.seedLength);
    let publicValue = exchange.generate(seed).publicValue;
    for (let count = 1; publicValue[0] !== 0 && count < 10_000; count++) {
      seed = integerToOctets(BigInt(count), exchange.seedLength) as typeof seed;
      publicValue = exchange.generate(seed).publicValue;
    }
    expect(publicValue[0]).toBe(0);
    expect(native.group(1).generate(seed).publicValue).toEqual(publicValue);
  });
});
