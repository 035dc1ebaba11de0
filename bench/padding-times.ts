/**
 * `npm run bench:padding`: whether the CPU time of a decryption tells right padding from wrong, for those who
 * could measure it inside this process. Kinds of ciphertext take turns in small batches, in an order drawn anew
 * for each round; what is compared with the right ones is the mean of the differences within a round.
 */
import { createPublicKey, constants, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { importPrivateKey } from '../src/crypto/key-import.ts';
import { createPublicKeyOperations } from '../src/crypto/public-key.ts';
import { createCryptoSuite } from '../src/crypto/registry.ts';
import type { DecryptionSetting } from '../src/ike/v1/pkcs1.ts';
import { decryptNonce } from '../src/ike/v1/public-key-encryption.ts';

const MODULUS_BITS = 2048;
const MODULUS_OCTETS = MODULUS_BITS / 8;
const NONCE_OCTETS = 32;
const BATCH = 16;
const ROUNDS = 400;
const HEATING_ROUNDS = 40;
/** Two-sided 95 % of the normal distribution. */
const QUANTILE = 1.96;

const KINDS = ['right', 'another block type', 'padding without end', 'padding of six octets'] as const;
type Kind = (typeof KINDS)[number];

/** A block whose padding is as the kind says. Octets of padding are never 0. */
function blockOf(kind: Kind): Uint8Array {
  const block = Uint8Array.from(randomBytes(MODULUS_OCTETS), (octet) => octet || 1);
  block.set([0, kind === 'another block type' ? 1 : 2]);
  if (kind === 'padding of six octets') block[8] = 0;
  else if (kind !== 'padding without end') block[MODULUS_OCTETS - NONCE_OCTETS - 1] = 0;
  return block;
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: MODULUS_BITS });
const publicKey = createPublicKey(privateKey);
const setting: DecryptionSetting = {
  operations: createPublicKeyOperations(),
  key: {
    privateKey: importPrivateKey(privateKey),
    length: MODULUS_OCTETS,
    rejectionSecret: Uint8Array.from(randomBytes(NONCE_OCTETS)),
  },
  hash: createCryptoSuite('fastest').hash('sha256'),
  oracle: false,
};

function ciphertextsOf(kind: Kind): Uint8Array[] {
  const encryption = { key: publicKey, padding: constants.RSA_NO_PADDING };
  return Array.from({ length: BATCH }, () => Uint8Array.from(publicEncrypt(encryption, blockOf(kind))));
}

/** CPU time of one decryption, microseconds. */
function timeUs(ciphertexts: readonly Uint8Array[]): number {
  const before = process.cpuUsage();
  for (const ciphertext of ciphertexts) decryptNonce(setting, ciphertext);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / ciphertexts.length;
}

/** Each kind's time, in an order of its own. */
function round(): Record<Kind, number> {
  const times = { right: 0, 'another block type': 0, 'padding without end': 0, 'padding of six octets': 0 };
  const order = KINDS.map((kind) => ({ kind, at: randomBytes(4).readUInt32BE() })).sort(
    (a, b) => a.at - b.at,
  );
  // Fresh ones, lest some ciphertext that happens to be slow is taken for its kind.
  const prepared = order.map(({ kind }) => ({ kind, ciphertexts: ciphertextsOf(kind) }));
  for (const { kind, ciphertexts } of prepared) times[kind] = timeUs(ciphertexts);
  return times;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Half of the interval in which the mean lies with 95 %. */
function marginOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return QUANTILE * Math.sqrt(squares / (values.length - 1) / values.length);
}

for (let count = 0; count < HEATING_ROUNDS; count++) round();
const rounds = Array.from({ length: ROUNDS }, round);
const rightUs = meanOf(rounds.map(({ right }) => right));
console.log(`RSA-${MODULUS_BITS}, ${ROUNDS} rounds of ${BATCH} decryptions of each kind`);
console.log(`  right padding: ${rightUs.toFixed(1)} us of CPU each`);
for (const kind of KINDS.slice(1)) {
  const differences = rounds.map((times) => times[kind] - times.right);
  const [mean, margin] = [meanOf(differences), marginOf(differences)];
  const verdict = Math.abs(mean) > margin ? 'can be told apart' : 'cannot be told apart';
  console.log(
    `  ${kind}: ${mean >= 0 ? '+' : ''}${mean.toFixed(2)} us, give or take ${margin.toFixed(2)}: ${verdict}`,
  );
}
