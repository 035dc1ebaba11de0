/**
 * Whole exchanges of ours, decrypted and checked by a second implementation: RSA, Diffie-Hellman,
 * hashes and ciphers of the openssl command line, the rest written anew from RFC 2409 with nothing
 * of `src` but the randomness that gives away one end's private Diffie-Hellman value.
 */
import { describe, expect, it } from 'vitest';
import { createRandomStream } from '../../../src/random/stream.ts';
import { hasOpenssl, runOpenssl } from '../../crypto/openssl.ts';
import { pemOf } from '../../crypto/public-key-pairs.ts';
import {
  encryptionPair,
  INITIATOR_KEY,
  METHODS,
  RESPONDER_KEY,
  SECOND_RESPONDER_KEY,
  RESPONDER,
  type TestKey,
} from '../../harness/encryption.ts';

const SEED = 1;
const HASH = '-sha256';
/** PKCS#8 and SubjectPublicKeyInfo of X25519 up to the key itself (RFC 8410). */
const X25519_PRIVATE = Buffer.from('302e020100300506032b656e04220420', 'hex');
const X25519_PUBLIC = Buffer.from('302a300506032b656e032100', 'hex');

const NEXT = { sa: 1, keyExchange: 4, identification: 5, hash: 8, nonce: 10 } as const;

/** Bodies of a chain of payloads by type; octets after the last one are padding. */
function bodiesOf(first: number, chain: Buffer): Map<number, Buffer> {
  const bodies = new Map<number, Buffer>();
  let offset = 0;
  for (let type = first; type !== 0;) {
    const length = chain.readUInt16BE(offset + 2);
    // Of several of a kind only the first is asked for.
    if (!bodies.has(type)) bodies.set(type, chain.subarray(offset + 4, offset + length));
    type = chain[offset] as number;
    offset += length;
  }
  return bodies;
}

const openMessage = (octets: Uint8Array) => bodiesOf(octets[16] as number, Buffer.from(octets.subarray(28)));
const digest = (data: Buffer) => Buffer.from(runOpenssl({ data }, 'dgst', HASH, '-binary', 'data'));
const prf = (key: Buffer, ...parts: readonly Uint8Array[]) =>
  Buffer.from(
    runOpenssl(
      { data: Buffer.concat(parts) },
      ...['dgst', HASH, '-binary', '-mac', 'HMAC', '-macopt', `hexkey:${key.toString('hex')}`, 'data'],
    ),
  );
const rsaDecrypt = ({ privateObject }: TestKey, ciphertext: Buffer) =>
  Buffer.from(
    runOpenssl(
      { 'key.pem': pemOf(privateObject), ciphertext },
      ...['pkeyutl', '-decrypt', '-inkey', 'key.pem', '-in', 'ciphertext'],
      ...['-pkeyopt', 'rsa_padding_mode:pkcs1'],
    ),
  );
const aesDecrypt = (key: Buffer, iv: Buffer, ciphertext: Buffer) =>
  Buffer.from(
    runOpenssl(
      { ciphertext },
      ...['enc', '-d', '-aes-128-cbc', '-nopad', '-in', 'ciphertext'],
      ...['-K', key.toString('hex'), '-iv', iv.toString('hex')],
    ),
  );
const agree = (seed: Uint8Array, peerPublic: Buffer) =>
  Buffer.from(
    runOpenssl(
      {
        own: Buffer.concat([X25519_PRIVATE, seed]),
        peer: Buffer.concat([X25519_PUBLIC, peerPublic]),
      },
      ...['pkeyutl', '-derive', '-inkey', 'own', '-keyform', 'DER', '-peerkey', 'peer', '-peerform', 'DER'],
    ),
  );

interface Contribution {
  readonly nonce: Buffer;
  readonly publicValue: Buffer;
  readonly idBody: Buffer;
}

type Method = (typeof METHODS)[number];

function openContribution(
  method: Method,
  key: TestKey,
  cookie: Buffer,
  bodies: ReadonlyMap<number, Buffer>,
): Contribution {
  const bodyOf = (type: number) => bodies.get(type) ?? expect.unreachable(`there is no payload ${type}`);
  const nonce = rsaDecrypt(key, bodyOf(NEXT.nonce));
  const [keyExchange, identification] = [bodyOf(NEXT.keyExchange), bodyOf(NEXT.identification)];
  if (method === 'public-key-encryption') {
    return { nonce, publicValue: keyExchange, idBody: rsaDecrypt(key, identification) };
  }
  const cipherKey = prf(nonce, cookie).subarray(0, 16);
  const unpad = (padded: Buffer) => {
    const count = padded.at(-1) ?? 0;
    expect(padded.subarray(-1 - count, -1)).toEqual(Buffer.alloc(count));
    return padded.subarray(0, padded.length - 1 - count);
  };
  return {
    nonce,
    publicValue: unpad(aesDecrypt(cipherKey, Buffer.alloc(16), keyExchange)),
    idBody: unpad(aesDecrypt(cipherKey, keyExchange.subarray(-16), identification)),
  };
}

