/** Which chains are believed, and what is said of the others. */
import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import { importPrivateKey } from '../../src/crypto/key-import.ts';
import { isSameIdentity } from '../../src/ike/identity.ts';
import type { CertificateAuthority } from '../../src/pki/certificate-authority.ts';
import { CertificateMemory, MalformedCertificate } from '../../src/pki/certificate-memory.ts';
import type { IssuedCertificate } from '../../src/pki/certificate-store.ts';
import { encodePem, readPem } from '../../src/pki/pem.ts';
import { peerNames } from '../../src/pki/peer-names.ts';
import { loadRevocationList } from '../../src/pki/revocation-reading.ts';
import { hasOpenssl, runOpenssl } from '../crypto/openssl.ts';
import {
  DURING,
  PEER,
  VALIDITY,
  certify,
  fqdn,
  judge,
  makeAuthority,
  makeSigner,
  outcome,
} from './authorities.ts';

let authority: CertificateAuthority;
let peer: IssuedCertificate;
let anchors: Uint8Array[];

beforeAll(async () => {
  authority = await makeAuthority({ intermediates: 1 });
  peer = await authority.issue({ identity: PEER });
  anchors = [authority.anchor];
});

describe('a chain', () => {
  it.each([0, 1, 2, 3])('with %i intermediates leads to the key of the peer', async (intermediates) => {
    const long = await makeAuthority({ intermediates });
    const { chain, privateKey } = await long.issue({ identity: PEER });
    expect(chain).toHaveLength(1 + intermediates);
    const verdict = judge({ chain, anchors: [long.anchor] });
    if (!verdict.ok) throw new Error(verdict.text);
    const operations = createPublicKeyOperations();
    const hash = new Uint8Array(32).fill(1);
    const signature = operations.sign(importPrivateKey(privateKey), hash);
    expect(operations.verify(verdict.publicKey, hash, signature)).toBe(true);
  });

  it('is believed whatever the order of its authorities, root and strangers among them', async () => {
    const long = await makeAuthority({ intermediates: 3 });
    const { chain } = await long.issue({ identity: PEER });
    const [own, ...others] = chain;
    const mixed = [own!, ...authority.intermediates, long.anchor, ...others.toReversed()];
    expect(outcome(judge({ chain: mixed, anchors: [long.anchor] }))).toBe('ok');
  });

  it('is believed when its own certificate, or an intermediate one, is the anchor', () => {
    const [own, intermediate] = peer.chain;
    expect(outcome(judge({ chain: [own!], anchors: [own!] }))).toBe('ok');
    expect(outcome(judge({ chain: [own!], anchors: [intermediate!] }))).toBe('ok');
  });

  it('is believed with the right one of several anchors', async () => {
    const other = await makeAuthority({ name: 'Other CA' });
    expect(outcome(judge({ chain: peer.chain, anchors: [other.anchor, ...anchors] }))).toBe('ok');
  });

  it('is believed with authorities of one name and two keys, one of which signed', async () => {
    const twin = await makeAuthority();
    const real = await makeAuthority();
    const { chain } = await real.issue({ identity: PEER });
    expect(outcome(judge({ chain, anchors: [twin.anchor, real.anchor] }))).toBe('ok');
  });
});

