/** Which revocation lists are taken, and from whom. */
import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { CertificateError } from '../../src/pki/certificate-error.ts';
import { CertificateMemory } from '../../src/pki/certificate-memory.ts';
import { encodePem, readPem } from '../../src/pki/pem.ts';
import { loadRevocationList } from '../../src/pki/revocation-reading.ts';
import { commonName, signRevocationList, type Signer } from '../../src/pki/x509-library.ts';
import { hasOpenssl, runOpenssl } from '../crypto/openssl.ts';
import { DURING, certify, makeSigner } from './authorities.ts';

const content = { serials: ['00f1', '7'.repeat(32)], thisUpdateMs: DURING, nextUpdateMs: DURING + 60_000 };
const memory = new CertificateMemory();
let signer: Signer;
let authority: Uint8Array;
beforeAll(async () => {
  signer = await makeSigner('root');
  authority = await certify(signer, signer);
});

describe('a revocation list', () => {
  it('tells serial numbers, times and the authority', async () => {
    const list = loadRevocationList(await signRevocationList(content, signer), [authority], memory);
    expect(list).toEqual({
      authorityId: memory.read(authority).authorityId,
      serials: new Set(['f1', '7'.repeat(32)]),
      thisUpdateMs: DURING,
      nextUpdateMs: DURING + 60_000,
    });
  });

  it('may revoke nothing', async () => {
    const der = await signRevocationList({ ...content, serials: [] }, signer);
    expect(loadRevocationList(der, [authority], memory).serials.size).toBe(0);
  });

  it('is found to be of the right one of several authorities of one name', async () => {
    const twin = await makeSigner('root');
    const authorities = [await certify(twin, twin), authority];
    const list = loadRevocationList(await signRevocationList(content, signer), authorities, memory);
    expect(list.authorityId).toBe(memory.read(authority).authorityId);
  });

  it('signed by another key of the same name is refused', async () => {
    const der = await signRevocationList(content, await makeSigner('root'));
    expect(() => loadRevocationList(der, [authority], memory)).toThrow('no given authority signed');
  });

  it('of another name signed by the same key is refused', async () => {
    const der = await signRevocationList(content, { ...signer, name: commonName('other') });
    expect(() => loadRevocationList(der, [authority], memory)).toThrow('no given authority signed');
  });

  it('with one octet changed is refused', async () => {
    const der = (await signRevocationList(content, signer)).slice();
    der[Buffer.from(der).indexOf(Uint8Array.of(0x77, 0x77, 0x77))]! ^= 1;
    expect(() => loadRevocationList(der, [authority], memory)).toThrow('no given authority signed');
  });

  test.prop([fc.uint8Array({ maxLength: 100 })])('is not made of any octets', (octets) => {
    expect(() => loadRevocationList(octets, [authority], memory)).toThrow(CertificateError);
  });

  describe.skipIf(!hasOpenssl)('of the openssl command line', () => {
    const make = (extension: string): Uint8Array => {
      const files = {
        key: encodePem('PRIVATE KEY', signer.privateKey),
        certificate: encodePem('CERTIFICATE', authority),
        index: 'R\t460101000000Z\t300101000000Z\t0ABC\tunknown\t/CN=gone\n',
        number: '01\n',
        config:
          '[ca]\ndefault_ca=own\n[own]\ndatabase=index\ncrlnumber=number\ndefault_md=sha256\n' +
          `default_crl_days=30\n[list]\n${extension}\n[part]\nonlyuser=TRUE\n`,
      };
      const signing = ['-keyfile', 'key', '-cert', 'certificate', '-crlexts', 'list'];
      const text = runOpenssl(files, 'ca', '-gencrl', '-config', 'config', ...signing);
      return readPem(new TextDecoder().decode(text))[0]!.der;
    };

    it('is taken', async () => {
      const list = loadRevocationList(make('authorityKeyIdentifier=keyid'), [authority], memory);
      expect([...list.serials]).toEqual(['abc']);
    });

    it('is refused when it is for a part of the certificates only', async () => {
      const part = make('issuingDistributionPoint=critical,@part');
      expect(() => loadRevocationList(part, [authority], memory)).toThrow('critical extension');
    });
  });
});
