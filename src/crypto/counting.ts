/** Counts the calls of a suite's primitives, for benchmarks and for what a handshake costs. */
import type { Aead, CbcCipher, CryptoSuite, HashFunction, KeyExchange } from '../ike/suite.ts';
import { createSuite } from './primitive.ts';
import type { PrimitiveName } from './primitive.ts';

export interface CallCount {
  calls: number;
  /** Octets of data hashed, encrypted or decrypted, associated data and tags included, keys and IVs not; of a group, the peer's values. */
  octets: number;
}

export interface CountedCalls {
  /** Does what the given suite does, and counts. */
  readonly suite: CryptoSuite;
  /** Primitives called since the start or the last reset; in the order in which they were first asked for. */
  readonly counts: ReadonlyMap<PrimitiveName, Readonly<CallCount>>;
  /** Sets every count to zero. */
  reset(): void;
}

type CountFor = (name: PrimitiveName) => (octets: number) => void;

function countHash(inner: HashFunction, countFor: CountFor): HashFunction {
  const countDigest = countFor(`digest:${inner.name}`);
  const countHmac = countFor(`hmac:${inner.name}`);
  return {
    name: inner.name,
    digestLength: inner.digestLength,
    digest(data) {
      countDigest(data.length);
      return inner.digest(data);
    },
    hmac(key, data) {
      countHmac(data.length);
      return inner.hmac(key, data);
    },
  };
}

function countCipher(inner: CbcCipher, countFor: CountFor): CbcCipher {
  const countEncrypt = countFor(`encrypt:${inner.name}`);
  const countDecrypt = countFor(`decrypt:${inner.name}`);
  return {
    name: inner.name,
    blockLength: inner.blockLength,
    encrypt(key, iv, data) {
      countEncrypt(data.length);
      return inner.encrypt(key, iv, data);
    },
    decrypt(key, iv, data) {
      countDecrypt(data.length);
      return inner.decrypt(key, iv, data);
    },
  };
}

function countAead(inner: Aead, countFor: CountFor): Aead {
  const countSeal = countFor(`seal:${inner.name}`);
  const countOpen = countFor(`open:${inner.name}`);
  return {
    name: inner.name,
    nonceLength: inner.nonceLength,
    tagLength: inner.tagLength,
    seal(key, nonce, aad, plaintext) {
      countSeal(aad.length + plaintext.length);
      return inner.seal(key, nonce, aad, plaintext);
    },
    open(key, nonce, aad, sealed) {
      countOpen(aad.length + sealed.length);
      return inner.open(key, nonce, aad, sealed);
    },
  };
}

function countKeyExchange(inner: KeyExchange, countFor: CountFor): KeyExchange {
  const countGenerate = countFor(`generate:${inner.group}`);
  const countAgree = countFor(`agree:${inner.group}`);
  return {
    group: inner.group,
    publicLength: inner.publicLength,
    sharedLength: inner.sharedLength,
    seedLength: inner.seedLength,
    generate(seed) {
      countGenerate(0);
      return inner.generate(seed);
    },
    agree(own, peerPublicValue) {
      countAgree(peerPublicValue.length);
      return inner.agree(own, peerPublicValue);
    },
  };
}

/** Wraps a suite so that each call of a primitive is counted, failed calls included. */
export function countCalls(suite: CryptoSuite): CountedCalls {
  const counts = new Map<PrimitiveName, CallCount>();
  const countFor: CountFor = (name) => {
    const count: CallCount = { calls: 0, octets: 0 };
    counts.set(name, count);
    return (octets) => {
      count.calls++;
      count.octets += octets;
    };
  };
  return {
    suite: {
      ...createSuite({
        hash: (name) => countHash(suite.hash(name), countFor),
        cipher: (name) => countCipher(suite.cipher(name), countFor),
        aead: (name) => countAead(suite.aead(name), countFor),
        group: (group) => countKeyExchange(suite.group(group), countFor),
      }),
      hasGroup: (group) => suite.hasGroup(group),
    },
    counts,
    reset() {
      for (const count of counts.values()) {
        count.calls = 0;
        count.octets = 0;
      }
    },
  };
}
