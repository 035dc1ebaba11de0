/**
 * Certificates for tests that are not about certificates: a chain is a name, a signature the hash
 * with that name before it, and names on the list are believed.
 */
import type { CertificateSetting } from '../../src/ike/v1/isakmp-sa.ts';
import { asciiOctets, concatOctets, equalOctets } from '../../src/ike/wire/octets.ts';

export interface FakeCertificates {
  /** Absent: an end without a certificate of its own. */
  readonly name?: string;
  readonly believed?: readonly string[];
}

export function fakeCertificates({ name, believed = [] }: FakeCertificates): CertificateSetting {
  return {
    ...(name !== undefined && {
      credentials: {
        chain: [asciiOctets(name)],
        privateKey: { algorithm: 'rsa', secret: asciiOctets(name) },
      },
    }),
    trust: {
      authorityNames: [asciiOctets('authority')],
      givenLists: [],
      readList: () => undefined,
      check(chain) {
        const [shown] = chain;
        const isBelieved = believed.some((other) => shown && equalOctets(shown, asciiOctets(other)));
        return shown !== undefined && isBelieved
          ? { publicKey: { algorithm: 'rsa', length: shown.length, material: shown } }
          : { problem: 'untrusted', text: 'nobody on the list' };
      },
    },
    operations: {
      sign: ({ secret }, hash) => concatOctets(secret as Uint8Array, hash),
      verify: ({ material }, hash, signature) =>
        equalOctets(signature, concatOctets(material as Uint8Array, hash)),
      encrypt: () => {
        throw new Error('fake keys do not encrypt');
      },
      decryptRaw: () => {
        throw new Error('fake keys do not decrypt');
      },
    },
  };
}
