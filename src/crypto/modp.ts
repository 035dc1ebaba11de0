/**
 * Arithmetic of the MODP groups over BigInt. Not in constant time: the keys of a load test are
 * repeatable from its seed and protect nothing.
 */
import { integerToOctets, octetsToInteger } from './integer.ts';
import { MODP_GENERATOR, checkModpPublicValue, exponentFromSeed } from './modp-parameters.ts';
import type { ModpParameters } from './modp-parameters.ts';
import { checkSeed, secretOctets } from './octet-key-pair.ts';
import type { OctetKeyExchange } from './octet-key-pair.ts';

/** base^exponent mod modulus, by windows of four bits; exponent in network order. */
export function modularPower(base: bigint, exponent: Uint8Array, modulus: bigint): bigint {
  const powers = [1n, base % modulus];
  for (let index = 2; index < 16; index++) powers.push(((powers[index - 1] ?? 1n) * base) % modulus);
  let result = 1n;
  for (const octet of exponent) {
    for (const nibble of [octet >> 4, octet & 0x0f]) {
      if (result !== 1n) {
        for (let square = 0; square < 4; square++) result = (result * result) % modulus;
      }
      if (nibble !== 0) result = (result * (powers[nibble] ?? 1n)) % modulus;
    }
  }
  return result;
}

/** Rows into which the comb cuts the exponent; a table has 2^rows entries. */
const COMB_ROWS = 8;
/** Tables; each spares squarings and takes 2^rows numbers of memory (260 kB in all for 2048 bits). */
const COMB_TABLES = 4;

/**
 * Powers of one fixed base (Lim and Lee's comb, Handbook of Applied Cryptography §14.6.3). The
 * exponent's bits stand in a matrix of eight rows; the eight bits of a column pick a product of
 * powers from a table. For 256 bits this takes 39 multiplications instead of more than 300.
 * @returns a function from an exponent of `exponentLength` octets to base^exponent mod modulus.
 */
export function fixedBasePower(base: bigint, modulus: bigint, exponentLength: number) {
  const columns = (exponentLength * 8) / COMB_ROWS;
  const tableColumns = columns / COMB_TABLES;
  const tables = combTables(base, modulus, tableColumns);
  const columnBits = new Uint8Array(columns);

  return (exponent: Uint8Array): bigint => {
    readColumns(exponent, columnBits);
    let result = 1n;
    for (let step = tableColumns - 1; step >= 0; step--) {
      if (step !== tableColumns - 1) result = (result * result) % modulus;
      for (let table = 0; table < COMB_TABLES; table++) {
        const bits = columnBits[table * tableColumns + step] ?? 0;
        if (bits !== 0) result = (result * (tables[table]?.[bits] ?? 1n)) % modulus;
      }
    }
    return result;
  };
}

/** tables[t][bits] = product of base^(2^((row * tables + t) * tableColumns)) over the rows whose bit is set. */
function combTables(base: bigint, modulus: bigint, tableColumns: number): bigint[][] {
  const tables = Array.from({ length: COMB_TABLES }, () => [1n]);
  let power = base;
  for (let row = 0; row < COMB_ROWS; row++) {
    for (const table of tables) {
      for (let bits = 0; bits < 1 << row; bits++) {
        table.push(((table[bits] ?? 1n) * power) % modulus);
      }
      for (let square = 0; square < tableColumns; square++) power = (power * power) % modulus;
    }
  }
  return tables;
}

/** Bit r of columnBits[c] is bit r * columns + c of the exponent, counted from its last octet. */
function readColumns(exponent: Uint8Array, columnBits: Uint8Array): void {
  const columns = columnBits.length;
  columnBits.fill(0);
  for (let bit = 0; bit < columns * COMB_ROWS; bit++) {
    const octet = exponent[exponent.length - 1 - (bit >> 3)] ?? 0;
    const column = bit % columns;
    const row = (bit - column) / columns;
    columnBits[column] = (columnBits[column] ?? 0) | (((octet >> (bit & 7)) & 1) << row);
  }
}

/** A MODP group over BigInt. Making it takes milliseconds (the comb's tables), so keep it. */
export function createBigIntModp(parameters: ModpParameters): OctetKeyExchange {
  const { group, prime, primeOctets, exponentLength } = parameters;
  const length = primeOctets.length;
  const powerOfGenerator = fixedBasePower(BigInt(MODP_GENERATOR), prime, exponentLength);
  return {
    group,
    publicLength: length,
    sharedLength: length,
    seedLength: exponentLength,
    generate(seed) {
      checkSeed(group, seed, exponentLength);
      const secret = exponentFromSeed(seed);
      return { publicValue: integerToOctets(powerOfGenerator(secret), length), secret };
    },
    agree(own, peerPublicValue) {
      checkModpPublicValue(parameters, peerPublicValue);
      const shared = modularPower(octetsToInteger(peerPublicValue), secretOctets(own), prime);
      return integerToOctets(shared, length);
    },
  };
}
