import { describe, expect, it } from 'vitest';
import { KeyExchangeError } from '../../src/ike/suite.ts';
import { MODP_GROUPS, modpParameters } from '../../src/crypto/modp-parameters.ts';
import { GROUP_NUMBERS } from '../../src/crypto/primitive.ts';
import { integerToOctets } from '../../src/crypto/integer.ts';
import { fromHex, toHex } from './hex.ts';
import { SUITES, native } from './suites.ts';

/** RFC 5903 §8.1 to §8.3: private values, public values x|y, and the shared x. */
const RFC_5903 = [
  {
    group: 19,
    i: 'c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433',
    gi: `dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180
         5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3`,
    r: 'c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53',
    gr: `d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63
         56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab`,
    shared: 'd6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de',
  },
  {
    group: 20,
    i: '099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194',
    gi: `667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f41aa
         9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c`,
    r: '41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942e0308312916b8ed2960e4bd55a7448fc',
    gr: `e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a3571
         dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c`,
    shared:
      '11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f59746',
  },
  {
    group: 21,
    i: `0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095aa85a30fe1c2952c6771d937ba9777
        f5957b2639bab072462f68c27a57382d4a52`,
    gi: `0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbee1e3bf42e00b8e380aeae57c2d107564
         941885942af5a7f4601723c4195d176ced3e
         017cae20b6641d2eeb695786d8c946146239d099e18e1d5a514c739d7cb4a10ad8a788015ac405d7799dc75e7b7d5b6c
         f2261a6a7f1507438bf01beb6ca3926f9582`,
    r: `0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e9c677d600b343757a3bdbf2a3163e4c2
        f869cca7458aa4a4effc311f5cb151685eb9`,
    gr: `00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a219b97c356436adc6e95bb0352f6be64a6
         c2912d4ef2d0433ced2b6171640012d9460f
         015c68226383956e3bd066e797b623c27ce0eac2f551a10c2c724d9852077b87220b6536c5c408a1d2aebb8e86d678ae
         49cb57091f4732296579ab44fcd17f0fc56a`,
    shared: `01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04d1427e73ca4baa240a34786859810c06
             b3c715a3a8cc3151f2bee417996d19f3ddea`,
  },
] as const;

/** RFC 7748 §5.2: scalar, u, and the resulting u. */
const RFC_7748 = [
  [
    'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
    'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
    'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
  ],
  [
    '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
    'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
    '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
  ],
] as const;

/** Values of X25519 whose product with any scalar is zero: 0, 1, two of order 8, p - 1, p and p + 1. */
const LOW_ORDER = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
];

function seedOf(length: number, fill: number): Uint8Array {
  return new Uint8Array(length).fill(fill);
}

