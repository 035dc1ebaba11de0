/** What a certificate says of a peer: the identity of IKE as subject and subjectAltName (RFC 4945 §5.1.3.6). */
import type { Identity } from '../ike/identity.ts';
import { IdentificationType } from '../ike/wire/numbers.ts';
import { CertificateError } from './certificate-error.ts';
import { GeneralNameTag } from './certificate-fields.ts';
import { DerTag, encodeDer } from './der.ts';
import { isName } from './distinguished-name.ts';
import { identityText } from './identity-match.ts';
import { commonName } from './x509-library.ts';

/** Upper bound of a common name (RFC 5280 Appendix A.1); the whole text is in the subjectAltName. */
const COMMON_NAME_MAXIMUM = 64;

export interface PeerNames {
  /** DER. */
  readonly subject: Uint8Array;
  /** GeneralNames in DER; undefined for a distinguished name, which is the subject itself. */
  readonly alternativeNames: Uint8Array | undefined;
}

/**
 * Names for FQDN, USER_FQDN, addresses and distinguished names.
 * @throws CertificateError for identities of other types, which certificates do not hold, and malformed ones.
 */
export function peerNames(identity: Identity): PeerNames {
  const { idType, data } = identity;
  switch (idType) {
    case IdentificationType.fqdn:
      return textNames(identity, GeneralNameTag.dnsName);
    case IdentificationType.userFqdn:
      return textNames(identity, GeneralNameTag.rfc822Name);
    case IdentificationType.ipv4Address:
    case IdentificationType.ipv6Address:
      if (data.length !== (idType === IdentificationType.ipv4Address ? 4 : 16)) throw malformed(identity);
      return namesOf(data, GeneralNameTag.ipAddress, addressText(data));
    case IdentificationType.derAsn1Dn:
      if (!isName(data)) throw malformed(identity);
      return { subject: data, alternativeNames: undefined };
    default:
      throw new CertificateError(`no certificate holds an identity of type ${idType}`, {
        hint: 'with certificates, use a domain name, a mail address, an IP address or a distinguished name',
      });
  }
}

function textNames(identity: Identity, tag: number): PeerNames {
  const { data } = identity;
  if (data.length === 0 || !data.every((octet) => octet > 0x20 && octet < 0x7f)) throw malformed(identity);
  return namesOf(data, tag, identityText(identity));
}

function namesOf(contents: Uint8Array, tag: number, text: string): PeerNames {
  return {
    subject: commonName(text.slice(0, COMMON_NAME_MAXIMUM)),
    alternativeNames: encodeDer(DerTag.sequence, encodeDer(tag, contents)),
  };
}

function addressText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  return (Buffer.from(octets).toString('hex').match(/.{4}/g) ?? []).join(':');
}

function malformed(identity: Identity): CertificateError {
  return new CertificateError(`the identity is malformed: ${identityText(identity)}`);
}
