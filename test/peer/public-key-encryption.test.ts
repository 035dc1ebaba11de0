import { describe, expect, it } from 'vitest';
import { ENCRYPTION_QUIRKS, type EncryptionQuirks } from '../../src/ike/v1/encryption-quirks.ts';
import { Group, IdentificationType } from '../../src/ike/wire/numbers.ts';
import { decodeMessage } from '../../src/ike/wire/decode.ts';
import { asciiOctets } from '../../src/ike/wire/octets.ts';
import type { IkeTransform } from '../../src/peer/policy.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import {
  encryptionPair,
  INITIATOR,
  INITIATOR_KEY,
  METHODS,
  RESPONDER,
  RESPONDER_KEY,
  SECOND_RESPONDER_KEY,
} from '../harness/encryption.ts';
import type { Pair } from '../harness/pair.ts';
import { aes128Sha256X25519, endpoint } from '../harness/policy.ts';

const MODES = ['main', 'aggressive'] as const;
const CASES = METHODS.flatMap((method) => MODES.map((mode) => ({ method, mode })));

function expectAgreement(pair: Pair): void {
  expect(pair.failureCause).toBeUndefined();
  expect(pair.hasSucceeded).toBe(true);
  expect(pair.phase1Keys('initiator')).toEqual(pair.phase1Keys('responder'));
  expect(pair.childKeys('initiator')).toHaveLength(2);
}

function expectNothingLeft(pair: Pair): void {
  expect(pair.initiator.phase1Count + pair.responder.phase1Count).toBe(0);
  expect(pair.armedTimers).toHaveLength(0);
}

const kindsOf = (octets: Uint8Array | undefined) =>
  decodeMessage(octets ?? new Uint8Array(0))
    .payloads.map(({ kind }) => kind)
    .filter((kind) => kind !== 'vendor-id' && kind !== 'nat-discovery');

