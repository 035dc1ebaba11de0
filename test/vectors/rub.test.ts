import { expect, it } from 'vitest';
import { integerToOctets } from '../../src/crypto/integer.ts';
import { createNativeSuite } from '../../src/crypto/native.ts';
import { createNobleSuite } from '../../src/crypto/noble.ts';
import { createCryptoSuite } from '../../src/crypto/registry.ts';
import { computeHashR } from '../../src/ike/v1/authentication.ts';
import { openMessage } from '../../src/ike/v1/envelope.ts';
import { adoptTransform, cipherOf, createIsakmpSa, handshakeOf, hashOf } from '../../src/ike/v1/isakmp-sa.ts';
import type { IsakmpSa, SkeyidKeys } from '../../src/ike/v1/isakmp-sa.ts';
import {
  deriveKeymat,
  derivePhase1Iv,
  derivePhase2Iv,
  deriveSkeyidKeys,
  deriveSkeyidPreSharedKey,
} from '../../src/ike/v1/keymat.ts';
import { encryptionKeyLength, integrityKeyLength, type IkeTransform } from '../../src/ike/transform.ts';
import { encodeMessage } from '../../src/ike/wire/encode.ts';
import { decodeMessage } from '../../src/ike/wire/decode.ts';
import { decodeHeader } from '../../src/ike/wire/header.ts';
import { NotifyType, ProtocolId } from '../../src/ike/wire/numbers.ts';
import { asciiOctets, fromHex, toHex, uint32At } from '../../src/ike/wire/octets.ts';
import { describeVectors, readVectorText } from '../harness/vectors.ts';

/** A statement of a unit test with the hex text in it; two texts when the statement has two. */
interface Statement {
  readonly context: string;
  readonly hex: string | readonly string[];
}
type Tests = Readonly<Record<string, Readonly<Record<string, readonly Statement[]>>>>;

const suite = createCryptoSuite('fastest');
const NO_ENDPOINT = { address: '192.0.2.1', port: 500, octets: Uint8Array.of(192, 0, 2, 1) };
/** The transform of the proposal that all of the handshakes make, and of their quick mode. */
const TRANSFORM: IkeTransform = { cipher: 'aes-cbc', keyBits: 128, hash: 'sha1', group: 2 };
const ESP_TRANSFORM = { encryption: 'aes-cbc', keyBits: 128, integrity: 'sha1' } as const;
const PRE_SHARED_KEY = asciiOctets('AAAA');

function readTests(): Tests {
  return (JSON.parse(readVectorText('rub-nds-ikev1/hex-by-test.json')) as { tests: Tests }).tests;
}

function statementsOf(tests: Tests, unit: string, test: string): readonly Statement[] {
  const statements = tests[unit]?.[test];
  if (statements === undefined) throw new Error(`there is no ${unit}.${test}`);
  return statements;
}

/** Octets of the only statement that has `part` in it. */
function octetsOf(statements: readonly Statement[], part: string): Uint8Array {
  const found = statements.filter(({ context }) => context.includes(part));
  const [hex] = found.flatMap((statement) => statement.hex);
  if (found.length !== 1 || hex === undefined) throw new Error(`${found.length} statements with ${part}`);
  return fromHex(hex);
}

/** The initiator's SA after message 4, with everything that HASH_R takes. */
function initiatorOf(statements: readonly Statement[]): { sa: IsakmpSa; keys: SkeyidKeys } {
  const of = (part: string): Uint8Array => octetsOf(statements, part);
  const sa = createIsakmpSa({
    isInitiator: true,
    mode: 'main',
    initiatorCookie: of('instance.setInitiatorCookie'),
    responderCookie: of('instance.setResponderCookie'),
    own: NO_ENDPOINT,
    remote: NO_ENDPOINT,
    hasMarker: false,
  });
  adoptTransform(sa, TRANSFORM, suite);
  const hash = hashOf(sa);
  const nonceI = of('getHandshakeSA().setInitiatorNonce');
  const nonceR = of('getHandshakeSA().setResponderNonce');
  const publicI = of('setKeyExchangeData');
  const publicR = of('setPeerKeyExchangeData');
  const keys = deriveSkeyidKeys(hash, {
    skeyid: deriveSkeyidPreSharedKey(hash, PRE_SHARED_KEY, nonceI, nonceR),
    shared: of('setDHSecret'),
    initiatorCookie: sa.initiatorCookie,
    responderCookie: sa.responderCookie,
    cipherKeyLength: TRANSFORM.keyBits / 8,
  });
  const { skeyid, skeyidE, ...working } = keys;
  sa.keys = working;
  sa.iv = derivePhase1Iv(hash, publicI, publicR, cipherOf(sa).blockLength);
  Object.assign(handshakeOf(sa), {
    skeyid,
    skeyidE,
    nonceI,
    nonceR,
    publicI,
    publicR,
    saBodyI: of('setSAOfferBody'),
    idBodyR: of('setPeerIdentificationPayloadBody'),
  });
  return { sa, keys };
}

const UNIT = 'IKEv1HandshakeSessionSecretsTest';
const PHASE_1_TESTS = ['testComputeSecretKeys', 'testComputeSecretKeysInformationalExchange'] as const;

