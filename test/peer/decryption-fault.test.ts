/**
 * What an observer sees of faults in what is decrypted: by default nothing that tells one from
 * another, or from a mere wrong nonce; with the oracle, which fault it was.
 */
import { describe, expect, it } from 'vitest';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import { identificationPayload } from '../../src/ike/identity.ts';
import { ENCRYPTION_QUIRKS } from '../../src/ike/v1/encryption-quirks.ts';
import { decodeMessage } from '../../src/ike/wire/decode.ts';
import { encodeBody } from '../../src/ike/wire/encode.ts';
import { HEADER_LENGTH, HeaderFlag } from '../../src/ike/wire/numbers.ts';
import { concatOctets, toHex } from '../../src/ike/wire/octets.ts';
import { revisedFaults, rsaFaults, withBodies, type Bodies } from '../harness/bad-bodies.ts';
import {
  encryptionPair,
  encryptionSetting,
  INITIATOR,
  INITIATOR_KEY,
  METHODS,
  RESPONDER,
  RESPONDER_KEY,
  type EncryptionMethod,
} from '../harness/encryption.ts';
import { suite, type OnWire, type Pair } from '../harness/pair.ts';

const MODES = ['main', 'aggressive'] as const;
const VICTIMS = ['responder', 'initiator'] as const;
const CASES = METHODS.flatMap((method) =>
  MODES.flatMap((mode) => VICTIMS.map((victim) => ({ method, mode, victim }))),
);
type Case = (typeof CASES)[number];

interface Observed {
  /** Everything that went over the wire, without what looks random. */
  readonly shape: string;
  readonly operations: string;
  readonly causes: string;
  /** Types of notifications in clear. */
  readonly notifies: readonly number[];
}

/** Which datagram carries what the victim decrypts. */
function attackedIndex({ mode, victim }: Case): number {
  return (mode === 'main' ? 2 : 0) + (victim === 'initiator' ? 1 : 0);
}

function observe(test: Case, bodies: Bodies, oracle: boolean): Observed {
  const { method, mode, victim } = test;
  const native = createPublicKeyOperations();
  const counts = { encrypt: 0, decryptRaw: 0 };
  const operations = {
    ...native,
    encrypt(...args: Parameters<typeof native.encrypt>) {
      counts.encrypt++;
      return native.encrypt(...args);
    },
    decryptRaw(...args: Parameters<typeof native.decryptRaw>) {
      const block = native.decryptRaw(...args);
      // What is no number below the modulus costs nothing.
      counts.decryptRaw++;
      return block;
    },
  };
  const encryption = { quirks: ENCRYPTION_QUIRKS.rfc, oracle };
  const isResponder = victim === 'responder';
  const known = encryptionSetting([isResponder ? RESPONDER_KEY : INITIATOR_KEY], {
    responderAt: () => ({ identity: RESPONDER, publicKey: RESPONDER_KEY.publicKey }),
    keyOfInitiator: (identity) =>
      toHex(identity.data) === toHex(INITIATOR.data) ? INITIATOR_KEY.publicKey : undefined,
  });
  const certificates = { ...known, operations };
  const pair = encryptionPair({
    method,
    initiator: { mode, ...(!isResponder && { encryption }) },
    responder: isResponder ? { encryption } : {},
    ...(isResponder ? { responderCertificates: certificates } : { initiatorCertificates: certificates }),
    wire: (datagram) =>
      datagram.index === attackedIndex(test) ? [{ octets: withBodies(datagram.octets, bodies) }] : [datagram],
  });
  pair.connect().run();
  expect(pair.hasSucceeded).toBe(false);
  expect(pair.initiator.phase1Count + pair.responder.phase1Count).toBe(0);
  return {
    shape: pair.sent.map(shapeOf).join('\n'),
    operations: JSON.stringify(counts),
    causes: causesOf(pair),
    notifies: pair.sent.flatMap(clearNotifies),
  };
}

/** Lengths and types of payloads, which the fault must not change; cookies and contents look random. */
function shapeOf({ fromInitiator, octets, isRetransmission }: OnWire): string {
  const { header, payloads } = decodeMessageOrHeader(octets);
  const parts = payloads.map(({ kind, raw }) => `${kind}:${raw?.length}`);
  return [fromInitiator, isRetransmission, header.exchangeType, header.flags, octets.length, ...parts].join(
    ' ',
  );
}