describe('a chain is not believed', () => {
  it('when there is none', () => {
    expect(outcome(judge({ chain: [], anchors }))).toBe('untrusted');
  });

  it('from another authority, of the same name too', async () => {
    for (const name of ['Other CA', 'Test CA']) {
      const other = await makeAuthority({ name, intermediates: 1 });
      expect(outcome(judge({ chain: peer.chain, anchors: [other.anchor] }))).toBe('untrusted');
    }
    expect(outcome(judge({ chain: peer.chain, anchors: [] }))).toBe('untrusted');
  });

  it('when an intermediate is missing', () => {
    expect(outcome(judge({ chain: peer.chain.slice(0, 1), anchors }))).toBe('untrusted');
  });

  it('when it brings its own root', async () => {
    const other = await makeAuthority({ name: 'Other CA' });
    const { chain } = await other.issue({ identity: PEER });
    expect(outcome(judge({ chain: [...chain, other.anchor], anchors }))).toBe('untrusted');
  });

  it('before and after its validity, to the millisecond', () => {
    const { notBeforeMs, notAfterMs } = VALIDITY;
    const at = (atMs: number) => outcome(judge({ chain: peer.chain, anchors, atMs }));
    expect([notBeforeMs - 1, notBeforeMs, notAfterMs, notAfterMs + 1].map(at)).toEqual([
      ...['not-yet-valid', 'ok', 'ok', 'expired'],
    ]);
  });

  it('when one authority on the way has expired', async () => {
    const short = await makeAuthority({
      intermediates: 1,
      validity: { ...VALIDITY, notAfterMs: DURING - 1000 },
    });
    const { chain } = await short.issue({ identity: PEER, validity: VALIDITY });
    const verdict = judge({ chain, anchors: [short.anchor] });
    expect(verdict).toMatchObject({ ok: false, cause: 'expired' });
    expect(verdict).toMatchObject({ text: expect.stringContaining('CN=Test CA intermediate 1') as string });
  });

  it('after its validity when it was believed before by the same memory', () => {
    const memory = new CertificateMemory();
    const at = (atMs: number) => outcome(judge({ chain: peer.chain, anchors, atMs }, memory));
    expect([DURING, VALIDITY.notAfterMs + 1, DURING, VALIDITY.notBeforeMs - 1].map(at)).toEqual([
      ...['ok', 'expired', 'ok', 'not-yet-valid'],
    ]);
  });

  it('when the certificate was revoked, by its own issuer and by nobody else', async () => {
    const content = { serials: [peer.serial], thisUpdateMs: DURING, nextUpdateMs: DURING + 1000 };
    const memory = new CertificateMemory();
    const list = loadRevocationList(await authority.revoke(content), authority.intermediates, memory);
    const verdicts = (revocations: readonly (typeof list)[]) =>
      outcome(judge({ chain: peer.chain, anchors, revocations }, memory));
    expect(verdicts([])).toBe('ok');
    expect(verdicts([list])).toBe('revoked');
    const other = await makeAuthority({ name: 'Other CA' });
    const foreign = loadRevocationList(await other.revoke(content), [other.anchor], memory);
    expect(verdicts([foreign])).toBe('ok');
  });

  it('when an authority on the way was revoked', async () => {
    const root = await makeSigner('root');
    const middle = await makeSigner('middle');
    const own = await makeSigner('own');
    const chain = [
      await certify(own, middle, { ...peerContent(), serial: '07' }),
      await certify(middle, root, { serial: '00ff' }),
    ];
    const anchor = await certify(root, root);
    const { authorityId } = new CertificateMemory().read(anchor);
    const revoke = (serial: string) => [
      { authorityId, serials: new Set([serial]), thisUpdateMs: DURING, nextUpdateMs: undefined },
    ];
    expect(outcome(judge({ chain, anchors: [anchor], revocations: revoke('7') }))).toBe('ok');
    expect(outcome(judge({ chain, anchors: [anchor], revocations: revoke('ff') }))).toBe('revoked');
  });

  it('for another identity', () => {
    const verdict = judge({ chain: peer.chain, anchors, identity: fqdn('other.example') });
    expect(verdict).toMatchObject({ ok: false, cause: 'identity-mismatch' });
    expect(verdict).toMatchObject({ text: expect.stringContaining('other.example') as string });
    expect(isSameIdentity(PEER, fqdn('other.example'))).toBe(false);
  });

  it('when the issuer is a peer', async () => {
    const [root, middle, own] = [
      await makeSigner('root'),
      await makeSigner('middle'),
      await makeSigner('own'),
    ];
    const chain = [
      await certify(own, middle, peerContent()),
      await certify(middle, root, { use: { encrypts: false } }),
    ];
    expect(outcome(judge({ chain, anchors: [await certify(root, root)] }))).toBe('untrusted');
  });

  it.skipIf(!hasOpenssl)('when the issuer may sign everything and is no authority', async () => {
    const [root, own] = [await makeSigner('root'), await makeSigner('own')];
    const chain = [await certify(own, root, peerContent())];
    const anchorWith = (constraints: string) => {
      const text = runOpenssl(
        { key: encodePem('PRIVATE KEY', root.privateKey), config: withExtensions(constraints) },
        ...['req', '-x509', '-config', 'config', '-key', 'key', '-subj', '/CN=root', '-days', '3650'],
      );
      return readPem(new TextDecoder().decode(text)).map(({ der }) => der);
    };
    const verdictOf = (constraints: string) =>
      outcome(judge({ chain, anchors: anchorWith(constraints), atMs: Date.now() + 5000 }));
    expect(verdictOf('basicConstraints=CA:TRUE')).toBe('ok');
    expect(verdictOf('basicConstraints=CA:FALSE')).toBe('untrusted');
    expect(verdictOf('')).toBe('untrusted');
  });

  it.each([
    [1, 'ok'],
    [0, 'path-too-long'],
  ])('with an authority more than allowed: %i are, so %s', async (authorityDepth, expected) => {
    const signers = await Promise.all(['root', 'upper', 'lower', 'own'].map((name) => makeSigner(name)));
    const [root, upper, lower, own] = signers as [Signer, Signer, Signer, Signer];
    const chain = [
      await certify(own, lower, peerContent()),
      await certify(lower, upper),
      await certify(upper, root, { use: { authorityDepth } }),
    ];
    expect(outcome(judge({ chain, anchors: [await certify(root, root)] }))).toBe(expected);
  });

  it('with more certificates than any peer needs', () => {
    const chain = [...peer.chain, ...Array.from({ length: 7 }, () => authority.anchor)];
    expect(outcome(judge({ chain, anchors }))).toBe('path-too-long');
  });

  it('when authorities vouch for each other in a circle', async () => {
    const [a, b, own] = [await makeSigner('a'), await makeSigner('b'), await makeSigner('own')];
    const chain = [await certify(own, a, peerContent()), await certify(a, b), await certify(b, a)];
    expect(outcome(judge({ chain, anchors }))).toBe('untrusted');
  });
});