describeVectors('phase 1 with a pre-shared key, as IPsec-StateMachineExtractor expects it', () => {
  const tests = readTests();

  it.each(PHASE_1_TESTS)('%s: SKEYIDs, Ka, IV and HASH_R', (name) => {
    const statements = statementsOf(tests, UNIT, name);
    const { sa, keys } = initiatorOf(statements);
    const expected = (part: string): string => toHex(octetsOf(statements, part));
    expect(toHex(keys.skeyid)).toBe(expected('getSKEYID()'));
    expect(toHex(keys.skeyidD)).toBe(expected('getSKEYID_d()'));
    expect(toHex(keys.skeyidA)).toBe(expected('getSKEYID_a()'));
    expect(toHex(keys.skeyidE)).toBe(expected('getSKEYID_e()'));
    expect(toHex(keys.cipherKey)).toBe(expected('getKa()'));
    expect(toHex(sa.iv)).toBe(expected('getIV(new byte[]{0x00, 0x00, 0x00, 0x00})'));
    expect(toHex(computeHashR(sa))).toBe(expected('getHASH_R()'));
  });

  it('the IV of an informational exchange', () => {
    const statements = statementsOf(tests, UNIT, 'testComputeSecretKeysInformationalExchange');
    const { sa } = initiatorOf(statements);
    const [iv, messageId = ''] = statements.find(({ hex }) => typeof hex !== 'string')?.hex ?? [];
    const derived = derivePhase2Iv(hashOf(sa), sa.iv, uint32At(fromHex(messageId), 0), 16);
    expect(toHex(derived)).toBe(iv?.toLowerCase());
  });
});

describeVectors('Diffie-Hellman, as IPsec-StateMachineExtractor expects it', () => {
  const statements = statementsOf(readTests(), UNIT, 'testComputeDHSecret');
  const group = 2;
  const length = 128;

  it.each([
    ['native', createNativeSuite()],
    ['noble', createNobleSuite()],
  ] as const)('a secret that begins with a zero octet keeps it, with %s', (_, { group: groupOf }) => {
    // Keys in DER end with the number itself.
    const tail = (part: string): Uint8Array => octetsOf(statements, part).subarray(-length);
    const own = { publicValue: tail('key1SpecPub'), secret: tail('key1SpecPriv') };
    const exchange = groupOf(group);
    expect(exchange.agree(own, integerToOctets(2n, length))).toEqual(own.publicValue);
    const shared = exchange.agree(own, tail('key2SpecPub'));
    expect(shared).toHaveLength(length);
    expect(shared[0]).toBe(0);
  });
});

describeVectors('quick mode, as IPsec-StateMachineExtractor expects it', () => {
  const statements = statementsOf(readTests(), UNIT, 'testComputeKeyMaterial');
  const expectedKeymats = statements.filter(({ context }) => context.endsWith(', b);'));

  it('the keys that it starts from', () => {
    const { sa, keys } = initiatorOf(statements);
    expect(keys.cipherKey).toEqual(octetsOf(statements, 'getKa()'));
    expect(sa.iv).toEqual(octetsOf(statements, 'getIV(new byte[]{0x00, 0x00, 0x00, 0x00})'));
  });

  // Of the two answers, the first is of the SA that the test's end sends on.
  it.each([
    ['outbound', 'setOutboundSpi', 0],
    ['inbound', 'setInboundSpi', 1],
  ] as const)('KEYMAT of the %s SA', (_, spi, index) => {
    const { sa, keys } = initiatorOf(statements);
    const keymat = deriveKeymat(
      hashOf(sa),
      {
        skeyidD: keys.skeyidD,
        protocolId: ProtocolId.esp,
        spi: octetsOf(statements, spi),
        nonceI: octetsOf(statements, 'ipsec_sas.setInitiatorNonce'),
        nonceR: octetsOf(statements, 'ipsec_sas.setResponderNonce'),
      },
      encryptionKeyLength(ESP_TRANSFORM) + integrityKeyLength(ESP_TRANSFORM),
    );
    expect(expectedKeymats).toHaveLength(2);
    expect(toHex(keymat)).toBe(expectedKeymats[index]?.hex);
  });
});

describeVectors('messages of IPsec-StateMachineExtractor', () => {
  const tests = readTests();

  it('an encrypted notification', () => {
    const statements = statementsOf(tests, 'EncryptedISAKMPMessageTest', 'testDecrypt');
    const octets = octetsOf(statements, 'byte[] bytes');
    const header = decodeHeader(octets);
    const sa = createIsakmpSa({
      isInitiator: true,
      mode: 'main',
      initiatorCookie: header.initiatorCookie,
      responderCookie: header.responderCookie,
      own: NO_ENDPOINT,
      remote: NO_ENDPOINT,
      hasMarker: false,
    });
    adoptTransform(sa, TRANSFORM, suite);
    const none = new Uint8Array(0);
    sa.keys = { skeyidD: none, skeyidA: none, cipherKey: octetsOf(statements, 'byte[] key') };
    const opened = openMessage(sa, header, octets, octetsOf(statements, 'byte[] iv'));
    expect(opened.payloads.map(({ kind }) => kind)).toEqual(['hash', 'notification']);
    expect(toHex(opened.chain)).toBe(toHex(octetsOf(statements, 'byte[] expected')));
  });

  it('a malformed-payload notification in clear', () => {
    const test = 'testFromByteArray_IKEv1PayloadMalformedNotification';
    const octets = octetsOf(statementsOf(tests, 'IKEv1HandshakeTest', test), 'wiresharkDump');
    const { header, payloads } = decodeMessage(octets);
    expect(payloads).toMatchObject([
      { kind: 'notification', protocolId: ProtocolId.isakmp, notifyType: NotifyType.payloadMalformed },
    ]);
    expect(encodeMessage(header, payloads)).toEqual(octets);
  });
});