function decodeMessageOrHeader(octets: Uint8Array) {
  const isEncrypted = ((octets[19] as number) & HeaderFlag.encryption) !== 0;
  const header = { exchangeType: octets[18] as number, flags: octets[19] as number };
  return { header, payloads: isEncrypted ? [] : decodeMessage(octets).payloads };
}

function clearNotifies({ octets }: OnWire): number[] {
  return decodeMessageOrHeader(octets).payloads.flatMap((payload) =>
    payload.kind === 'notification' ? [payload.notifyType] : [],
  );
}

function causesOf(pair: Pair): string {
  const failed = pair.factsOf('responder.failed').map(({ cause }) => cause);
  return [pair.failureCause, ...failed].join(' ');
}

/** Faults of everything that the victim decrypts, each with the rest of an honest message. */
function faultsOf(test: Case): [string, Bodies][] {
  const { method, victim } = test;
  const key = victim === 'responder' ? RESPONDER_KEY : INITIATOR_KEY;
  const idBody = encodeBody(identificationPayload(victim === 'responder' ? INITIATOR : RESPONDER));
  const strangeId = concatOctets(idBody, idBody);
  const nonces = rsaFaults(key, new Uint8Array(32).fill(5), new Uint8Array(32).fill(6));
  const faults: [string, Bodies][] = Object.entries(nonces).map(([name, nonce]) => [
    `nonce: ${name}`,
    { nonce },
  ]);
  if (method === 'public-key-encryption') {
    const ids = Object.entries(rsaFaults(key, idBody, strangeId));
    faults.push(
      ...ids.map(([name, identification]): [string, Bodies] => [`ID: ${name}`, { identification }]),
    );
    return faults;
  }
  const honest = honestMessage(test);
  const cookie = honest.octets.subarray(victim === 'responder' ? 0 : 8, victim === 'responder' ? 8 : 16);
  const publicValue = suite.group(31).generate(new Uint8Array(32).fill(0x21)).publicValue;
  faults.push(...Object.entries(revisedFaults(key, cookie, { publicValue, idBody })));
  return faults;
}

function honestMessage({ method, mode, victim }: Case): OnWire {
  const pair = encryptionPair({ method, initiator: { mode } }).connect().run();
  const message = pair.sent[attackedIndex({ method, mode, victim })];
  if (message === undefined) throw new Error('the honest exchange is longer');
  return message;
}

/** The attacked message is the attacker's own, so its shape tells nothing. */
function answersOf(test: Case, observed: Observed): string {
  const lines = observed.shape.split('\n');
  lines.splice(attackedIndex(test), 1);
  return lines.join('\n');
}

describe.each(CASES)('faults in what the $victim decrypts, $method in $mode mode', (test) => {
  const faults = faultsOf(test);

  it('are all alike: same messages, same operations, same causes', () => {
    const seen = faults.map(([, bodies]) => observe(test, bodies, false));
    expect(new Set(seen.map((each) => answersOf(test, each))).size).toBe(1);
    expect(new Set(seen.map(({ operations }) => operations)).size).toBe(1);
    expect(new Set(seen.map(({ causes }) => causes)).size).toBe(1);
    expect(seen[0]?.causes).toBe('authentication-failed authentication-failed');
  });

  it('are told apart with the oracle', () => {
    const seen = new Map(faults.map(([name, bodies]) => [name, observe(test, bodies, true)]));
    const notifies = new Set([...seen.values()].map((each) => each.notifies.join()));
    expect(notifies.size).toBeGreaterThanOrEqual(4);
    // What a Bleichenbacher attack needs: whether a ciphertext of its choice begins with 00 02.
    const right = seen.get('nonce: well-formed, but strange')?.notifies;
    expect(seen.get('nonce: begins with 00 01')?.notifies).not.toEqual(right);
    expect(seen.get('nonce: begins with 01 02')?.notifies).not.toEqual(right);
  });
});

it('the messages of an exchange with a fault are those of a good one, up to HASH', () => {
  const lengthsOf = (method: EncryptionMethod, bodies: Bodies) => {
    const test = { method, mode: 'main', victim: 'responder' } as const;
    return answersOf(test, observe(test, bodies, false))
      .split('\n')
      .slice(0, 3);
  };
  for (const method of METHODS) {
    const honest = encryptionPair({ method }).connect().run();
    const expected = [0, 1, 3].map((index) => shapeOf(honest.sent[index] as OnWire));
    expect(expected[2]).not.toHaveLength(HEADER_LENGTH);
    const [, bodies] = faultsOf({ method, mode: 'main', victim: 'responder' })[3] ?? ['', {}];
    expect(lengthsOf(method, bodies)).toEqual(expected);
  }
});
