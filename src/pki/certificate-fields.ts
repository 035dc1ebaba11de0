/**
 * The fields of a certificate that a chain check needs and node:crypto does not tell, or tells as
 * text made for people (RFC 5280 §4.1).
 */
import { toHex } from '../ike/wire/octets.ts';
import {
  DerError,
  DerTag,
  expectTag,
  readDerList,
  readWholeDer,
  smallInteger,
  timeMs,
  type DerValue,
} from './der.ts';

/** Context tags of GeneralName (RFC 5280 §4.2.1.6). */
export const GeneralNameTag = {
  rfc822Name: 0x81,
  dnsName: 0x82,
  directoryName: 0xa4,
  ipAddress: 0x87,
} as const;

/** First octet of the bit string (RFC 5280 §4.2.1.3). */
export const KeyUsageBit = {
  digitalSignature: 0x80,
  nonRepudiation: 0x40,
  keyCertSign: 0x04,
  crlSign: 0x02,
} as const;

export interface CertificateFields {
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Milliseconds since 1970; both moments belong to the validity. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly publicKeyInfo: Uint8Array;
  readonly isAuthority: boolean;
  /** How many further authorities may follow; undefined for any number. */
  readonly pathLength: number | undefined;
  /** First octet of the key usage; undefined when every use is allowed. */
  readonly keyUsage: number | undefined;
  /** GeneralNames of the subject, as they are. */
  readonly alternativeNames: readonly DerValue[];
  /** Object identifiers, in hex, of critical extensions that nobody here heeds. */
  readonly unheededExtensions: readonly string[];
}

const ExtensionId = {
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  extendedKeyUsage: '551d25',
} as const;

/** Critical ones that may be there: those that are checked, and extended key usage, which IKE peers ignore (RFC 4945 §5.1.3.12). */
const HEEDED: ReadonlySet<string> = new Set(Object.values(ExtensionId));

/** The serial number of a certificate or of an entry of a revocation list, in the one form in which they are compared. */
export function serialText(octets: Uint8Array): string {
  return toHex(octets).replace(/^0+(?=.)/, '');
}

/** Reads a certificate in DER. The result shares memory with it. @throws DerError when it is none. */
export function readCertificateFields(der: Uint8Array): CertificateFields {
  const [body] = readDerList(readWholeDer(der, DerTag.sequence).contents);
  const fields = readDerList(expectTag(body, DerTag.sequence).contents);
  // The version is there unless it is 1, which has no extensions either.
  const hasVersion = fields[0]?.tag === 0xa0;
  const [serial, , issuer, validity, subject, publicKeyInfo, ...optional] = hasVersion
    ? fields.slice(1)
    : fields;
  const [notBefore, notAfter] = readDerList(expectTag(validity, DerTag.sequence).contents);
  if (notBefore === undefined || notAfter === undefined) throw new DerError('a validity has not two times');
  const extensions = readExtensions(optional.find(({ tag }) => tag === 0xa3));
  const constraints = readBasicConstraints(extensions.get(ExtensionId.basicConstraints));
  return {
    serial: serialText(expectTag(serial, DerTag.integer).contents),
    issuer: expectTag(issuer, DerTag.sequence).whole,
    subject: expectTag(subject, DerTag.sequence).whole,
    notBeforeMs: timeMs(notBefore),
    notAfterMs: timeMs(notAfter),
    publicKeyInfo: expectTag(publicKeyInfo, DerTag.sequence).whole,
    ...constraints,
    keyUsage: readKeyUsage(extensions.get(ExtensionId.keyUsage)),
    alternativeNames: readAlternativeNames(extensions.get(ExtensionId.subjectAltName)),
    unheededExtensions: [...extensions]
      .filter(([id, { isCritical }]) => isCritical && !HEEDED.has(id))
      .map(([id]) => id),
  };
}

interface Extension {
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

function readExtensions(wrapper: DerValue | undefined): Map<string, Extension> {
  const extensions = new Map<string, Extension>();
  if (wrapper === undefined) return extensions;
  for (const extension of readDerList(readWholeDer(wrapper.contents, DerTag.sequence).contents)) {
    const [id, ...rest] = readDerList(expectTag(extension, DerTag.sequence).contents);
    const name = toHex(expectTag(id, DerTag.objectIdentifier).contents);
    if (extensions.has(name)) throw new DerError(`extension ${name} is there twice`);
    const isCritical = rest[0]?.tag === DerTag.boolean && rest[0].contents[0] !== 0;
    extensions.set(name, { isCritical, value: expectTag(rest.at(-1), DerTag.octetString).contents });
  }
  return extensions;
}

function readBasicConstraints(extension: Extension | undefined) {
  if (extension === undefined) return { isAuthority: false, pathLength: undefined };
  const parts = readDerList(readWholeDer(extension.value, DerTag.sequence).contents);
  const isAuthority = parts[0]?.tag === DerTag.boolean && parts[0].contents[0] !== 0;
  const length = parts.find(({ tag }) => tag === DerTag.integer);
  return { isAuthority, pathLength: length === undefined ? undefined : smallInteger(length) };
}

function readKeyUsage(extension: Extension | undefined): number | undefined {
  if (extension === undefined) return undefined;
  return readWholeDer(extension.value, DerTag.bitString).contents[1] ?? 0;
}

function readAlternativeNames(extension: Extension | undefined): DerValue[] {
  if (extension === undefined) return [];
  return readDerList(readWholeDer(extension.value, DerTag.sequence).contents);
}