describe.each(CASES)('$method in $mode mode', ({ method, mode }) => {
  it('sets up a tunnel with the messages and round trips of its mode', () => {
    const pair = encryptionPair({ method, initiator: { mode } }).connect().run();
    expectAgreement(pair);
    expect(pair.sent).toHaveLength(mode === 'main' ? 9 : 6);
    const names = pair.factsOf('round-trip').map(({ name }) => name);
    expect(names).toEqual(
      mode === 'main' ? ['main-1', 'main-3', 'main-5', 'quick-1'] : ['aggressive-1', 'quick-1'],
    );
  });

  it('has the payloads of the RFC in their order', () => {
    const { sent } = encryptionPair({ method, initiator: { mode } }).connect().run();
    const isRevised = method === 'revised-public-key-encryption';
    const bodies = isRevised
      ? ['nonce', 'key-exchange', 'identification']
      : ['key-exchange', 'identification', 'nonce'];
    if (mode === 'main') {
      expect(kindsOf(sent[2]?.octets)).toEqual(bodies);
      expect(kindsOf(sent[3]?.octets)).toEqual(bodies);
      return;
    }
    expect(kindsOf(sent[0]?.octets)).toEqual(['security-association', ...bodies]);
    expect(kindsOf(sent[1]?.octets)).toEqual(['security-association', ...bodies, 'hash']);
  });

  it('shows the identity of neither end', () => {
    const { sent } = encryptionPair({ method, initiator: { mode } }).connect().run();
    for (const { octets } of sent) {
      const text = Buffer.from(octets).toString('latin1');
      expect(text).not.toContain('host.example');
      expect(text).not.toContain('gate.example');
    }
  });

  it.each(Object.entries(ENCRYPTION_QUIRKS))('as the profile %s has it', (_name, quirks) => {
    const encryption = { quirks, oracle: false };
    expectAgreement(
      encryptionPair({ method, initiator: { mode, encryption }, responder: { encryption } }).connect().run(),
    );
  });

  const deviations: [string, Partial<EncryptionQuirks>][] = [['nonces not hashed', { hashesNonces: false }]];
  if (method === 'revised-public-key-encryption') {
    deviations.push(['zero IVs', { chainsIv: false }], ['ID in clear', { clearIdentityOctets: 4 }]);
    deviations.push(['other padding', { countsLengthOctet: true }]);
  }
  it.each(deviations)('fails when only one end has %s: authentication-failed', (_name, deviation) => {
    const encryption = { quirks: { ...ENCRYPTION_QUIRKS.rfc, ...deviation }, oracle: false };
    const pair = encryptionPair({ method, initiator: { mode, encryption } }).connect().run();
    expect(pair.failureCause).toBe('authentication-failed');
    expect(pair.factsOf('responder.failed').map(({ cause }) => cause)).toEqual(['authentication-failed']);
    expectNothingLeft(pair);
  });

  const transforms: IkeTransform[] = [
    { ...aes128Sha256X25519, hash: 'md5' },
    { ...aes128Sha256X25519, keyBits: 256, hash: 'sha1' },
    { ...aes128Sha256X25519, keyBits: 192, hash: 'sha512' },
    { ...aes128Sha256X25519, group: Group.modp2048 },
    { ...aes128Sha256X25519, group: Group.ecp256 },
    { cipher: '3des-cbc', keyBits: 192, hash: 'md5', group: Group.modp1024 },
  ];
  it.each(transforms)('agrees on $cipher $keyBits, $hash, group $group', (transform) => {
    const ike = [transform];
    expectAgreement(encryptionPair({ method, initiator: { mode, ike }, responder: { ike } }).connect().run());
  });

  it('offers what its first message can be made with', () => {
    const second: IkeTransform = { ...aes128Sha256X25519, keyBits: 256, hash: 'sha512' };
    const pair = encryptionPair({
      method,
      initiator: { mode, ike: [aes128Sha256X25519, second] },
      responder: { ike: [second] },
    });
    pair.connect().run();
    if (mode === 'main') return expectAgreement(pair);
    expect(pair.failureCause).toBe('no-proposal-chosen');
  });

  it('names the key by HASH(1) where the responder has several', () => {
    const responderKeys = [RESPONDER_KEY, SECOND_RESPONDER_KEY] as const;
    const { publicKey, certificate } = SECOND_RESPONDER_KEY;
    const responderEnd = { identity: RESPONDER, publicKey, certificate };
    const pair = encryptionPair({ method, responderKeys, responderEnd, initiator: { mode } });
    pair.connect().run();
    expectAgreement(pair);
    expect(kindsOf(pair.sent[mode === 'main' ? 2 : 0]?.octets)).toContain('hash');
  });

  it('refuses a HASH(1) that means no certificate: invalid-key', () => {
    const { publicKey, certificate } = SECOND_RESPONDER_KEY;
    const responderEnd = { identity: RESPONDER, publicKey, certificate };
    const pair = encryptionPair({ method, responderEnd, initiator: { mode } }).connect().run();
    expect(pair.failureCause).toBe('invalid-key');
    expect(pair.factsOf('responder.failed').map(({ cause }) => cause)).toEqual(['invalid-key']);
    expectNothingLeft(pair);
  });

  it('floats through a NAT', () => {
    const pair = encryptionPair({ method, initiator: { mode, natTraversal: 'force' } })
      .connect()
      .run();
    expectAgreement(pair);
  });

  it('rekeys phase 1', () => {
    const pair = encryptionPair({
      method,
      initiator: { mode, ikeLifetimeS: 100, rekey: { marginNs: 20 * NS_PER_S, fuzz: 0 } },
      responder: { ikeLifetimeS: 100 },
    });
    pair.connect().run(150 * NS_PER_S);
    expect(pair.factsOf('lifecycle', 'initiator').map(({ event }) => event)).toContain('phase1-rekeyed');
    expect(pair.factsOf('lifecycle').map(({ event }) => event)).not.toContain('rekey-failed');
  });

  it('takes INITIAL-CONTACT', () => {
    const pair = encryptionPair({ method, initiator: { mode, initialContact: true } })
      .connect(1)
      .run();
    pair.connect(2).run();
    expect(pair.factsOf('negotiation.succeeded')).toHaveLength(2);
    expect(pair.responder.phase1Count).toBe(1);
  });

  describe('cannot succeed', () => {
    it('without a key of the responder, and says nothing', () => {
      const pair = encryptionPair({ method, responderEnd: undefined, initiator: { mode } }).connect().run();
      expect(pair.failureCause).toBe('authentication-failed');
      expect(pair.sent).toHaveLength(0);
      expectNothingLeft(pair);
    });

    it.each([
      ['the responder does not know the initiator', { keyOfInitiator: () => undefined }],
      ['the responder has another key of the initiator', { keyOfInitiator: () => RESPONDER_KEY.publicKey }],
      [
        'the initiator has another key of the responder',
        { responderEnd: { identity: RESPONDER, publicKey: SECOND_RESPONDER_KEY.publicKey } },
      ],
      [
        'the responder says that it is somebody else',
        { responderEnd: { identity: INITIATOR, publicKey: RESPONDER_KEY.publicKey } },
      ],
    ])('when %s: authentication-failed at both ends', (_name, changes) => {
      const pair = encryptionPair({ method, ...changes, initiator: { mode } })
        .connect()
        .run();
      expect(pair.failureCause).toBe('authentication-failed');
      expect(pair.factsOf('responder.failed').map(({ cause }) => cause)).toEqual(['authentication-failed']);
      expectNothingLeft(pair);
    });

    it('when only one end has the method: no-proposal-chosen', () => {
      const pair = encryptionPair({
        method,
        initiator: { mode },
        responder: { acceptedAuthentications: ['pre-shared-key'] },
      });
      pair.connect().run();
      expect(pair.failureCause).toBe('no-proposal-chosen');
    });
  });
});

describe('an identity that does not fit into a block of the key', () => {
  const identity = { idType: IdentificationType.fqdn, data: asciiOctets(`${'long.'.repeat(30)}example`) };
  const keyOfInitiator = () => INITIATOR_KEY.publicKey;

  it('ends the plain method before its first message', () => {
    const pair = encryptionPair({ method: 'public-key-encryption', initiator: { identity } }).connect().run();
    expect(pair.failureCause).toBe('authentication-failed');
    expect(pair.sent).toHaveLength(0);
  });

  it('ends it at the responder when it is the one of the responder', () => {
    const pair = encryptionPair({ method: 'public-key-encryption', responder: { identity } });
    pair.connect().run();
    expect(pair.failureCause).toBe('timeout-phase1');
    expect(pair.factsOf('responder.failed').map(({ cause }) => cause)).toContain('authentication-failed');
    expect(pair.responder.phase1Count).toBe(0);
  });

  it('is none for the revised mode', () => {
    const method = 'revised-public-key-encryption';
    expectAgreement(encryptionPair({ method, keyOfInitiator, initiator: { identity } }).connect().run());
  });
});

it('the responder is told who calls from where, for identities that several have', () => {
  const asked: string[] = [];
  const pair = encryptionPair({
    method: 'public-key-encryption',
    keyOfInitiator: (_identity, address) => (asked.push(address), INITIATOR_KEY.publicKey),
    initiatorEndpoint: endpoint('10.0.0.77'),
  });
  expectAgreement(pair.connect().run());
  expect(asked).toEqual(['10.0.0.77']);
});
