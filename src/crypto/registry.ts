/** Which backend serves which primitive. */
import type { Aead, CbcCipher, CryptoSuite, HashFunction, KeyExchange } from '../ike/suite.ts';
import { createModelledSuite } from './modelled.ts';
import { createNativeSuite } from './native.ts';
import { createNobleSuite } from './noble.ts';
import { PRIMITIVE_NAMES, createSuite } from './primitive.ts';
import type { PrimitiveName } from './primitive.ts';

/** `modelled` computes nothing worth the name: for simulations only. */
export type Backend = 'native' | 'noble' | 'modelled';
/** What a scenario may ask for: one backend for everything, or for each primitive the faster. */
export type BackendChoice = Backend | 'fastest';

export interface RegisteredSuite extends CryptoSuite {
  /** The backend of every primitive, for the manifest of a run. */
  readonly backendOf: Readonly<Record<string, Backend>>;
}

/*
 * Primitives at which pure TypeScript beats OpenSSL; all others go to OpenSSL. Generating a pair
 * always starts from the same base, and a table of its powers or multiples saves most of the work;
 * OpenSSL has such a table for P-256 only. Microseconds with Node 20.20 (OpenSSL 3.0.19) on one
 * x86-64 machine:
 *
 *     group                 1    2    5   14   15    16   19    20    21   31
 *     generate, OpenSSL    62   82  164  277  707  1226   15   741  1720   42
 *     generate, TypeScript 35   56  114  187  433   760  337   643  1220  334
 */
const FASTER_IN_TYPESCRIPT: ReadonlySet<PrimitiveName> = new Set([
  'generate:1',
  'generate:2',
  'generate:5',
  'generate:14',
  'generate:15',
  'generate:16',
  'generate:20',
  'generate:21',
]);

function backendFor(choice: BackendChoice, primitive: PrimitiveName): Backend {
  if (choice !== 'fastest') return choice;
  return FASTER_IN_TYPESCRIPT.has(primitive) ? 'noble' : 'native';
}

function combineHashes(digester: HashFunction, authenticator: HashFunction): HashFunction {
  if (digester === authenticator) return digester;
  const { name, digestLength } = digester;
  return {
    name,
    digestLength,
    digest: (data) => digester.digest(data),
    hmac: (key, data) => authenticator.hmac(key, data),
  };
}

function combineCiphers(encrypter: CbcCipher, decrypter: CbcCipher): CbcCipher {
  if (encrypter === decrypter) return encrypter;
  const { name, blockLength } = encrypter;
  return {
    name,
    blockLength,
    encrypt: (key, iv, data) => encrypter.encrypt(key, iv, data),
    decrypt: (key, iv, data) => decrypter.decrypt(key, iv, data),
  };
}

function combineAeads(sealer: Aead, opener: Aead): Aead {
  if (sealer === opener) return sealer;
  const { name, nonceLength, tagLength } = sealer;
  return {
    name,
    nonceLength,
    tagLength,
    seal: (key, nonce, aad, plaintext) => sealer.seal(key, nonce, aad, plaintext),
    open: (key, nonce, aad, sealed) => opener.open(key, nonce, aad, sealed),
  };
}

/** Right for every group whose secrets are `OctetKeyPair`s; X25519's are not, so one backend must serve both. */
function combineKeyExchanges(generator: KeyExchange, agreer: KeyExchange): KeyExchange {
  if (generator === agreer) return generator;
  const { group, publicLength, sharedLength, seedLength } = generator;
  return {
    group,
    publicLength,
    sharedLength,
    seedLength,
    generate: (seed) => generator.generate(seed),
    agree: (own, peerPublicValue) => agreer.agree(own, peerPublicValue),
  };
}

/**
 * Makes a suite for one thread. A group is prepared when `group` first asks for it, which takes
 * up to 80 ms: ask for the groups of a run before it starts.
 */
export function createCryptoSuite(choice: BackendChoice): RegisteredSuite {
  const suites: Record<Backend, CryptoSuite> = {
    native: createNativeSuite(),
    noble: createNobleSuite(),
    modelled: createModelledSuite(),
  };
  const suiteFor = (primitive: PrimitiveName) => suites[backendFor(choice, primitive)];
  return {
    ...createSuite({
      hash: (name) =>
        combineHashes(suiteFor(`digest:${name}`).hash(name), suiteFor(`hmac:${name}`).hash(name)),
      cipher: (name) =>
        combineCiphers(suiteFor(`encrypt:${name}`).cipher(name), suiteFor(`decrypt:${name}`).cipher(name)),
      aead: (name) => combineAeads(suiteFor(`seal:${name}`).aead(name), suiteFor(`open:${name}`).aead(name)),
      group: (group) =>
        combineKeyExchanges(
          suiteFor(`generate:${group}`).group(group),
          suiteFor(`agree:${group}`).group(group),
        ),
    }),
    backendOf: Object.fromEntries(PRIMITIVE_NAMES.map((name) => [name, backendFor(choice, name)])),
  };
}
