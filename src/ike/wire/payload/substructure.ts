/**
 * The list form that proposals and transforms share: each begins like a payload, but the first
 * octet says only whether another one of the same kind follows (RFC 2408 §3.5, §3.6).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * | same, last: 0 |   RESERVED    | length, this header included  |
 * +---------------+---------------+-------------------------------+
 * ```
 */
import { GENERIC_HEADER_LENGTH, PayloadType } from '../numbers.ts';
import type { Reader } from '../reader.ts';
import { WireError } from '../wire-error.ts';
import type { WireErrorReason } from '../wire-error.ts';

/** What the list consists of. */
export interface SubstructureKind {
  /** Wire number that says one more follows. */
  readonly type: number;
  readonly name: string;
  /** Least possible length field. */
  readonly headerLength: number;
  readonly maximum: number;
  /** Reason given when there are more than `maximum`. */
  readonly limit: WireErrorReason;
}

/**
 * Reads substructures to the end of `reader`, each body by `decodeBody`. An empty `reader` gives an empty list.
 * @throws WireError when lengths or markers do not make a list that ends exactly there.
 */
export function decodeSubstructures<Substructure>(
  reader: Reader,
  kind: SubstructureKind,
  decodeBody: (body: Reader, reserved: number) => Substructure,
): Substructure[] {
  const list: Substructure[] = [];
  let expectsMore = reader.remaining > 0;
  while (expectsMore) {
    if (list.length === kind.maximum) {
      throw new WireError(kind.limit, reader.offset, `more than ${kind.maximum} ${kind.name}s`);
    }
    const start = reader.offset;
    const next = reader.readUint8(`next ${kind.name}`);
    if (next !== PayloadType.none && next !== kind.type) {
      throw new WireError('unexpected-substructure', start, `type ${next} after a ${kind.name}`);
    }
    const reserved = reader.readUint8('RESERVED');
    const length = reader.readUint16(`${kind.name} length`);
    if (length < kind.headerLength) {
      throw new WireError(
        'length-too-small',
        start,
        `${kind.name} length ${length} is less than ${kind.headerLength}`,
      );
    }
    list.push(decodeBody(reader.readPart(length - GENERIC_HEADER_LENGTH, kind.name), reserved));
    expectsMore = next === kind.type;
  }
  reader.requireEnd(`last ${kind.name}`);
  return list;
}
