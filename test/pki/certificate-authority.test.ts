/** What an authority makes: what openssl thinks of it, and what is made once only. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IdentificationType } from '../../src/ike/wire/numbers.ts';
import { CertificateError } from '../../src/pki/certificate-error.ts';
import type { CertificateAuthority } from '../../src/pki/certificate-authority.ts';
import { KEY_KINDS } from '../../src/pki/key-kind.ts';
import { encodePem } from '../../src/pki/pem.ts';
import { hasOpenssl, runOpenssl } from '../crypto/openssl.ts';
import { DURING, PEER, VALIDITY, fqdn, judge, makeAuthority, outcome, userFqdn } from './authorities.ts';

const pem = (der: Uint8Array) => encodePem('CERTIFICATE', der);
const hexOf = (octets: Uint8Array) => Buffer.from(octets).toString('hex');
const attime = String(DURING / 1000);

/** What `openssl verify` writes; it fails with an error when it does not believe. */
function verifyWithOpenssl(
  authority: CertificateAuthority,
  chain: readonly Uint8Array[],
  more: Readonly<Record<string, string>> = {},
): string {
  const [own, ...others] = chain;
  const files = { anchor: pem(authority.anchor), others: others.map(pem).join(''), own: pem(own!), ...more };
  const untrusted = others.length > 0 ? ['-untrusted', 'others'] : [];
  const lists = 'list' in more ? ['-crl_check', '-CRLfile', 'list'] : [];
  const options = ['-x509_strict', '-attime', attime, '-CAfile', 'anchor', ...untrusted, ...lists];
  return new TextDecoder().decode(runOpenssl(files, 'verify', ...options, 'own'));
}

describe.skipIf(!hasOpenssl)('openssl verify', () => {
  it.each(KEY_KINDS)('believes a chain of %s keys', async (kind) => {
    const authority = await makeAuthority({ kind, intermediates: 1 });
    const { chain } = await authority.issue({ identity: PEER });
    expect(verifyWithOpenssl(authority, chain)).toContain('own: OK');
    expect(outcome(judge({ chain, anchors: [authority.anchor] }))).toBe('ok');
  });

  it.each([0, 1, 2, 3])('believes a chain with %i intermediates', async (intermediates) => {
    const authority = await makeAuthority({ intermediates });
    const { chain } = await authority.issue({ identity: PEER });
    expect(verifyWithOpenssl(authority, chain)).toContain('own: OK');
  });

  it('finds in a list what was revoked', async () => {
    const authority = await makeAuthority();
    const [good, bad] = await authority.issueAll([{ identity: PEER }, { identity: fqdn('bad.example') }]);
    const list = await authority.revoke({
      serials: [bad!.serial, '00f1'],
      thisUpdateMs: DURING - 1000,
      nextUpdateMs: VALIDITY.notAfterMs,
    });
    const more = { list: encodePem('X509 CRL', list) };
    expect(verifyWithOpenssl(authority, good!.chain, more)).toContain('own: OK');
    expect(() => verifyWithOpenssl(authority, bad!.chain, more)).toThrow('certificate revoked');
  });
});

describe('a certificate', () => {
  it.each([
    ['domain name', fqdn('gw.example'), 'DNS:gw.example'],
    ['mail address', userFqdn('alice@example'), 'email:alice@example'],
    [
      'IPv4 address',
      { idType: IdentificationType.ipv4Address, data: Uint8Array.of(10, 0, 0, 1) },
      'IP Address:10.0.0.1',
    ],
    [
      'IPv6 address',
      { idType: IdentificationType.ipv6Address, data: Uint8Array.of(0xfd, ...new Uint8Array(14), 1) },
      'IP Address:FD00:0:0:0:0:0:0:1',
    ],
  ])('says the %s of its peer as OpenSSL reads it', async (_, identity, text) => {
    const authority = await makeAuthority();
    const { chain, serial } = await authority.issue({ identity });
    const certificate = new X509Certificate(chain[0]!);
    expect(certificate.subjectAltName).toBe(text);
    expect(certificate.serialNumber.toLowerCase()).toBe(serial);
    expect(Date.parse(certificate.validFrom)).toBe(VALIDITY.notBeforeMs);
    expect(Date.parse(certificate.validTo)).toBe(VALIDITY.notAfterMs);
  });

  it('has the distinguished name of its peer as subject, octet by octet', async () => {
    const authority = await makeAuthority();
    // O as PrintableString, CN as UTF8String with a comma and a quotation mark.
    const data = Buffer.from(
      '3029310c300a060355040a1303 4c6162 3119301706035504030c10 c39c62 65722c2022416c696365222021'.replaceAll(
        ' ',
        '',
      ),
      'hex',
    );
    const identity = { idType: IdentificationType.derAsn1Dn, data: Uint8Array.from(data) };
    const { chain } = await authority.issue({ identity });
    expect(hexOf(chain[0]!)).toContain(data.toString('hex'));
    expect(outcome(judge({ chain, anchors: [authority.anchor], identity }))).toBe('ok');
  });

  it('may have a key, a validity and a distribution point of its own', async () => {
    const revocationUrl = 'http://crl.example/list.crl';
    const authority = await makeAuthority({ revocationUrl });
    const validity = { ...VALIDITY, notAfterMs: DURING };
    const { chain } = await authority.issue({ identity: PEER, kind: 'ecdsa-384', validity });
    const certificate = new X509Certificate(chain[0]!);
    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'secp384r1' });
    expect(Date.parse(certificate.validTo)).toBe(DURING);
    expect(Buffer.from(chain[0]!).includes(revocationUrl)).toBe(true);
    expect(outcome(judge({ chain, anchors: [authority.anchor] }))).toBe('ok');
  });

  it('is not made for an identity that no certificate holds', async () => {
    const authority = await makeAuthority();
    const identity = { idType: IdentificationType.keyId, data: Uint8Array.of(1) };
    await expect(authority.issue({ identity })).rejects.toThrow(CertificateError);
  });
});

