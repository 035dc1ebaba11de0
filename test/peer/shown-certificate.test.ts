/** The certificate that an initiator shows in the revised mode of public key encryption (RFC 2409 §5.3). */
import { constants, createDecipheriv, createHmac, privateDecrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CertificateProblem, TrustCheck } from '../../src/ike/authentication-credentials.ts';
import { isSameIdentity } from '../../src/ike/identity.ts';
import { ENCRYPTION_QUIRKS } from '../../src/ike/v1/encryption-quirks.ts';
import { decodeMessage } from '../../src/ike/wire/decode.ts';
import { asciiOctets, concatOctets } from '../../src/ike/wire/octets.ts';
import type { PeerPolicy } from '../../src/peer/policy.ts';
import {
  encryptionPair,
  type EncryptionPairSetup,
  encryptionSetting,
  INITIATOR,
  INITIATOR_KEY,
  RESPONDER,
  RESPONDER_KEY,
} from '../harness/encryption.ts';
import type { OnWire, Pair } from '../harness/pair.ts';

const MODES = ['main', 'aggressive'] as const;
const method = 'revised-public-key-encryption';
const quirks = ENCRYPTION_QUIRKS.rfc;
const SHOWS = { quirks, oracle: false, showsCertificate: true };
const CERTIFICATE = asciiOctets(`certificate of the initiator ${'x'.repeat(300)}`);
const INTERMEDIATE = asciiOctets(`certificate between ${'y'.repeat(301)}`);

/** Believes the chain above of the initiator, and remembers what it was asked. */
function trusting(publicKey = INITIATOR_KEY.publicKey): TrustCheck & { readonly asked: Uint8Array[][] } {
  const asked: Uint8Array[][] = [];
  return {
    asked,
    authorityNames: [],
    givenLists: [],
    readList: () => undefined,
    check(chain, identity) {
      asked.push([...chain]);
      const isShown = chain.length > 0 && Buffer.compare(chain[0] as Uint8Array, CERTIFICATE) === 0;
      if (!isShown) return { problem: 'malformed', text: 'no certificate' };
      if (!isSameIdentity(identity, INITIATOR)) return { problem: 'identity-mismatch', text: 'of another' };
      return { publicKey };
    },
  };
}

function disbelieving(problem: CertificateProblem): TrustCheck {
  return {
    authorityNames: [],
    givenLists: [],
    readList: () => undefined,
    check: () => ({ problem, text: `it is ${problem}` }),
  };
}

interface Shown extends Partial<EncryptionPairSetup> {
  readonly mode: (typeof MODES)[number];
  readonly trust: TrustCheck;
  readonly encryption?: NonNullable<PeerPolicy['encryption']>;
  readonly chain?: readonly Uint8Array[];
}

/** An initiator that shows its chain to a responder that does not know it. */
function shownPair({ mode, trust, encryption = SHOWS, chain = [CERTIFICATE], ...setup }: Shown): Pair {
  const responderEnd = { identity: RESPONDER, publicKey: RESPONDER_KEY.publicKey };
  const initiator = encryptionSetting([INITIATOR_KEY], { responderAt: () => responderEnd });
  const { privateKey } = INITIATOR_KEY;
  return encryptionPair({
    ...setup,
    method,
    initiator: { mode, encryption, ...setup.initiator },
    initiatorCertificates: { ...initiator, credentials: { chain, privateKey } },
    responderCertificates: { ...encryptionSetting([RESPONDER_KEY], {}), trust },
  });
}

/** The message that the initiator encrypts for the responder. */
function encryptedMessage(pair: Pair, mode: (typeof MODES)[number]): OnWire {
  const message = pair.sent[mode === 'main' ? 2 : 0];
  if (message === undefined) throw new Error('nothing was sent');
  return message;
}

