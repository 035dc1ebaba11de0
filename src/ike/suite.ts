/**
 * What the protocol needs of cryptography, as interfaces only. Implementations live in
 * `src/crypto`; the protocol core never imports one. Everything is synchronous and takes its
 * random octets as an argument, so that a run is repeatable from its seed.
 */

export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** A hash and the HMAC built on it, which is IKEv1's default prf (RFC 2409 §4). */
export interface HashFunction {
  readonly name: HashName;
  /** Octets of a digest and of an HMAC output. */
  readonly digestLength: number;
  digest(data: Uint8Array): Uint8Array;
  hmac(key: Uint8Array, data: Uint8Array): Uint8Array;
}

export type CipherName = 'aes-cbc' | '3des-cbc';

/**
 * A block cipher in CBC mode without padding. `data` must be a whole number of blocks and `iv`
 * one block; a wrong length throws a RangeError, because callers guard it.
 */
export interface CbcCipher {
  readonly name: CipherName;
  /** Octets: 16 for AES, 8 for 3DES. */
  readonly blockLength: number;
  encrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  decrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
}

/** AES-GCM with an ICV of 16 octets, the only AEAD that ESP of IKEv1 has in use (RFC 4106). */
export type AeadName = 'aes-gcm16';

/**
 * Authenticated encryption with associated data. A key or nonce of a wrong length throws a
 * RangeError, because callers guard it. One nonce must never serve twice with one key: whoever
 * sees both results can forge packets.
 */
export interface Aead {
  readonly name: AeadName;
  readonly nonceLength: number;
  readonly tagLength: number;
  /** The ciphertext, as long as the plaintext, followed by the tag. */
  seal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** The plaintext; undefined when the tag is wrong or there is no room for one. */
  open(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

/** Number of a Diffie-Hellman group, as registered for IKEv1 and IKEv2 (1, 2, 5, 14, 15, 16, 19, 20, 21, 31). */
export type GroupNumber = number;

export interface KeyPair {
  /** As it goes into a KE payload: MODP padded to the prime's length, ECP as x|y (RFC 5903 §7), X25519 as RFC 8031. */
  readonly publicValue: Uint8Array;
  /** In the implementation's own form; given back to the same implementation's `agree`. */
  readonly secret: unknown;
}

export interface KeyExchange {
  readonly group: GroupNumber;
  /** Octets of the public value in a KE payload. */
  readonly publicLength: number;
  /** Octets of the shared secret g^xy (MODP: the prime's length; ECP: x only). */
  readonly sharedLength: number;
  /** Octets of random input that `generate` needs. */
  readonly seedLength: number;
  /** Makes a key pair from `seedLength` random octets. The same seed gives the same pair in every backend. */
  generate(seed: Uint8Array): KeyPair;
  /**
   * Computes the shared secret.
   * @throws KeyExchangeError when the peer's value has a wrong length, is not on the curve, or is degenerate.
   */
  agree(own: KeyPair, peerPublicValue: Uint8Array): Uint8Array;
}

/** The peer's public value cannot be used. The peer's fault, never ours. */
export class KeyExchangeError extends Error {
  override readonly name = 'KeyExchangeError';
}

/** A key of an asymmetric algorithm in the implementation's own form, made in the prepare phase (`src/pki`). */
export interface PrivateKey {
  readonly algorithm: PublicKeyAlgorithm;
  readonly secret: unknown;
}

export interface PublicKey {
  readonly algorithm: PublicKeyAlgorithm;
  /** Octets of an RSA modulus, so of a signature or ciphertext; of a coordinate for ECDSA. */
  readonly length: number;
  readonly material: unknown;
}

export type PublicKeyAlgorithm = 'rsa' | 'ecdsa-256' | 'ecdsa-384' | 'ecdsa-521';

/** Signatures and encryption with the keys of certificates. */
export interface PublicKeyOperations {
  /**
   * IKEv1 signature of a phase 1 hash. RSA: PKCS#1 v1.5 block type 1 around the hash itself, no
   * DigestInfo (RFC 2409 §5.1). ECDSA: r | s with the hash as the digest itself, not hashed again (RFC 4754 §7).
   */
  sign(key: PrivateKey, hash: Uint8Array): Uint8Array;
  /** Whether the signature is right; false for anything malformed, never an error. */
  verify(key: PublicKey, hash: Uint8Array, signature: Uint8Array): boolean;
  /** RSAES-PKCS1-v1_5 with `random` for the padding string (RFC 2409 §5.2). Throws RangeError when `data` is too long. */
  encrypt(key: PublicKey, data: Uint8Array, random: RandomOctets): Uint8Array;
  /** Raw RSA: the whole padded block, modulus length, nothing checked. Throws KeyExchangeError when `data` is no ciphertext of the key. */
  decryptRaw(key: PrivateKey, data: Uint8Array): Uint8Array;
}

export interface CryptoSuite {
  hash(name: HashName): HashFunction;
  cipher(name: CipherName): CbcCipher;
  aead(name: AeadName): Aead;
  /** @throws RangeError for a group that the suite does not implement; ask `hasGroup` first for input from outside. */
  group(group: GroupNumber): KeyExchange;
  hasGroup(group: GroupNumber): boolean;
}

/** A stream of random octets that the caller owns: the next `length` octets. */
export type RandomOctets = (length: number) => Uint8Array;
