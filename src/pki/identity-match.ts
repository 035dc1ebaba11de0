/**
 * Whether a certificate belongs to the identity that a peer gives (RFC 4945 §3.1, §5.1.3.6), by the
 * rules of strongSwan: names and addresses must be in the subjectAltName, never only in the common
 * name; a distinguished name may be the subject or in the subjectAltName. The domain part is not
 * enough of a mail address, and a certificate's `*` is an ordinary character.
 */
import type { Identity } from '../ike/identity.ts';
import { IdentificationType } from '../ike/wire/numbers.ts';
import { equalOctets, toHex } from '../ike/wire/octets.ts';
import { GeneralNameTag, type CertificateFields } from './certificate-fields.ts';
import { isSameName } from './distinguished-name.ts';

/** False for identities of kinds that no certificate can hold, and for malformed ones. */
export function isIdentityOf({ subject, alternativeNames }: CertificateFields, identity: Identity): boolean {
  const { idType, data } = identity;
  const has = (tag: number, isSame: (contents: Uint8Array, data: Uint8Array) => boolean) =>
    alternativeNames.some((name) => name.tag === tag && isSame(name.contents, data));
  switch (idType) {
    case IdentificationType.fqdn:
      return has(GeneralNameTag.dnsName, isSameText);
    case IdentificationType.userFqdn:
      return has(GeneralNameTag.rfc822Name, isSameText);
    case IdentificationType.ipv4Address:
      return data.length === 4 && has(GeneralNameTag.ipAddress, equalOctets);
    case IdentificationType.ipv6Address:
      return data.length === 16 && has(GeneralNameTag.ipAddress, equalOctets);
    case IdentificationType.derAsn1Dn:
      return isSameName(subject, data) || has(GeneralNameTag.directoryName, isSameName);
    default:
      return false;
  }
}

/** The identity for people: text as it is when it is printable, else hex. */
export function identityText({ idType, data }: Identity): string {
  const isText = idType === IdentificationType.fqdn || idType === IdentificationType.userFqdn;
  if (isText && data.every((octet) => octet >= 0x20 && octet < 0x7f)) return String.fromCharCode(...data);
  if (idType === IdentificationType.ipv4Address) return data.join('.');
  return `type ${idType}, ${toHex(data.subarray(0, 64))}`;
}

/** ASCII letters without regard to case. */
function isSameText(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, index) => lowerCase(octet) === lowerCase(b[index] ?? 0));
}

function lowerCase(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
}
