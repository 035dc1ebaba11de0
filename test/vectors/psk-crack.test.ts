import { expect, it } from 'vitest';
import { createCryptoSuite } from '../../src/crypto/registry.ts';
import type { HashName } from '../../src/ike/suite.ts';
import { computeHashI, computeHashR } from '../../src/ike/v1/authentication.ts';
import { createIsakmpSa, handshakeOf, type IsakmpSa } from '../../src/ike/v1/isakmp-sa.ts';
import { deriveSkeyidPreSharedKey } from '../../src/ike/v1/keymat.ts';
import { asciiOctets, fromHex, toHex } from '../../src/ike/wire/octets.ts';
import { describeVectors, readVectorText } from '../harness/vectors.ts';

interface Vector {
  /** `g_xr:g_xi:cky_r:cky_i:sai_b:idir_b:ni_b:nr_b:hash_r`, in hex: what psk-crack reads. */
  readonly line: string;
  readonly psk: string;
  readonly hash: HashName;
  /** Contivity makes the key of a password and a name. */
  readonly nortel_user?: string;
}

const suite = createCryptoSuite('fastest');
const NO_ENDPOINT = { address: '192.0.2.1', port: 500, octets: Uint8Array.of(192, 0, 2, 1) };

/** The key that the gateway used; Contivity's is HMAC-SHA1 of the user's name under SHA1 of the password. */
function keyOctets({ psk, nortel_user: user }: Vector): Uint8Array {
  if (user === undefined) return asciiOctets(psk);
  const sha1 = suite.hash('sha1');
  return sha1.hmac(sha1.digest(asciiOctets(psk)), asciiOctets(user));
}

/** The SA of a gateway that was asked in aggressive mode and whose key is `preSharedKey`. */
function responderOf(vector: Vector, preSharedKey: Uint8Array): { sa: IsakmpSa; hashR: string } {
  const parts = vector.line.split(':').map(fromHex);
  const part = (index: number): Uint8Array => {
    const octets = parts[index];
    if (octets === undefined) throw new Error(`the line has ${parts.length} parts`);
    return octets;
  };
  const sa = createIsakmpSa({
    isInitiator: false,
    mode: 'aggressive',
    initiatorCookie: part(3),
    responderCookie: part(2),
    own: NO_ENDPOINT,
    remote: NO_ENDPOINT,
    hasMarker: false,
  });
  const hash = suite.hash(vector.hash);
  sa.hash = hash;
  Object.assign(handshakeOf(sa), {
    skeyid: deriveSkeyidPreSharedKey(hash, preSharedKey, part(6), part(7)),
    publicR: part(0),
    publicI: part(1),
    saBodyI: part(4),
    idBodyR: part(5),
    nonceI: part(6),
    nonceR: part(7),
  });
  return { sa, hashR: toHex(part(8)) };
}

describeVectors('HASH_R of real gateways, recorded for psk-crack', () => {
  const { vectors } = JSON.parse(readVectorText('ike-scan/psk-crack-known-answers.json')) as {
    vectors: Vector[];
  };

  it('are eight, of MD5 and SHA-1', () => {
    expect(vectors.map(({ hash }) => hash).sort()).toEqual([
      ...Array<string>(4).fill('md5'),
      ...Array<string>(4).fill('sha1'),
    ]);
  });

  it.each(vectors)('follows from the key $psk with $hash', (vector) => {
    const { sa, hashR } = responderOf(vector, keyOctets(vector));
    expect(toHex(computeHashR(sa))).toBe(hashR);
    expect(toHex(computeHashI(sa))).not.toBe(hashR);
  });

  it.each(vectors)('does not follow from another key than $psk', (vector) => {
    for (const psk of [`${vector.psk}0`, vector.psk.slice(0, -1), `${vector.psk}\n`, '']) {
      const { sa, hashR } = responderOf(vector, keyOctets({ ...vector, psk }));
      expect(toHex(computeHashR(sa)), psk).not.toBe(hashR);
    }
  });
});
