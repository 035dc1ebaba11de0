/** Schema of how ends prove who they are, and of what a gateway lends to those who log in. */
import { z } from 'zod';
import { AUTHENTICATIONS } from '../ike/authentication.ts';
import {
  LOGIN_TRIES_MAXIMUM,
  SERVER_CAPACITY_MAXIMUM,
  SERVER_QUEUE_MAXIMUM,
  USERS_MAXIMUM,
} from './limits.ts';
import { latencySchema } from './schema-network.ts';
import { addressPool, duration, list, template, text, wholeNumber, word } from './schema-value.ts';

const totpSchema = z.strictObject({
  secret: text()
    .regex(/^([0-9a-fA-F]{2})+$/, { error: 'expected the secret in hex, two digits an octet' })
    .describe('Shared secret in hex.'),
  hash: word(['sha1', 'sha256', 'sha512']).prefault('sha1').describe('Hash of the HMAC.'),
  digits: wholeNumber(6, 8).prefault(6).describe('Digits of a code.'),
  period: duration({ zero: false }).prefault('30s').describe('How long a code lasts, whole seconds.'),
  skew: wholeNumber(0, 10).prefault(1).describe('Codes of that many periods before and after are taken too.'),
});

const loginShape = {
  user: template().describe('Name of the user; a template in `login`.'),
  password: template().optional().describe('Password; a template in `login`.'),
  totp: totpSchema.optional().describe('One-time passwords by time (RFC 6238).'),
};

export const authenticationSchema = word(AUTHENTICATIONS)
  .prefault('pre-shared-key')
  .describe(
    'How phase 1 is authenticated; with the XAUTH and hybrid methods a user logs in afterwards. With public key ' +
      'encryption each end knows the certificates of those that it talks to beforehand.',
  );

export const acceptAuthenticationSchema = list(
  word(AUTHENTICATIONS),
  AUTHENTICATIONS.length,
  'methods of authentication',
)
  .optional()
  .describe(
    'Methods that the group accepts as responder. Default: its own, and those of the groups that connect to it.',
  );

export const loginSchema = z
  .strictObject(loginShape)
  .optional()
  .describe('Who logs in at the responder, of a group that initiates with an XAUTH method.');

export const usersSchema = list(z.strictObject(loginShape), USERS_MAXIMUM, 'users')
  .optional()
  .describe('Users that a responder lets in. Default: those of the groups that connect to it.');

export const configurationSchema = word(['pull', 'push'])
  .optional()
  .describe(
    'Mode-config: an initiator asks for an address (`pull`) or waits for one (`push`) before quick mode and ' +
      'uses it as its side; a responder with `push` sets it unasked. Default: none.',
  );

export const lendSchema = z
  .strictObject({
    addresses: addressPool().describe('Addresses for clients, returned when their SA ends.'),
    dns: list(text(), 8, 'addresses of name servers').optional().describe('Name servers told to clients.'),
  })
  .optional()
  .describe('What a responder gives to clients that ask for an address.');

export const loginServerSchema = z
  .strictObject({
    peers: text().describe('Group with `role: server`; gateway number i asks server i modulo their number.'),
    timeout: duration({ zero: false }).prefault('3s').describe('Wait for an answer before asking again.'),
    tries: wholeNumber(1, LOGIN_TRIES_MAXIMUM)
      .prefault(3)
      .describe('Questions before the user is not let in.'),
  })
  .optional()
  .describe('Server that a responder asks before it lets a user in. Default: it knows its users itself.');

export const serverSchema = z
  .strictObject({
    service: latencySchema.prefault('20ms').describe('Time that one answer takes.'),
    capacity: wholeNumber(1, SERVER_CAPACITY_MAXIMUM)
      .prefault(16)
      .describe('Answers in the making at one time.'),
    queue: wholeNumber(0, SERVER_QUEUE_MAXIMUM).prefault(1000).describe('Questions that wait at most.'),
  })
  .optional()
  .describe('What a server is like, of a group with `role: server`.');
