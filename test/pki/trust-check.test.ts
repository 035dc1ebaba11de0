/** The trust check that the protocol asks, and the credentials that it signs with. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import type { CertificateAuthority } from '../../src/pki/certificate-authority.ts';
import { CertificateMemory, MalformedCertificate } from '../../src/pki/certificate-memory.ts';
import { credentialsOf, type CertificateStore } from '../../src/pki/certificate-store.ts';
import { createTrustCheck } from '../../src/pki/trust-check.ts';
import { commonName } from '../../src/pki/x509-library.ts';
import { DURING, PEER, VALIDITY, fqdn, makeAuthority } from './authorities.ts';

let authority: CertificateAuthority;
let store: CertificateStore;

beforeAll(async () => {
  authority = await makeAuthority({ intermediates: 1 });
  const { chain, privateKey } = await authority.issue({ identity: PEER });
  store = structuredClone({ chain, privateKey, anchors: [authority.anchor], revocations: [] });
});

describe('a trust check', () => {
  it('gives the key that belongs to the credentials of the other end', () => {
    const verdict = createTrustCheck(store).check(store.chain, PEER, DURING);
    if (!('publicKey' in verdict)) throw new Error(verdict.text);
    const { privateKey, chain } = credentialsOf(store);
    expect(chain).toBe(store.chain);
    const operations = createPublicKeyOperations();
    const hash = new Uint8Array(32).fill(2);
    expect(operations.verify(verdict.publicKey, hash, operations.sign(privateKey, hash))).toBe(true);
  });

  it('names its authorities for certificate requests', () => {
    expect(createTrustCheck(store).authorityNames).toEqual([commonName('Test CA')]);
  });

  it.each<[string, () => Parameters<ReturnType<typeof createTrustCheck>['check']>, string]>([
    ['malformed', () => [[Uint8Array.of(1)], PEER, DURING], 'certificate 1 of 1'],
    ['untrusted', () => [[], PEER, DURING], 'sent no certificate'],
    ['untrusted', () => [store.chain.slice(0, 1), PEER, DURING], 'no trusted authority'],
    ['expired', () => [store.chain, PEER, VALIDITY.notAfterMs + 1], '2046-01-01T00:00:00.000Z'],
    ['not-yet-valid', () => [store.chain, PEER, VALIDITY.notBeforeMs - 1], '2026-01-01T00:00:00.000Z'],
    ['identity-mismatch', () => [store.chain, fqdn('other.example'), DURING], 'other.example'],
  ])('says %s, and why', (problem, ask, text) => {
    const verdict = createTrustCheck(store).check(...ask());
    expect(verdict).toMatchObject({ problem, text: expect.stringContaining(text) as string });
  });

  it('may share its memory with others that trust other authorities', async () => {
    const memory = new CertificateMemory();
    const other = await makeAuthority({ name: 'Other CA' });
    const believing = createTrustCheck(store, memory);
    const doubting = createTrustCheck({ ...store, anchors: [other.anchor] }, memory);
    for (let round = 0; round < 2; round++) {
      expect(believing.check(store.chain, PEER, DURING)).toHaveProperty('publicKey');
      expect(doubting.check(store.chain, PEER, DURING)).toMatchObject({ problem: 'untrusted' });
    }
  });

  it('cannot be made of an anchor that is no certificate', () => {
    expect(() => createTrustCheck({ ...store, anchors: [Uint8Array.of(1)] })).toThrow(MalformedCertificate);
  });
});
