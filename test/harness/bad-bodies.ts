/** Encrypted bodies with one fault each, as an attacker makes them who knows the public key and nothing else. */
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { ENCRYPTION_QUIRKS } from '../../src/ike/v1/encryption-quirks.ts';
import { deriveRevisedKey, padBody } from '../../src/ike/v1/revised-encryption.ts';
import { decodeMessage } from '../../src/ike/wire/decode.ts';
import { encodeMessage } from '../../src/ike/wire/encode.ts';
import type { PayloadKind } from '../../src/ike/wire/message.ts';
import { PayloadType } from '../../src/ike/wire/numbers.ts';
import { asciiOctets, concatOctets } from '../../src/ike/wire/octets.ts';
import type { TestKey } from './encryption.ts';
import { suite } from './pair.ts';
import { aes128Sha256X25519 } from './policy.ts';

export type Bodies = Partial<Record<'nonce' | 'identification' | 'key-exchange', Uint8Array>>;

const TYPES: Readonly<Partial<Record<PayloadKind, number>>> = {
  nonce: PayloadType.nonce,
  identification: PayloadType.identification,
  'key-exchange': PayloadType.keyExchange,
};

/** The message with other bodies. */
export function withBodies(octets: Uint8Array, bodies: Bodies): Uint8Array {
  const { header, payloads } = decodeMessage(octets);
  const changed = payloads.map((payload) => {
    const raw = bodies[payload.kind as keyof Bodies];
    const type = TYPES[payload.kind];
    return raw === undefined || type === undefined ? payload : ({ kind: 'unknown', type, raw } as const);
  });
  return encodeMessage(header, changed);
}

/** Bare RSA of a block as long as the modulus. */
function seal({ privateObject }: TestKey, block: Uint8Array): Uint8Array {
  const key = createPublicKey(privateObject);
  return Uint8Array.from(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block));
}

function blockOf({ length }: TestKey, message: Uint8Array, start = [0x00, 0x02]): Uint8Array {
  const block = new Uint8Array(length).fill(0x5a);
  block.set(start);
  block[length - message.length - 1] = 0;
  block.set(message, length - message.length);
  return block;
}

/** RSA bodies that are wrong in one way, but for those called well-formed. */
export function rsaFaults(key: TestKey, good: Uint8Array, strange: Uint8Array): Record<string, Uint8Array> {
  const short = blockOf(key, new Uint8Array(key.length - 9).fill(0x33));
  return {
    'well-formed, but strange': seal(key, blockOf(key, strange)),
    'not below the modulus': new Uint8Array(key.length).fill(0xff),
    'shorter than the modulus': new Uint8Array(key.length - 3).fill(0x44),
    'begins with 00 01': seal(key, blockOf(key, good, [0x00, 0x01])),
    'begins with 01 02': seal(key, blockOf(key, good, [0x01, 0x02])),
    'padding without end': seal(key, new Uint8Array(key.length).fill(0x5a).fill(0, 0, 1).fill(2, 1, 2)),
    'padding of six octets': seal(key, short),
    'too short a message': seal(key, blockOf(key, good.subarray(0, 3))),
    'any octets': seal(key, new Uint8Array(key.length).fill(0x3c)),
  };
}

/** A body of the revised mode before encryption, and what becomes of the ciphertext. */
interface CipherBody {
  readonly padded: Uint8Array;
  readonly finish?: (ciphertext: Uint8Array) => Uint8Array;
}

const { rfc } = ENCRYPTION_QUIRKS;
const right = (body: Uint8Array): CipherBody => ({ padded: padBody(body, 16, rfc) });
const changed = (body: Uint8Array, change: (padded: Uint8Array) => void): CipherBody => {
  const { padded } = right(body);
  change(padded);
  return { padded };
};

/** KE and ID of the revised mode under a nonce of the attacker's, wrong in one way. */
export function revisedFaults(
  key: TestKey,
  cookie: Uint8Array,
  good: { readonly publicValue: Uint8Array; readonly idBody: Uint8Array },
): Record<string, Bodies> {
  const nonce = new Uint8Array(32).fill(0x77);
  const hash = suite.hash(aes128Sha256X25519.hash);
  const cipherKey = deriveRevisedKey(hash, { nonce, cookie, cipherKeyLength: 16 });
  const cipher = suite.cipher('aes-cbc');
  const bodiesOf = (keyExchange: CipherBody, identification: CipherBody): Bodies => {
    const first = cipher.encrypt(cipherKey, new Uint8Array(16), keyExchange.padded);
    const second = cipher.encrypt(cipherKey, first.subarray(-16), identification.padded);
    return {
      nonce: seal(key, blockOf(key, nonce)),
      'key-exchange': keyExchange.finish?.(first) ?? first,
      identification: identification.finish?.(second) ?? second,
    };
  };
  const { publicValue, idBody } = good;
  const ke = right(publicValue);
  const id = right(idBody);
  const cut = (body: CipherBody): CipherBody => ({ ...body, finish: (octets) => octets.subarray(0, -5) });
  return {
    'well-formed, under a strange nonce': bodiesOf(ke, id),
    'an identity that nobody knows': bodiesOf(
      ke,
      right(concatOctets(Uint8Array.of(2, 0, 0, 0), asciiOctets('x.y'))),
    ),
    'an ID of three octets': bodiesOf(ke, right(idBody.subarray(0, 3))),
    'ID padding that is not zeros': bodiesOf(
      ke,
      changed(idBody, (padded) => padded.fill(1, -3, -1)),
    ),
    'an ID count beyond the block': bodiesOf(
      ke,
      changed(idBody, (padded) => padded.fill(0x7f, -1)),
    ),
    'an ID of no whole blocks': bodiesOf(ke, cut(id)),
    'KE padding that is not zeros': bodiesOf(
      changed(publicValue, (padded) => padded.fill(1, -3, -1)),
      id,
    ),
    'a KE count beyond the block': bodiesOf(
      changed(publicValue, (padded) => padded.fill(0x7f, -1)),
      id,
    ),
    'a KE of another length': bodiesOf(right(publicValue.subarray(0, 20)), id),
    'a KE of no whole blocks': bodiesOf(cut(ke), id),
    'a KE that cannot be used': bodiesOf(right(new Uint8Array(publicValue.length)), id),
  };
}