describe.each(SUITES)('groups of the suite %s', (_, suite) => {
  it.each(RFC_5903)('agree as in RFC 5903 §8 for group $group', ({ group, i, gi, r, gr, shared }) => {
    const exchange = suite.group(group);
    const initiator = { publicValue: fromHex(gi), secret: fromHex(i) };
    const responder = { publicValue: fromHex(gr), secret: fromHex(r) };
    expect(exchange.agree(initiator, responder.publicValue)).toEqual(fromHex(shared));
    expect(exchange.agree(responder, initiator.publicValue)).toEqual(fromHex(shared));
  });

  it.each(RFC_5903)('generate the point of RFC 5903 §8 for group $group', ({ group, i, gi }) => {
    // A seed smaller than the order leads to the scalar seed + 1.
    const exchange = suite.group(group);
    const scalar = fromHex(i);
    const seed = new Uint8Array(exchange.seedLength);
    seed.set(integerToOctets(BigInt(`0x${toHex(scalar)}`) - 1n, scalar.length), 8);
    expect(exchange.generate(seed)).toEqual({ publicValue: fromHex(gi), secret: scalar });
  });

  it.each(RFC_7748)('multiply as in RFC 7748 §5.2 for scalar %s', (scalar, u, product) => {
    const exchange = suite.group(31);
    expect(toHex(exchange.agree(exchange.generate(fromHex(scalar)), fromHex(u)))).toBe(product);
  });

  it('agree as in RFC 7748 §6.1', () => {
    const exchange = suite.group(31);
    const alice = exchange.generate(
      fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
    );
    const bob = exchange.generate(
      fromHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
    );
    const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
    expect(toHex(alice.publicValue)).toBe('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
    expect(toHex(bob.publicValue)).toBe('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    expect(toHex(exchange.agree(alice, bob.publicValue))).toBe(shared);
    expect(toHex(exchange.agree(bob, alice.publicValue))).toBe(shared);
  });

  it.each(GROUP_NUMBERS)('give both sides of group %i the same secret, of the promised lengths', (group) => {
    const exchange = suite.group(group);
    const initiator = exchange.generate(seedOf(exchange.seedLength, 0x11));
    const responder = exchange.generate(seedOf(exchange.seedLength, 0x22));
    const shared = exchange.agree(initiator, responder.publicValue);
    expect(exchange.agree(responder, initiator.publicValue)).toEqual(shared);
    expect(exchange.group).toBe(group);
    expect(shared.length).toBe(exchange.sharedLength);
    expect(initiator.publicValue.length).toBe(exchange.publicLength);
    expect(shared.constructor).toBe(Uint8Array);
    expect(initiator.publicValue.constructor).toBe(Uint8Array);
  });

  it.each(GROUP_NUMBERS)('take seeds of all zeros and all ones in group %i', (group) => {
    const exchange = suite.group(group);
    for (const fill of [0x00, 0xff]) {
      const pair = exchange.generate(seedOf(exchange.seedLength, fill));
      const other = exchange.generate(seedOf(exchange.seedLength, 0x33));
      expect(exchange.agree(other, pair.publicValue)).toEqual(exchange.agree(pair, other.publicValue));
    }
  });

  it.each(GROUP_NUMBERS)('refuse a seed of the wrong length in group %i', (group) => {
    const exchange = suite.group(group);
    expect(() => exchange.generate(seedOf(exchange.seedLength - 1, 1))).toThrow(RangeError);
    expect(() => exchange.generate(seedOf(exchange.seedLength + 1, 1))).toThrow(RangeError);
  });

  it.each(GROUP_NUMBERS)('refuse a public value of the wrong length in group %i', (group) => {
    const exchange = suite.group(group);
    const own = exchange.generate(seedOf(exchange.seedLength, 0x44));
    for (const length of [0, 1, exchange.publicLength - 1, exchange.publicLength + 1]) {
      const value = new Uint8Array(length).fill(0x02);
      expect(() => exchange.agree(own, value), `${length} octets`).toThrow(KeyExchangeError);
    }
  });

  it.each(MODP_GROUPS)('refuse 0, 1, p - 1, p and above in group %i, and take 2 and p - 2', (group) => {
    const { prime, primeOctets } = modpParameters(group);
    const exchange = suite.group(group);
    const own = exchange.generate(seedOf(exchange.seedLength, 0x44));
    const highest = (1n << BigInt(8 * primeOctets.length)) - 1n;
    for (const value of [0n, 1n, prime - 1n, prime, prime + 1n, prime + (1n << 64n), highest]) {
      const octets = integerToOctets(value, primeOctets.length);
      expect(() => exchange.agree(own, octets), String(value)).toThrow(KeyExchangeError);
    }
    for (const value of [2n, prime - 2n]) {
      const shared = exchange.agree(own, integerToOctets(value, primeOctets.length));
      expect(shared.length).toBe(primeOctets.length);
    }
  });

  it.each(RFC_5903)('refuse what is no point of the curve in group $group', ({ group, gi }) => {
    const exchange = suite.group(group);
    const own = exchange.generate(seedOf(exchange.seedLength, 0x44));
    const otherY = fromHex(gi);
    otherY[otherY.length - 1] = (otherY.at(-1) ?? 0) ^ 1;
    const unreduced = fromHex(gi).fill(0xff, 0, exchange.sharedLength);
    for (const value of [new Uint8Array(exchange.publicLength), otherY, unreduced]) {
      expect(() => exchange.agree(own, value)).toThrow(KeyExchangeError);
    }
    // The refusals must not disturb the group's next use.
    expect(exchange.agree(own, fromHex(gi)).length).toBe(exchange.sharedLength);
  });

  it.each(LOW_ORDER)('refuse the value %s of low order in group 31', (value) => {
    const exchange = suite.group(31);
    const own = exchange.generate(seedOf(exchange.seedLength, 0x44));
    expect(() => exchange.agree(own, fromHex(value))).toThrow(KeyExchangeError);
  });

  it('know their groups, and refuse others', () => {
    for (const group of GROUP_NUMBERS) expect(suite.hasGroup(group)).toBe(true);
    for (const group of [0, 3, 13, 17, 32, -1, Number.NaN]) {
      expect(suite.hasGroup(group)).toBe(false);
      expect(() => suite.group(group)).toThrow(RangeError);
    }
  });

  it('keep a group once made', () => {
    expect(suite.group(14)).toBe(suite.group(14));
  });
});

describe('X25519 of OpenSSL', () => {
  it('comes to the value of RFC 7748 §5.2 after a thousand iterations', () => {
    const exchange = native.group(31);
    let scalar = fromHex(`09${'00'.repeat(31)}`);
    let u = scalar;
    for (let iteration = 0; iteration < 1000; iteration++) {
      const product = exchange.agree(exchange.generate(scalar), u);
      u = scalar;
      scalar = product;
    }
    expect(toHex(scalar)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
  });
});
