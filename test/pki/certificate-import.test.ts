/** Certificates that others made: strongSwan's pki tool and the openssl command line. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { importPrivateKey } from '../../src/crypto/key-import.ts';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import { CertificateError } from '../../src/pki/certificate-error.ts';
import { importCertificateStore, type PemFiles } from '../../src/pki/certificate-import.ts';
import { encodePem } from '../../src/pki/pem.ts';
import { DURING, PEER, VALIDITY, fqdn, judge, makeAuthority, outcome } from './authorities.ts';

const hasStrongswanPki = spawnSync('pki', ['--help'], { stdio: 'ignore' }).status === 0;
const pki = (input: string, ...parameters: string[]) =>
  execFileSync('pki', parameters, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });

/** A root, an intermediate and a peer with a list in which something is revoked, as strongSwan makes them. */
function makeWithStrongswan(type: string, size: string, folder: string): PemFiles & { revoked: string } {
  const pemOut = ['--outform', 'pem'];
  const gen = (name: string) => {
    const key = pki('', '--gen', '--type', type, '--size', size, ...pemOut);
    writeFileSync(join(folder, `${name}.key`), key);
    return key;
  };
  const save = (name: string, text: string) => {
    writeFileSync(join(folder, `${name}.pem`), text);
    return text;
  };
  const rootKey = gen('root');
  const middleKey = gen('middle');
  const peerKey = gen('peer');
  const root = save(
    'root',
    pki(rootKey, '--self', '--ca', '--type', 'priv', '--dn', 'C=CH, O=Lab, CN=Root', ...pemOut),
  );
  const issue = (key: string, by: string, ...more: string[]) => {
    const signer = ['--cacert', `${folder}/${by}.pem`, '--cakey', `${folder}/${by}.key`];
    return pki(key, '--issue', '--type', 'priv', ...signer, ...more, ...pemOut);
  };
  const middle = save('middle', issue(middleKey, 'root', '--ca', '--dn', 'C=CH, O=Lab, CN=Middle'));
  const names = ['--dn', 'C=CH, O=Lab, CN=peer.example', '--san', 'peer.example', '--san', '10.0.0.1'];
  const peer = save('peer', issue(peerKey, 'middle', ...names));
  const sign = ['--signcrl', '--cacert', `${folder}/middle.pem`, '--cakey', `${folder}/middle.key`];
  const list = (...revoked: string[]) => pki('', ...sign, ...revoked, ...pemOut);
  return {
    chain: peer + middle,
    privateKey: peerKey,
    anchors: root,
    revocations: list(),
    revoked: list('--cert', `${folder}/peer.pem`),
  };
}

describe.skipIf(!hasStrongswanPki)('certificates of strongSwan', () => {
  it.each([
    ['rsa', '2048'],
    ['ecdsa', '256'],
    ['ecdsa', '384'],
    ['ecdsa', '521'],
  ])('with %s keys of %s bits are taken, believed and used', (type, size) => {
    const folder = mkdtempSync(join(tmpdir(), 'ikestorm-strongswan-'));
    const files = makeWithStrongswan(type, size, folder);
    const store = importCertificateStore(files);
    const question = { ...store, atMs: Date.now() + 5000 };
    const verdict = judge(question);
    if (!verdict.ok) throw new Error(verdict.text);
    const operations = createPublicKeyOperations();
    const hash = new Uint8Array(32).fill(9);
    const signature = operations.sign(importPrivateKey(store.privateKey), hash);
    expect(operations.verify(verdict.publicKey, hash, signature)).toBe(true);
    expect(outcome(judge({ ...question, identity: fqdn('Middle') }))).toBe('identity-mismatch');

    const { revocations } = importCertificateStore({ ...files, revocations: files.revoked });
    expect(outcome(judge({ ...question, revocations }))).toBe('revoked');
    rmSync(folder, { recursive: true });
  });
});

describe('texts of PEM files', () => {
  const certificate = (der: Uint8Array) => encodePem('CERTIFICATE', der);
  let files: PemFiles;
  let other: PemFiles;
  beforeAll(async () => {
    [files, other] = (await Promise.all(['Test CA', 'Other CA'].map((name) => makeFiles(name)))) as [
      PemFiles,
      PemFiles,
    ];
  });

  async function makeFiles(name: string): Promise<PemFiles> {
    const authority = await makeAuthority({ name, intermediates: 1 });
    const { chain, privateKey, serial } = await authority.issue({ identity: PEER });
    const content = { serials: [serial], thisUpdateMs: DURING, nextUpdateMs: VALIDITY.notAfterMs };
    return {
      chain: chain.map(certificate).join('between\n'),
      privateKey: encodePem('PRIVATE KEY', privateKey),
      anchors: certificate(authority.anchor),
      revocations: encodePem('X509 CRL', await authority.revoke(content)),
    };
  }

  it('become what a peer holds, and that is plain data', () => {
    const store = importCertificateStore(files);
    expect(store.chain).toHaveLength(2);
    expect(outcome(judge(structuredClone(store)))).toBe('revoked');
    expect(outcome(judge({ ...structuredClone(store), revocations: [] }))).toBe('ok');
  });

  it('may have the key in the older form', () => {
    const privateKey = createPrivateKey(files.privateKey).export({ type: 'sec1', format: 'pem' }).toString();
    const store = importCertificateStore({ ...files, privateKey });
    expect(importPrivateKey(store.privateKey).algorithm).toBe('ecdsa-256');
  });

  it.each<[string, (all: { files: PemFiles; other: PemFiles }) => PemFiles, string]>([
    [
      'the key of somebody else',
      ({ files: own, other: { privateKey } }) => ({ ...own, privateKey }),
      'privateKey: the key does not belong',
    ],
    ['no key', ({ files: own }) => ({ ...own, privateKey: own.chain }), 'privateKey: the key cannot be read'],
    [
      'no certificate',
      ({ files: own }) => ({ ...own, chain: own.privateKey }),
      'chain: there is no certificate',
    ],
    ['no anchor', ({ files: own }) => ({ ...own, anchors: '' }), 'anchors: there is no certificate'],
    [
      'a damaged certificate',
      ({ files: own }) => ({ ...own, anchors: own.anchors.replace('MI', 'NI') }),
      'anchors: certificate 1',
    ],
    [
      'half a certificate',
      ({ files: own }) => ({ ...own, chain: own.chain.slice(0, 200) }),
      'chain: line 1: CERTIFICATE begins',
    ],
    [
      'the list of somebody else',
      ({ files: own, other: { revocations } }) => ({ ...own, revocations: revocations! }),
      'no given authority signed',
    ],
    [
      'a damaged list',
      ({ files: own }) => ({ ...own, revocations: encodePem('X509 CRL', Uint8Array.of(0x30, 0)) }),
      'no revocation list',
    ],
  ])('are refused with %s', (_, change, message) => {
    const load = () => importCertificateStore(change({ files, other }));
    expect(load).toThrow(CertificateError);
    expect(load).toThrow(message);
  });
});
