/** Records every call of the cryptography with its arguments, to make the same calls again with nothing between them. */
import { createSuite } from '../src/crypto/primitive.ts';
import type { CryptoSuite, PublicKeyOperations } from '../src/ike/suite.ts';

export interface Recording {
  readonly suite: CryptoSuite;
  operations(inner: PublicKeyOperations): PublicKeyOperations;
  /** Calls since the start or the last `forget`, in order. */
  readonly calls: readonly (() => unknown)[];
  forget(): void;
}

/** Does what the suite does. What is remembered of arguments is a copy, because callers write over their octets. */
export function recordCryptography(suite: CryptoSuite): Recording {
  const calls: (() => unknown)[] = [];
  const made = <Result>(call: () => Result): Result => {
    calls.push(call);
    return call();
  };
  return {
    calls,
    forget: () => void (calls.length = 0),
    suite: {
      ...createSuite({
        hash(name) {
          const inner = suite.hash(name);
          return {
            ...inner,
            name,
            digestLength: inner.digestLength,
            digest: (data) => made(withCopies((copy) => inner.digest(copy), data)),
            hmac: (key, data) => made(withCopies((a, b) => inner.hmac(a, b), key, data)),
          };
        },
        cipher(name) {
          const inner = suite.cipher(name);
          return {
            name,
            blockLength: inner.blockLength,
            encrypt: (key, iv, data) => made(withCopies((a, b, c) => inner.encrypt(a, b, c), key, iv, data)),
            decrypt: (key, iv, data) => made(withCopies((a, b, c) => inner.decrypt(a, b, c), key, iv, data)),
          };
        },
        aead: (name) => suite.aead(name),
        group(number) {
          const inner = suite.group(number);
          const { group, publicLength, sharedLength, seedLength } = inner;
          return {
            ...{ group, publicLength, sharedLength, seedLength },
            generate: (seed) => made(withCopies((copy) => inner.generate(copy), seed)),
            agree: (own, peer) => made(withCopies((copy) => inner.agree(own, copy), peer)),
          };
        },
      }),
      hasGroup: (number) => suite.hasGroup(number),
    },
    operations: (inner) => ({
      sign: (key, hash) => made(withCopies((copy) => inner.sign(key, copy), hash)),
      verify: (key, hash, signature) => made(withCopies((a, b) => inner.verify(key, a, b), hash, signature)),
      encrypt: (key, data, random) => made(withCopies((copy) => inner.encrypt(key, copy, random), data)),
      decryptRaw: (key, data) => made(withCopies((copy) => inner.decryptRaw(key, copy), data)),
    }),
  };
}

function withCopies<Octets extends readonly Uint8Array[], Result>(
  call: (...octets: Octets) => Result,
  ...octets: Octets
): () => Result {
  const copies = octets.map((each) => each.slice()) as unknown as Octets;
  return () => call(...copies);
}