describe('a fleet', () => {
  const requests = Array.from({ length: 20 }, (_, index) => ({ identity: fqdn(`peer-${index}.example`) }));

  it('has a key for each peer, in the order of the requests', async () => {
    const authority = await makeAuthority();
    const peers = await authority.issueAll(requests);
    expect(new Set(peers.map(({ privateKey }) => hexOf(privateKey))).size).toBe(20);
    expect(new Set(peers.map(({ serial }) => serial)).size).toBe(20);
    for (const [index, { chain }] of peers.entries()) {
      const { identity } = requests[index]!;
      expect(outcome(judge({ chain, anchors: [authority.anchor], identity }))).toBe('ok');
    }
  });

  it('may share keys, in turn', async () => {
    const authority = await makeAuthority({ sharedKeys: 3 });
    const peers = await authority.issueAll(requests);
    const keys = peers.map(({ privateKey }) => hexOf(privateKey));
    expect(new Set(keys).size).toBe(3);
    expect(keys.slice(3)).toEqual(keys.slice(0, -3));
    expect(new Set(peers.map(({ serial }) => serial)).size).toBe(20);
  });
});

describe('a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ikestorm-pki-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const make = async (options: Parameters<typeof makeAuthority>[0] = {}) => {
    const authority = await makeAuthority({ folder: join(folder, 'keys'), intermediates: 1, ...options });
    return { anchor: authority.anchor, ...(await authority.issue({ identity: PEER })) };
  };
  const entries = () => readdirSync(join(folder, 'keys')).map((name) => join(folder, 'keys', name));

  it('keeps what was made from one run to the next', async () => {
    const first = await make();
    expect(entries()).toHaveLength(6);
    expect(await make()).toEqual(first);
    expect(entries()).toHaveLength(6);
  });

  it('keeps keys when only the validity changes, and no certificate', async () => {
    const first = await make();
    const second = await make({ validity: { ...VALIDITY, notAfterMs: DURING } });
    expect(second.privateKey).toEqual(first.privateKey);
    expect(second.anchor).not.toEqual(first.anchor);
    expect(second.serial).not.toBe(first.serial);
  });

  it('has other keys for another name, another kind and another peer', async () => {
    const first = await make();
    const others = [await make({ name: 'Other CA' }), await make({ kind: 'ecdsa-384' })];
    for (const { privateKey } of others) expect(privateKey).not.toEqual(first.privateKey);
  });

  it('is read by its owner only', async () => {
    await make();
    for (const path of entries()) expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('with an entry that cannot be read has it made again', async () => {
    const first = await make();
    for (const path of entries()) writeFileSync(path, readFileSync(path).subarray(0, 40));
    const second = await make();
    expect(second.privateKey).not.toEqual(first.privateKey);
    expect(outcome(judge({ chain: second.chain, anchors: [second.anchor] }))).toBe('ok');
    expect(await make()).toEqual(second);
  });

  it('that cannot be written is an error with a hint', async () => {
    writeFileSync(join(folder, 'keys'), 'a file');
    await expect(make()).rejects.toThrow(/cannot write .*keys/);
  });
});