describe.each(MODES)('a certificate in %s mode', (mode) => {
  it('lets in whom the responder does not know', () => {
    const trust = trusting();
    const pair = shownPair({ mode, trust }).connect().run();
    expect(pair.failureCause).toBeUndefined();
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.phase1Keys('initiator')).toEqual(pair.phase1Keys('responder'));
    expect(trust.asked).toEqual([[CERTIFICATE]]);
  });

  it('comes with what is between it and the authority', () => {
    const trust = trusting();
    const pair = shownPair({ mode, trust, chain: [CERTIFICATE, INTERMEDIATE] })
      .connect()
      .run();
    expect(pair.hasSucceeded).toBe(true);
    expect(trust.asked).toEqual([[CERTIFICATE, INTERMEDIATE]]);
  });

  it('may be so long that it goes in fragments', () => {
    const trust = trusting();
    const chain = [CERTIFICATE, new Uint8Array(2000).fill(7)];
    const pair = shownPair({ mode, trust, chain, initiator: { fragmentOctets: 1280 } });
    expect(pair.connect().run().hasSucceeded).toBe(true);
    expect(trust.asked).toEqual([chain]);
  });

  it.each(Object.entries(ENCRYPTION_QUIRKS))('as the profile %s has it', (_name, profile) => {
    const encryption = { ...SHOWS, quirks: profile };
    const responder = { encryption: { quirks: profile, oracle: false } };
    const pair = shownPair({ mode, trust: trusting(), encryption, responder });
    expect(pair.connect().run().hasSucceeded).toBe(true);
  });

  it('stands after the identity, in a message that shows neither', () => {
    const pair = shownPair({ mode, trust: trusting() }).connect().run();
    const { octets } = encryptedMessage(pair, mode);
    const kinds = decodeMessage(octets).payloads.map(({ kind }) => kind);
    expect(kinds.slice(kinds.indexOf('nonce'), kinds.indexOf('nonce') + 4)).toEqual([
      ...['nonce', 'key-exchange', 'identification', 'certificate'],
    ]);
    const text = Buffer.from(octets).toString('latin1');
    for (const secret of ['certificate of', 'host.example']) expect(text).not.toContain(secret);
  });

  it('is one that OpenSSL finds where the RFC has it', () => {
    const pair = shownPair({ mode, trust: trusting() }).connect().run();
    const { header, payloads } = decodeMessage(encryptedMessage(pair, mode).octets);
    const bodyOf = (kind: string) =>
      payloads.find((payload) => payload.kind === kind)?.raw ?? new Uint8Array(0);
    // Node refuses to take away PKCS #1 padding by itself: 00 02, octets that are not 0, 00, the nonce.
    const padding = constants.RSA_NO_PADDING;
    const block = privateDecrypt({ key: RESPONDER_KEY.privateObject, padding }, bodyOf('nonce'));
    const nonce = block.subarray(block.indexOf(0, 2) + 1);
    const seed = createHmac('sha256', nonce).update(header.initiatorCookie).digest();
    // One after the other, as if the three bodies were one text: the IV of each is the end of the one before.
    const together = concatOctets(...['key-exchange', 'identification', 'certificate'].map(bodyOf));
    const decipher = createDecipheriv('aes-128-cbc', seed.subarray(0, 16), new Uint8Array(16));
    const clear = Buffer.concat([decipher.setAutoPadding(false).update(together), decipher.final()]);
    const body = clear.subarray(bodyOf('key-exchange').length + bodyOf('identification').length);
    const count = (body.at(-1) ?? 0) + 1;
    // X.509 certificate for key exchange (RFC 2408 §3.9).
    expect(body.subarray(0, body.length - count)).toEqual(Buffer.concat([Uint8Array.of(5), CERTIFICATE]));
  });

  it('is not looked at by a responder that knows the key', () => {
    const trust = trusting();
    const { keyOfInitiator } = { keyOfInitiator: () => INITIATOR_KEY.publicKey };
    const responderCertificates = { ...encryptionSetting([RESPONDER_KEY], { keyOfInitiator }), trust };
    const pair = encryptionPair({ method, initiator: { mode, encryption: SHOWS }, responderCertificates });
    expect(pair.connect().run().hasSucceeded).toBe(true);
    expect(trust.asked).toEqual([]);
  });

  it('is not shown unless the policy says so', () => {
    const trust = trusting();
    const pair = shownPair({ mode, trust, encryption: { quirks, oracle: false } })
      .connect()
      .run();
    expect(pair.failureCause).toBe('authentication-failed');
    expect(pair.factsOf('responder.failed').map(({ cause }) => cause)).toEqual(['authentication-failed']);
    expect(trust.asked).toEqual([]);
  });

  const DISBELIEFS = [
    ['untrusted', 'certificate-untrusted', 22],
    ['malformed', 'certificate-untrusted', 19],
    ['expired', 'certificate-expired', 20],
    ['revoked', 'certificate-revoked', 20],
    ['identity-mismatch', 'certificate-identity', 18],
  ] as const;

  it.each(DISBELIEFS)('that is %s fails as %s for the responder, which does not tell', (problem, cause) => {
    const pair = shownPair({ mode, trust: disbelieving(problem) })
      .connect()
      .run();
    expect(pair.failureCause).toBe('authentication-failed');
    expect(pair.factsOf('responder.failed').map((fact) => fact.cause)).toEqual([cause]);
    expect(pair.initiator.phase1Count + pair.responder.phase1Count).toBe(0);
  });

  it('has one answer on the wire, whatever is wrong with it', () => {
    const shapes = DISBELIEFS.map(([problem]) => {
      const pair = shownPair({ mode, trust: disbelieving(problem) })
        .connect()
        .run();
      return pair.sent.map(({ octets, fromInitiator }) =>
        [fromInitiator, octets[18], octets.length].join(' '),
      );
    });
    for (const shape of shapes) expect(shape).toEqual(shapes[0]);
  });

  it.each(DISBELIEFS)('that is %s is refused at once by the oracle', (problem, cause, notify) => {
    const responder = { encryption: { quirks, oracle: true } };
    const pair = shownPair({ mode, trust: disbelieving(problem), responder })
      .connect()
      .run();
    expect(pair.factsOf('responder.failed').map((fact) => fact.cause)).toEqual([cause]);
    const told = pair.sent
      .filter(({ fromInitiator, octets }) => !fromInitiator && octets[18] === 5)
      .flatMap(({ octets }) => decodeMessage(octets).payloads)
      .map((payload) => (payload.kind === 'notification' ? payload.notifyType : undefined));
    expect(told).toEqual([notify]);
  });

  it('of a key that does not encrypt is not believed', () => {
    const trust = trusting({ ...INITIATOR_KEY.publicKey, algorithm: 'ecdsa-256' });
    const pair = shownPair({ mode, trust }).connect().run();
    expect(pair.factsOf('responder.failed').map(({ cause }) => cause)).toEqual(['certificate-untrusted']);
  });

  it('of whom another identity came is not believed', () => {
    const identity = { ...INITIATOR, data: asciiOctets('thief.example') };
    const pair = shownPair({ mode, trust: trusting(), initiator: { identity } }).connect().run();
    expect(pair.factsOf('responder.failed').map(({ cause }) => cause)).toEqual(['certificate-identity']);
  });

  it('that was changed on its way lets nobody in, and nothing stays', () => {
    for (const back of [1, 17, 40, 200]) {
      const pair = shownPair({ mode, trust: trusting() });
      pair.wire = (datagram) => {
        if (datagram.index !== (mode === 'main' ? 2 : 0)) return [datagram];
        const octets = datagram.octets.slice();
        const { payloads } = decodeMessage(octets);
        const body = payloads.find(({ kind }) => kind === 'certificate')?.raw;
        if (body === undefined) throw new Error('there is no certificate');
        const at = Buffer.from(octets).indexOf(Buffer.from(body)) + body.length - back;
        octets[at] = (octets[at] as number) ^ 0x40;
        return [{ octets }];
      };
      pair.connect().run();
      expect(pair.hasSucceeded).toBe(false);
      expect(pair.initiator.phase1Count + pair.responder.phase1Count).toBe(0);
      expect(pair.armedTimers).toEqual([]);
    }
  });
});
