/** The fields of a certificate revocation list (RFC 5280 §5.1). */
import { serialText } from './certificate-fields.ts';
import { DerError, DerTag, expectTag, readDerList, readWholeDer, timeMs, type DerValue } from './der.ts';
import { toHex } from '../ike/wire/octets.ts';

export interface ListFields {
  /** DER. */
  readonly issuer: Uint8Array;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number | undefined;
  /** As `serialText` has them. */
  readonly serials: ReadonlySet<string>;
  /** Whether it, or one of its entries, has a critical extension; none is supported (delta lists, lists for a part of an authority). */
  readonly hasCriticalExtension: boolean;
  /** What the signature is of, DER. */
  readonly signed: Uint8Array;
  /** Object identifier of the algorithm, in hex, and its parameters. */
  readonly algorithm: string;
  readonly parameters: DerValue | undefined;
  readonly signature: Uint8Array;
}

const EXTENSIONS = 0xa0;

/** Reads a list in DER. The result shares memory with it. @throws DerError when it is none. */
export function readListFields(der: Uint8Array): ListFields {
  const [body, algorithm, signature] = readDerList(readWholeDer(der, DerTag.sequence).contents);
  const parts = readDerList(expectTag(body, DerTag.sequence).contents);
  // The version is there when there are extensions.
  const hasVersion = parts[0]?.tag === DerTag.integer;
  const [innerAlgorithm, issuer, thisUpdate, ...rest] = hasVersion ? parts.slice(1) : parts;
  expectTag(innerAlgorithm, DerTag.sequence);
  if (thisUpdate === undefined) throw new DerError('a list has no time');
  const [id, parameters] = readDerList(expectTag(algorithm, DerTag.sequence).contents);
  const bits = expectTag(signature, DerTag.bitString).contents;
  if (bits[0] !== 0) throw new DerError('a signature is not made of whole octets');
  const hasNextUpdate = rest[0] !== undefined && isTime(rest[0]);
  const afterTimes = hasNextUpdate ? rest.slice(1) : rest;
  const revoked = afterTimes[0]?.tag === DerTag.sequence ? readDerList(afterTimes[0].contents) : [];
  const extensions = afterTimes.find(({ tag }) => tag === EXTENSIONS);
  const entries = revoked.map((entry) => readDerList(expectTag(entry, DerTag.sequence).contents));
  const ofEntries = entries.flatMap(([, , each]) => (each === undefined ? [] : [each]));
  const ofList = extensions === undefined ? [] : [readWholeDer(extensions.contents, DerTag.sequence)];
  return {
    issuer: expectTag(issuer, DerTag.sequence).whole,
    thisUpdateMs: timeMs(thisUpdate),
    nextUpdateMs: hasNextUpdate ? timeMs(rest[0]!) : undefined,
    serials: new Set(entries.map(([serial]) => serialText(expectTag(serial, DerTag.integer).contents))),
    hasCriticalExtension: [...ofList, ...ofEntries].some(hasCritical),
    signed: expectTag(body, DerTag.sequence).whole,
    algorithm: toHex(expectTag(id, DerTag.objectIdentifier).contents),
    parameters,
    signature: bits.subarray(1),
  };
}

function isTime({ tag }: DerValue): boolean {
  return tag === DerTag.utcTime || tag === DerTag.generalizedTime;
}

function hasCritical(extensions: DerValue): boolean {
  return readDerList(expectTag(extensions, DerTag.sequence).contents).some((extension) => {
    const [, flag] = readDerList(expectTag(extension, DerTag.sequence).contents);
    return flag?.tag === DerTag.boolean && flag.contents[0] !== 0;
  });
}
