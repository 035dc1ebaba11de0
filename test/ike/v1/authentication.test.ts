import { describe, expect, it } from 'vitest';
import { createCryptoSuite } from '../../../src/crypto/registry.ts';
import type { Authentication } from '../../../src/ike/authentication.ts';
import { computeHashI, computeHashR } from '../../../src/ike/v1/authentication.ts';
import { adoptTransform, createIsakmpSa, handshakeOf, NO_COOKIE } from '../../../src/ike/v1/isakmp-sa.ts';
import { aes128Sha256X25519, endpoint } from '../../harness/policy.ts';

const suite = createCryptoSuite('fastest');

/** Both hashes of an SA with SHA-1 as negotiated hash. */
function hashesWith(authentication: Authentication): readonly Uint8Array[] {
  const sa = createIsakmpSa({
    isInitiator: true,
    mode: 'main',
    initiatorCookie: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    responderCookie: NO_COOKIE,
    own: endpoint('10.0.0.1'),
    remote: endpoint('10.0.0.2'),
    hasMarker: false,
  });
  sa.authentication = authentication;
  adoptTransform(sa, { ...aes128Sha256X25519, hash: 'sha1' }, suite);
  handshakeOf(sa).skeyid = new Uint8Array(20).fill(7);
  return [computeHashI(sa), computeHashR(sa)];
}

describe('HASH_I and HASH_R', () => {
  const lengths: [Authentication, number][] = [
    ['pre-shared-key', 20],
    ['rsa-signature', 20],
    ['ecdsa-256', 32],
    ['ecdsa-384', 48],
    ['ecdsa-521', 64],
  ];
  it.each(lengths)(
    'with %s have %i octets when SHA-1 is negotiated: ECDSA names its hash',
    (method, length) => {
      for (const hash of hashesWith(method)) expect(hash).toHaveLength(length);
    },
  );

  it('are keyed with SKEYID under that hash', () => {
    const [hashI] = hashesWith('ecdsa-256');
    const input = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, ...NO_COOKIE);
    expect(hashI).toEqual(suite.hash('sha256').hmac(new Uint8Array(20).fill(7), input));
  });
});
