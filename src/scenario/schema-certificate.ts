/** Schema of certificates: authorities that a run makes, and who of the peers shows what. */
import { z } from 'zod';
import { CERTIFICATE_KEYS } from '../ike/authentication.ts';
import { INTERMEDIATES_MAXIMUM, PEERS_MAXIMUM } from './limits.ts';
import { text, wholeNumber, word } from './schema-value.ts';

/** One entry of `authorities`. */
export const authoritySchema = z.strictObject({
  key: word(CERTIFICATE_KEYS).prefault('ecdsa-256').describe('Key of the authority.'),
  intermediates: wholeNumber(0, INTERMEDIATES_MAXIMUM)
    .prefault(0)
    .describe('Authorities between the root and the peers.'),
  'shared-keys': wholeNumber(1, PEERS_MAXIMUM)
    .optional()
    .describe('Peers take their keys in turn from so many, made once. Default: a key for each peer.'),
});

/** `certificate` of a group. */
export const certificateSchema = z
  .union([
    z.strictObject({
      authority: text().describe('Entry of `authorities` that issues a certificate for each peer.'),
      key: word(CERTIFICATE_KEYS)
        .optional()
        .describe('Key of each peer. Default: what `authentication` needs, RSA with 2,048 bits.'),
    }),
    z.strictObject({
      chain: text().describe(
        'PEM file: the certificate, then intermediates. Paths go from the scenario file.',
      ),
      'private-key': text().describe('PEM file without a password.'),
      trust: text().describe('PEM file with the authorities of the other end.'),
      revocations: text().optional().describe('PEM file with revocation lists.'),
    }),
  ])
  .optional()
  .describe(
    'What the peers of the group show; each one gets its own for its identity, or all use the files.',
  );