const CASES = METHODS.flatMap((method) =>
  (['main', 'aggressive'] as const).map((mode) => ({ method, mode })),
);

describe.skipIf(!hasOpenssl).each(CASES)('openssl opens $method in $mode mode', ({ method, mode }) => {
  it('from the first message to the last, and comes to the same keys and hashes', () => {
    const pair = encryptionPair({ method, seed: SEED, initiator: { mode } }).connect().run();
    expect(pair.hasSucceeded).toBe(true);
    const messages = pair.sent.map(({ octets }) => Buffer.from(octets));
    const [first = Buffer.alloc(0), answer = Buffer.alloc(0)] = messages;
    const [cookieI, cookieR] = [answer.subarray(0, 8), answer.subarray(8, 16)];
    const fromI = openMessage(messages[mode === 'main' ? 2 : 0] ?? first);
    const fromR = openMessage(messages[mode === 'main' ? 3 : 1] ?? first);
    const i = openContribution(method, RESPONDER_KEY, cookieI, fromI);
    const r = openContribution(method, INITIATOR_KEY, cookieR, fromR);
    expect(i.idBody.subarray(4).toString()).toBe('host.example');
    expect(r.idBody.subarray(4).toString()).toBe('gate.example');
    expect([i.nonce.length, r.nonce.length]).toEqual([32, 32]);

    const { octets } = createRandomStream({ seed: SEED, entity: 0, purpose: 'keys' });
    expect(Buffer.from(octets(8))).toEqual(cookieI);
    const shared = agree(octets(32), r.publicValue);
    const skeyid = prf(digest(Buffer.concat([i.nonce, r.nonce])), cookieI, cookieR);
    const skeyidD = prf(skeyid, shared, cookieI, cookieR, Buffer.of(0));
    const skeyidA = prf(skeyid, skeyidD, shared, cookieI, cookieR, Buffer.of(1));
    const skeyidE = prf(skeyid, skeyidA, shared, cookieI, cookieR, Buffer.of(2));
    const saBody = openMessage(first).get(NEXT.sa) ?? Buffer.alloc(0);
    const hashI = prf(skeyid, i.publicValue, r.publicValue, cookieI, cookieR, saBody, i.idBody);
    const hashR = prf(skeyid, r.publicValue, i.publicValue, cookieR, cookieI, saBody, r.idBody);

    const cipherKey = skeyidE.subarray(0, 16);
    let iv: Buffer = digest(Buffer.concat([i.publicValue, r.publicValue])).subarray(0, 16);
    const openEncrypted = (message: Buffer | undefined) => {
      if (message === undefined) return expect.unreachable('the exchange is longer');
      const chain = aesDecrypt(cipherKey, iv, message.subarray(28));
      iv = message.subarray(-16);
      return bodiesOf(message[16] as number, chain);
    };
    if (mode === 'main') {
      expect(openEncrypted(messages[4]).get(NEXT.hash)).toEqual(hashI);
      expect(openEncrypted(messages[5]).get(NEXT.hash)).toEqual(hashR);
    } else {
      expect(fromR.get(NEXT.hash)).toEqual(hashR);
      expect(openEncrypted(messages[2]).get(NEXT.hash)).toEqual(hashI);
    }
    const [ours] = pair.phase1Keys('responder');
    const theirs = { skeyid, skeyidD, skeyidA, skeyidE, cipherKey };
    for (const [name, octetsOfKey] of Object.entries(theirs)) {
      expect(Buffer.from(ours?.[name as keyof typeof theirs] ?? []), name).toEqual(octetsOfKey);
    }
  });

  it('and finds the certificate that HASH(1) means', () => {
    const { publicKey, certificate } = SECOND_RESPONDER_KEY;
    const pair = encryptionPair({
      method,
      responderKeys: [RESPONDER_KEY, SECOND_RESPONDER_KEY],
      responderEnd: { identity: RESPONDER, publicKey, certificate },
      initiator: { mode },
    });
    const message = Buffer.from(pair.connect().run().sent[mode === 'main' ? 2 : 0]?.octets ?? []);
    const bodies = openMessage(message);
    expect(bodies.get(NEXT.hash)).toEqual(digest(Buffer.from(certificate)));
    const { idBody } = openContribution(method, SECOND_RESPONDER_KEY, message.subarray(0, 8), bodies);
    expect(idBody.subarray(4).toString()).toBe('host.example');
  });
});
