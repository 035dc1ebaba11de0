/** A gateway that accepts one thing only: everything else is refused, and the initiator knows why. */
import { describe, expect, it } from 'vitest';
import {
  AUTHENTICATIONS,
  usesPublicKeyEncryption,
  type Authentication,
} from '../../src/ike/authentication.ts';
import type { CertificateSetting } from '../../src/ike/v1/isakmp-sa.ts';
import type { Phase1Mode } from '../../src/peer/fact.ts';
import type { PeerPolicy } from '../../src/peer/policy.ts';
import { parseEspTransform, parseIkeTransform } from '../../src/scenario/keyword.ts';
import { encryptionSetting, INITIATOR_KEY, RESPONDER, RESPONDER_KEY } from '../harness/encryption.ts';
import { fakeCertificates } from '../harness/fake-certificates.ts';
import { Pair } from '../harness/pair.ts';

const CIPHERS = ['aes128', 'aes192', 'aes256', '3des'];
const HASHES = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];
const GROUPS = [
  ...['modp768', 'modp1024', 'modp1536', 'modp2048', 'modp3072', 'modp4096'],
  ...['ecp256', 'ecp384', 'ecp521', 'x25519'],
];
const ESP = ['aes128-sha256', 'aes256-sha256', 'aes128-sha1', '3des-sha1', 'aes128gcm16', 'null-sha256'];
const MODES: readonly Phase1Mode[] = ['main', 'aggressive'];

interface Case {
  readonly what: string;
  readonly initiator: Partial<PeerPolicy>;
  readonly responder: Partial<PeerPolicy>;
  /** Undefined: nothing is refused. */
  readonly cause: string | undefined;
}

/** Every accepted thing with every offered one: only the same ones agree. */
function everyPair<T>(
  all: readonly T[],
  accepted: readonly T[],
  cause: string,
  policies: (offered: T, accepted: T) => Pick<Case, 'initiator' | 'responder'>,
): Case[] {
  return accepted.flatMap((only) =>
    all.map((offered) => ({
      what: `only ${String(only)}, ${String(offered)} is offered`,
      ...policies(offered, only),
      cause: offered === only ? undefined : cause,
    })),
  );
}

const ike = (offered: string, accepted: string) => ({
  initiator: { ike: [parseIkeTransform(offered)] },
  responder: { ike: [parseIkeTransform(accepted)] },
});
/** What an initiator has that authenticates by a method: keys that both ends know beforehand, or a certificate to show. */
function certificatesFor(method: Authentication | undefined): CertificateSetting {
  if (method === undefined || !usesPublicKeyEncryption(method)) {
    return fakeCertificates({ name: 'initiator', believed: ['responder'] });
  }
  const known = { identity: RESPONDER, publicKey: RESPONDER_KEY.publicKey };
  return encryptionSetting([INITIATOR_KEY], { responderAt: () => known });
}

const cases: readonly Case[] = [
  ...everyPair(MODES, MODES, 'rejected', (mode, accepted) => ({
    initiator: { mode },
    responder: { acceptedModes: [accepted] },
  })),
  ...everyPair(CIPHERS, CIPHERS, 'no-proposal-chosen', (offered, accepted) =>
    ike(`${offered}-sha256-x25519`, `${accepted}-sha256-x25519`),
  ),
  ...everyPair(HASHES, HASHES, 'no-proposal-chosen', (offered, accepted) =>
    ike(`aes128-${offered}-x25519`, `aes128-${accepted}-x25519`),
  ),
  ...everyPair(GROUPS, ['modp2048', 'ecp256', 'x25519'], 'no-proposal-chosen', (offered, accepted) =>
    ike(`aes128-sha256-${offered}`, `aes128-sha256-${accepted}`),
  ),
  ...everyPair(ESP, ESP, 'no-proposal-chosen', (offered, accepted) => ({
    initiator: { esp: [parseEspTransform(offered)] },
    responder: { esp: [parseEspTransform(accepted)] },
  })),
  ...MODES.flatMap((mode) =>
    everyPair<Authentication>(
      AUTHENTICATIONS,
      ['rsa-signature', 'pre-shared-key'],
      'no-proposal-chosen',
      (offered, accepted) => ({
        initiator: { mode, authentication: offered },
        responder: { acceptedAuthentications: [accepted] },
      }),
    ),
  ),
];

describe('a gateway that accepts', () => {
  it.each(cases.map((each) => [each.what, each] as const))('%s', (_, { initiator, responder, cause }) => {
    const pair = new Pair({
      initiator,
      responder,
      initiatorCertificates: certificatesFor(initiator.authentication),
      responderCertificates: fakeCertificates({ name: 'responder', believed: ['initiator'] }),
    });
    pair.connect().run();
    expect(pair.failureCause).toBe(cause);
    expect(pair.hasSucceeded).toBe(cause === undefined);
    const left = cause === undefined ? 1 : 0;
    for (const peer of [pair.initiator, pair.responder]) {
      expect([peer.phase1Count, peer.childCount]).toEqual([left, left]);
    }
  });

  it('one of several offers takes that one', () => {
    const offered = CIPHERS.map((cipher) => parseIkeTransform(`${cipher}-sha256-x25519`));
    for (const only of offered) {
      const pair = new Pair({ initiator: { ike: offered }, responder: { ike: [only] } }).connect().run();
      expect(pair.hasSucceeded).toBe(true);
    }
  });
});