const withExtensions = (constraints: string) =>
  `[req]\ndistinguished_name=dn\nx509_extensions=own\n[dn]\n[own]\nsubjectKeyIdentifier=hash\n${constraints}\n`;

type Signer = Awaited<ReturnType<typeof makeSigner>>;
const peerContent = () => ({
  alternativeNames: peerNames(PEER).alternativeNames,
  use: { encrypts: false },
});

describe('what others sent', () => {
  test.prop([fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 4 })])(
    'may be any octets and has a cause, never an error',
    (chain) => {
      expect(outcome(judge({ chain, anchors }))).toBe('malformed');
    },
  );

  test.prop([fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean()], { numRuns: 300 })(
    'is not believed with one octet changed',
    (position, change, isOwn) => {
      const chain = peer.chain.map((der) => der.slice());
      const target = chain[isOwn ? 0 : 1]!;
      target[position % target.length]! ^= change;
      const verdict = outcome(judge({ chain, anchors }));
      expect(['malformed', 'untrusted', 'bad-signature']).toContain(verdict);
    },
  );

  test.prop([fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 8 })], { numRuns: 300 })(
    'is malformed when octets are taken out or put in',
    (position, count, inserted) => {
      const der = peer.chain[0]!;
      const start = position % der.length;
      const end = Math.min(der.length, start + (count % 8));
      const changed = Buffer.concat([der.subarray(0, start), inserted, der.subarray(end)]);
      fc.pre(!changed.equals(der));
      const verdict = outcome(judge({ chain: [changed, ...peer.chain.slice(1)], anchors }));
      expect(['malformed', 'untrusted', 'bad-signature']).toContain(verdict);
    },
  );

  it('has a wrong signature when the text was changed', () => {
    const chain = peer.chain.map((der) => der.slice());
    const at = Buffer.from(chain[0]!).lastIndexOf('peer.example');
    chain[0]![at] = 'b'.charCodeAt(0);
    expect(outcome(judge({ chain, anchors, identity: fqdn('beer.example') }))).toBe('bad-signature');
  });

  it('may be overwritten after it was read', () => {
    const memory = new CertificateMemory();
    const chain = peer.chain.map((der) => der.slice());
    expect(outcome(judge({ chain, anchors }, memory))).toBe('ok');
    for (const der of chain) der.fill(0);
    expect(outcome(judge({ chain: peer.chain, anchors }, memory))).toBe('ok');
    expect(outcome(judge({ chain, anchors }, memory))).toBe('malformed');
  });
});

describe('an anchor that is no certificate', () => {
  it('is our mistake, so an error', () => {
    expect(() => judge({ chain: peer.chain, anchors: [Uint8Array.of(1, 2, 3)] })).toThrow(
      MalformedCertificate,
    );
  });
});

describe.skipIf(!hasOpenssl)('certificates of the openssl command line', () => {
  const selfSigned = (key: readonly string[], ...extensions: readonly string[]) => {
    const names = ['subjectAltName=DNS:peer.example', ...extensions].flatMap((each) => ['-addext', each]);
    const parameters = ['-nodes', '-keyout', 'key', '-subj', '/CN=peer', '-days', '3650', ...names];
    const text = runOpenssl({}, 'req', '-x509', '-newkey', ...key, ...parameters);
    return readPem(new TextDecoder().decode(text)).map(({ der }) => der);
  };
  const ec = (curve: string) => ['ec', '-pkeyopt', `ec_paramgen_curve:${curve}`];
  const verdictOf = (chain: Uint8Array[]) =>
    outcome(judge({ chain, anchors: chain, atMs: Date.now() + 5000 }));

  it.each([
    ['RSA', ['rsa:2048']],
    ['P-256', ec('P-256')],
    ['P-384', ec('P-384')],
    ['P-521', ec('P-521')],
  ])('with %s are believed', (_, key) => {
    expect(verdictOf(selfSigned(key))).toBe('ok');
  });

  it.each([
    ['a key that does not sign', ['keyUsage=critical,keyEncipherment'], 'key-usage'],
    ['a key that does not deny', ['keyUsage=critical,nonRepudiation'], 'ok'],
    ['a critical extension unknown to us', ['1.2.3.4=critical,ASN1:NULL'], 'unsupported'],
    ['constraints on names', ['nameConstraints=critical,permitted;DNS:.example'], 'unsupported'],
    ['an extension unknown to us', ['1.2.3.4=ASN1:NULL'], 'ok'],
  ])('with %s', (_, extensions, expected) => {
    expect(verdictOf(selfSigned(ec('P-256'), ...extensions))).toBe(expected);
  });

  it('with a key of another kind are not believed', () => {
    expect(verdictOf(selfSigned(['ed25519']))).toBe('unsupported');
    expect(verdictOf(selfSigned(ec('secp256k1')))).toBe('unsupported');
  });
});
