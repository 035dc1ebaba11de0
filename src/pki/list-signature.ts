/** Whether a key signed a revocation list, by the algorithms of RFC 3279 and RFC 4055. */
import { constants, verify, type KeyObject } from 'node:crypto';
import { toHex } from '../ike/wire/octets.ts';
import { DerError, DerTag, expectTag, readDerList, readWholeDer, type DerValue } from './der.ts';
import type { ListFields } from './list-fields.ts';

/** Hash functions by object identifier of algorithms that name theirs: RSA by PKCS #1 v1.5, and ECDSA. */
const HASH_OF: Readonly<Record<string, string>> = {
  '2a864886f70d010105': 'sha1',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d0401': 'sha1',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};

const RSA_PSS = '2a864886f70d01010a';
const ED25519 = '2b6570';

/** Hash functions by their own object identifiers. */
const HASHES: Readonly<Record<string, string>> = {
  '2b0e03021a': 'sha1',
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};

/** False for algorithms that are not supported, too, and for keys of another kind. Never throws. */
export function isListSignedBy(list: ListFields, key: KeyObject): boolean {
  try {
    if (list.algorithm === ED25519) return verify(null, list.signed, key, list.signature);
    if (list.algorithm === RSA_PSS) {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return verify(pssHash(list.parameters), list.signed, { key, padding }, list.signature);
    }
    const hash = HASH_OF[list.algorithm];
    return hash !== undefined && verify(hash, list.signed, key, list.signature);
  } catch {
    return false;
  }
}

/** Of RSASSA-PSS-params (RFC 4055 §3.1), SHA-1 where they do not say. @throws DerError for a hash that is not known. */
function pssHash(parameters: DerValue | undefined): string {
  const parts = parameters === undefined ? [] : readDerList(expectTag(parameters, DerTag.sequence).contents);
  const named = parts.find(({ tag }) => tag === 0xa0);
  if (named === undefined) return 'sha1';
  const [id] = readDerList(readWholeDer(named.contents, DerTag.sequence).contents);
  const hash = HASHES[toHex(expectTag(id, DerTag.objectIdentifier).contents)];
  if (hash === undefined) throw new DerError('a hash that is not known');
  return hash;
}
