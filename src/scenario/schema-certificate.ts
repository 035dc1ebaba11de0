/** Schema of certificates: authorities that a run makes, and who of the peers shows what. */
import { z } from 'zod';
import { CERTIFICATE_KEYS } from '../ike/authentication.ts';
import { ENCRYPTION_PROFILES } from '../ike/v1/encryption-quirks.ts';
import {
  INTERMEDIATES_MAXIMUM,
  KEYS_MAXIMUM,
  LOGIN_TRIES_MAXIMUM,
  PEERS_MAXIMUM,
  REVOKED_MAXIMUM,
} from './limits.ts';
import { duration, flag, text, wholeNumber, word } from './schema-value.ts';

const expires = (what: string) =>
  duration({ zero: true })
    .optional()
    .describe(
      `How long after the beginning of the run ${what}, whole seconds. In real time it counts from when certificates are ` +
        'made, shortly before. Default: not in the run.',
    );

/** One entry of `authorities`. */
export const authoritySchema = z.strictObject({
  key: word(CERTIFICATE_KEYS).prefault('ecdsa-256').describe('Key of the authority.'),
  intermediates: wholeNumber(0, INTERMEDIATES_MAXIMUM)
    .prefault(0)
    .describe('Authorities between the root and the peers.'),
  'shared-keys': wholeNumber(1, PEERS_MAXIMUM)
    .optional()
    .describe('Peers take their keys in turn from so many, made once. Default: a key for each peer.'),
  expires: expires('its own certificates expire, and nothing that it issued is believed any more'),
  'revocation-list': z
    .strictObject({
      every: duration({ zero: false })
        .prefault('1h')
        .describe(
          'How often a new list of what was revoked is published, from the beginning of the run on, whole seconds.',
        ),
      valid: duration({ zero: false })
        .optional()
        .describe('How long after that its next update is due, whole seconds. Default: `every`.'),
    })
    .prefault({})
    .describe('What servers of revocation lists have of this authority; see `revocation` of a group.'),
});

const askedServer = {
  timeout: duration({ zero: false }).prefault('3s').describe('Wait for an answer before asking again.'),
  tries: wholeNumber(1, LOGIN_TRIES_MAXIMUM).prefault(2).describe('Questions before it is given up.'),
};

/** `revocation` of a group. */
export const revocationSchema = z
  .strictObject({
    policy: word(['strict', 'soft'])
      .prefault('strict')
      .describe(
        'What to do with a certificate when nobody can tell whether it was revoked: refuse it as `revocation-unknown`, or ' +
          'take it. One that a list names is refused by both.',
      ),
    server: text()
      .optional()
      .describe(
        'Group with `role: server` that has the lists of `authorities`; peer number i asks server i modulo their number. ' +
          'Default: nobody is asked, and given lists count as long as their next update is not due.',
      ),
    ...askedServer,
    cache: duration({ zero: true })
      .optional()
      .describe('Longest time that a fetched list is used. Default: until its next update is due.'),
  })
  .optional()
  .describe(
    'How the peers find out whether the certificate of the other end was revoked, in phase 1, after it has proven to hold it. ' +
      'Default: lists in files count, however old, and nobody is asked.',
  );

/** `certificate` of a group. */
export const certificateSchema = z
  .union([
    z.strictObject({
      authority: text().describe('Entry of `authorities` that issues a certificate for each peer.'),
      key: word(CERTIFICATE_KEYS)
        .optional()
        .describe('Key of each peer. Default: what `authentication` needs, RSA with 2,048 bits.'),
      keys: wholeNumber(1, KEYS_MAXIMUM)
        .prefault(1)
        .describe(
          'Keys of a responder, each with a certificate: who calls by public key encryption takes one in turn and ' +
            'names it by HASH(1).',
        ),
      expires: expires('the certificates of the peers expire'),
      revoked: z
        .array(wholeNumber(1, PEERS_MAXIMUM), { error: 'expected a list of peers by number, such as [1, 7]' })
        .max(REVOKED_MAXIMUM)
        .optional()
        .describe(
          'Peers of the group by number from 1: their certificates are on the lists of the authority. Default: none.',
        ),
    }),
    z.strictObject({
      chain: text()
        .optional()
        .describe(
          'PEM file: the certificate, then intermediates. Paths go from the scenario file. Users of a hybrid ' +
            'method need none.',
        ),
      'private-key': text().optional().describe('PEM file without a password, of the chain.'),
      trust: text().describe('PEM file with the authorities of the other end.'),
      revocations: text().optional().describe('PEM file with revocation lists.'),
    }),
  ])
  .optional()
  .describe(
    'What the peers of the group show; each one gets its own for its identity, or all use the files.',
  );

/** `encryption-profile` of a group. */
export const encryptionProfileSchema = word(ENCRYPTION_PROFILES)
  .prefault('rfc')
  .describe(
    'What public key encryption looks like where implementations differ: as the RFC says, as Cisco IOS, or as Huawei ' +
      'routers do it. Both ends need the same.',
  );

/** `oracle` of a group. */
export const oracleSchema = flag()
  .prefault(false)
  .describe(
    'Broken on purpose, for attacks to find: with public key encryption, tell the other end what is wrong with what ' +
      'it encrypted, instead of failing alike for every fault.',
  );

/** `send-certificate` of a group. */
export const sendCertificateSchema = flag()
  .prefault(false)
  .describe(
    'Initiators of the revised mode of public key encryption: show the certificate, encrypted, to responders that do ' +
      'not know their keys beforehand and check it instead.',
  );
