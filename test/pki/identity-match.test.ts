/** Which identities a certificate serves. */
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/ike/identity.ts';
import { IdentificationType } from '../../src/ike/wire/numbers.ts';
import { CertificateError } from '../../src/pki/certificate-error.ts';
import { peerNames } from '../../src/pki/peer-names.ts';
import { commonName } from '../../src/pki/x509-library.ts';
import { fqdn, judge, makeAuthority, outcome, userFqdn } from './authorities.ts';

const address = (...data: number[]): Identity => ({
  idType: data.length === 4 ? IdentificationType.ipv4Address : IdentificationType.ipv6Address,
  data: Uint8Array.from(data),
});
const name = (text: string): Identity => ({ idType: IdentificationType.derAsn1Dn, data: commonName(text) });
const V6 = [0xfd, 0, ...Array.from({ length: 13 }, () => 0), 1];

async function verdictsOf(own: Identity, ...asked: Identity[]): Promise<string[]> {
  const authority = await makeAuthority();
  const { chain } = await authority.issue({ identity: own });
  return asked.map((identity) => outcome(judge({ chain, anchors: [authority.anchor], identity })));
}

describe('a certificate', () => {
  it.each<[string, Identity, Identity[], Identity[]]>([
    [
      'a domain name, whatever its case',
      fqdn('gw.Example'),
      [fqdn('gw.example'), fqdn('GW.EXAMPLE')],
      [fqdn('example'), fqdn('gw.example.'), fqdn(''), userFqdn('gw.example')],
    ],
    ['a star as a star', fqdn('*.example'), [fqdn('*.example')], [fqdn('gw.example')]],
    [
      'a mail address',
      userFqdn('alice@example'),
      [userFqdn('Alice@EXAMPLE')],
      [userFqdn('bob@example'), userFqdn('@example'), fqdn('alice@example')],
    ],
    [
      'an IPv4 address',
      address(10, 0, 0, 1),
      [address(10, 0, 0, 1)],
      [address(10, 0, 0, 2), fqdn('10.0.0.1')],
    ],
    ['an IPv6 address', address(...V6), [address(...V6)], [address(...V6.with(15, 2)), address(0, 0, 0, 1)]],
    [
      'a distinguished name, whatever its case and spaces',
      name('Alice  Peer'),
      [name('Alice  Peer'), name(' alice peer ')],
      [name('Alice'), fqdn('Alice  Peer')],
    ],
  ])('serves %s', async (_, own, right, wrong) => {
    expect(await verdictsOf(own, ...right)).toEqual(right.map(() => 'ok'));
    expect(await verdictsOf(own, ...wrong)).toEqual(wrong.map(() => 'identity-mismatch'));
  });

  it('serves its subject beside its other names, but not the common name as domain name', async () => {
    expect(await verdictsOf(fqdn('gw.example'), name('gw.example'))).toEqual(['ok']);
    expect(await verdictsOf(name('gw.example'), fqdn('gw.example'))).toEqual(['identity-mismatch']);
  });

  it('serves no identity of another type, whatever its octets', async () => {
    for (const idType of [0, IdentificationType.keyId, IdentificationType.ipv4Subnet, 0xff]) {
      const data = fqdn('gw.example').data;
      expect(await verdictsOf(fqdn('gw.example'), { idType, data })).toEqual(['identity-mismatch']);
    }
  });
});

describe('names for a certificate', () => {
  it.each<[string, Identity]>([
    ['a key identifier', { idType: IdentificationType.keyId, data: Uint8Array.of(1) }],
    ['an empty domain name', fqdn('')],
    ['a domain name with a space', fqdn('a b')],
    ['half an address', { idType: IdentificationType.ipv4Address, data: Uint8Array.of(1, 2) }],
    [
      'octets that are no distinguished name',
      { idType: IdentificationType.derAsn1Dn, data: Uint8Array.of(0x31, 0) },
    ],
  ])('are not made of %s', (_, identity) => {
    expect(() => peerNames(identity)).toThrow(CertificateError);
  });

  it('keep a long text whole where it is compared', async () => {
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`;
    expect(await verdictsOf(fqdn(long), fqdn(long), fqdn(long.slice(0, 64)))).toEqual([
      'ok',
      'identity-mismatch',
    ]);
  });
});
