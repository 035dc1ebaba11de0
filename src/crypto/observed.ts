/** Lets somebody watch the calls of cryptography: to count them, or to charge what they cost. */
import type {
  Aead,
  CbcCipher,
  CryptoSuite,
  HashFunction,
  KeyExchange,
  PrivateKey,
  PublicKey,
  PublicKeyOperations,
} from '../ike/suite.ts';
import { createSuite } from './primitive.ts';
import type { PrimitiveName } from './primitive.ts';

/** `rsa-2048`, `ecdsa-256`. */
type KeyName = string;
/** An operation with a key of a certificate. */
export type KeyOperationName = `${'sign' | 'verify' | 'encrypt' | 'decrypt'}:${KeyName}`;

/** Called at each call, before the work, with the octets of data; what they are of says `CallCount`. */
export type NoteCall = (octets: number) => void;

/** Who watches an operation; asked once for each. */
export type Observe<Name extends string> = (name: Name) => NoteCall;

/** A suite that does what the given one does, watched; failed calls included. */
export function observeSuite(suite: CryptoSuite, observe: Observe<PrimitiveName>): CryptoSuite {
  return {
    ...createSuite({
      hash: (name) => observeHash(suite.hash(name), observe),
      cipher: (name) => observeCipher(suite.cipher(name), observe),
      aead: (name) => observeAead(suite.aead(name), observe),
      group: (group) => observeKeyExchange(suite.group(group), observe),
    }),
    hasGroup: (group) => suite.hasGroup(group),
  };
}

function observeHash(inner: HashFunction, observe: Observe<PrimitiveName>): HashFunction {
  const noteDigest = observe(`digest:${inner.name}`);
  const noteHmac = observe(`hmac:${inner.name}`);
  return {
    name: inner.name,
    digestLength: inner.digestLength,
    digest(data) {
      noteDigest(data.length);
      return inner.digest(data);
    },
    hmac(key, data) {
      noteHmac(data.length);
      return inner.hmac(key, data);
    },
  };
}

function observeCipher(inner: CbcCipher, observe: Observe<PrimitiveName>): CbcCipher {
  const noteEncrypt = observe(`encrypt:${inner.name}`);
  const noteDecrypt = observe(`decrypt:${inner.name}`);
  return {
    name: inner.name,
    blockLength: inner.blockLength,
    encrypt(key, iv, data) {
      noteEncrypt(data.length);
      return inner.encrypt(key, iv, data);
    },
    decrypt(key, iv, data) {
      noteDecrypt(data.length);
      return inner.decrypt(key, iv, data);
    },
  };
}

function observeAead(inner: Aead, observe: Observe<PrimitiveName>): Aead {
  const noteSeal = observe(`seal:${inner.name}`);
  const noteOpen = observe(`open:${inner.name}`);
  return {
    name: inner.name,
    nonceLength: inner.nonceLength,
    tagLength: inner.tagLength,
    seal(key, nonce, aad, plaintext) {
      noteSeal(aad.length + plaintext.length);
      return inner.seal(key, nonce, aad, plaintext);
    },
    open(key, nonce, aad, sealed) {
      noteOpen(aad.length + sealed.length);
      return inner.open(key, nonce, aad, sealed);
    },
  };
}

function observeKeyExchange(inner: KeyExchange, observe: Observe<PrimitiveName>): KeyExchange {
  const noteGenerate = observe(`generate:${inner.group}`);
  const noteAgree = observe(`agree:${inner.group}`);
  return {
    group: inner.group,
    publicLength: inner.publicLength,
    sharedLength: inner.sharedLength,
    seedLength: inner.seedLength,
    generate(seed) {
      noteGenerate(0);
      return inner.generate(seed);
    },
    agree(own, peerPublicValue) {
      noteAgree(peerPublicValue.length);
      return inner.agree(own, peerPublicValue);
    },
  };
}

/** The same for operations with the keys of certificates; octets are those of the hash, data or ciphertext. */
export function observeKeyOperations(
  inner: PublicKeyOperations,
  observe: Observe<KeyOperationName>,
): PublicKeyOperations {
  const notes = new Map<string, NoteCall>();
  const note = (name: KeyOperationName, octets: number): void => {
    let found = notes.get(name);
    if (found === undefined) notes.set(name, (found = observe(name)));
    found(octets);
  };
  return {
    sign(key, hash) {
      const signature = inner.sign(key, hash);
      // How long an RSA key is shows in what it makes only.
      note(`sign:${keyName(key, signature.length)}`, hash.length);
      return signature;
    },
    verify(key, hash, signature) {
      note(`verify:${publicKeyName(key)}`, hash.length);
      return inner.verify(key, hash, signature);
    },
    encrypt(key, data, random) {
      note(`encrypt:${publicKeyName(key)}`, data.length);
      return inner.encrypt(key, data, random);
    },
    decryptRaw(key, data) {
      note(`decrypt:${keyName(key, data.length)}`, data.length);
      return inner.decryptRaw(key, data);
    },
  };
}

/** `rsa-2048`, `ecdsa-256`: the algorithm, of RSA with the bits of the modulus. */
export function publicKeyName(key: PublicKey): KeyName {
  return keyName(key, key.length);
}

function keyName({ algorithm }: PrivateKey | PublicKey, modulusLength: number): KeyName {
  return algorithm === 'rsa' ? `rsa-${modulusLength * 8}` : algorithm;
}
