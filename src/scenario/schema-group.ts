/** Schema of one group of peers, as people write it. */
import { z } from 'zod';
import {
  CHILDREN_MAXIMUM,
  HALF_OPEN_MAXIMUM,
  KILOBYTES_MAXIMUM,
  MODE_WEIGHT_MAXIMUM,
  PEERS_MAXIMUM,
  PROPOSALS_MAXIMUM,
  REPEATED_ANSWERS_MAXIMUM,
  VENDOR_IDS_MAXIMUM,
} from './limits.ts';
import {
  certificateSchema,
  revocationSchema,
  encryptionProfileSchema,
  oracleSchema,
  sendCertificateSchema,
} from './schema-certificate.ts';
import { cpuSchema } from './schema-cpu.ts';
import { dpdSchema, natKeepaliveSchema, rekeySchema } from './schema-liveness.ts';
import {
  acceptAuthenticationSchema,
  authenticationSchema,
  configurationSchema,
  lendSchema,
  loginServerSchema,
  serverSchema,
  loginSchema,
  usersSchema,
} from './schema-login.ts';
import { misbehaveSchema } from './schema-misbehave.ts';
import { pingSchema, replayWindowSchema } from './schema-ping.ts';
import { retrySchema } from './schema-retry.ts';
import { responderRetransmitSchema, retransmitSchema } from './schema-retransmit.ts';
import { staticKeysSchema } from './schema-static-keys.ts';
import { PROTECTIONS } from '../ike/protection-bundle.ts';
import { PROFILES } from '../peer/profile/catalogue.ts';
import {
  addressPool,
  duration,
  espKeyword,
  flag,
  ikeKeyword,
  list,
  networkTemplate,
  pfsKeyword,
  port,
  template,
  text,
  vendorId,
  wholeNumber,
  word,
} from './schema-value.ts';

const modeWeight = wholeNumber(0, MODE_WEIGHT_MAXIMUM);

/** Words of `profile`. */
const PROFILE_NAMES = PROFILES.map(({ name }) => name) as [string, ...string[]];

const identitySchema = z
  .union([
    template(),
    z.strictObject({
      type: word(['fqdn', 'user-fqdn', 'key-id', 'address']).describe('Kind of the identification payload.'),
      text: template().optional().describe('The identity; not with `address`.'),
    }),
  ])
  .describe(
    'Who a peer says it is: a template such as `worker-{number}.example.test` (with an @ in it: user-fqdn, else ' +
      'fqdn), the word `address`, or a mapping with `type` and `text`. Default: the address.',
  );

const modeSchema = z
  .union([
    word(['main', 'aggressive']),
    z.strictObject({
      main: modeWeight.prefault(0).describe('Weight of main mode.'),
      aggressive: modeWeight.prefault(0).describe('Weight of aggressive mode.'),
    }),
  ])
  .prefault('main')
  .describe(
    'Phase 1 mode of initiators; weights such as `{main: 3, aggressive: 1}` mix both, evenly interleaved.',
  );

/** One entry of `peers`. */
export const groupSchema = z.strictObject(
  {
    role: word(['host', 'gateway', 'server'])
      .prefault('host')
      .describe(
        'A `host` starts negotiations and may answer; a `gateway` answers many and may start some; a `server` tells ' +
          'gateways which users to let in, and is in no connection. Over udp, ' +
          'a run does not simulate the gateways that it connects to: real ones answer there, or `ikestorm serve`.',
      ),
    profile: word(PROFILE_NAMES)
      .optional()
      .describe(
        'A real device whose behaviour every key has that is left out here: docs/profiles.md says what it is.',
      ),
    count: wholeNumber(1, PEERS_MAXIMUM).prefault(1).describe('How many peers the group has.'),
    addresses: addressPool().describe(
      'Where they live, one address each in order: a block `10.1.0.0/16`, a range `127.1.0.1-127.1.0.200` or one ' +
        'address; IPv4 or IPv6.',
    ),
    port: port({ minimum: 0 }).prefault(500).describe('UDP port of IKE; 0 takes any free one (udp only).'),
    'nat-port': port({ minimum: 1 })
      .prefault(4500)
      .describe('UDP port that both ends move to when there is a NAT between them (RFC 3947).'),
    segment: text()
      .optional()
      .describe('Entry of `segments` that the peers are confined to as initiators. Default: not confined.'),
    identity: identitySchema.optional(),
    psk: template()
      .optional()
      .describe(
        'Pre-shared key, a template. A responder without one looks up the key of the peer that calls, by address.',
      ),
    authentication: authenticationSchema,
    'accept-authentication': acceptAuthenticationSchema,
    certificate: certificateSchema,
    revocation: revocationSchema,
    'encryption-profile': encryptionProfileSchema,
    oracle: oracleSchema,
    'send-certificate': sendCertificateSchema,
    login: loginSchema,
    users: usersSchema,
    'login-server': loginServerSchema,
    server: serverSchema,
    configuration: configurationSchema,
    lend: lendSchema,
    mode: modeSchema,
    'accept-modes': list(word(['main', 'aggressive']), 2, 'the words main and aggressive')
      .prefault(['main', 'aggressive'])
      .describe('Phase 1 modes that the group answers.'),
    ike: list(ikeKeyword(), PROPOSALS_MAXIMUM, 'proposals')
      .prefault(['aes128-sha256-modp2048'])
      .describe('Phase 1 proposals in order of preference: cipher-hash-group, in the words of strongSwan.'),
    esp: list(espKeyword(), PROPOSALS_MAXIMUM, 'proposals')
      .prefault(['aes128-sha256'])
      .describe(
        'Phase 2 proposals: cipher-integrity or aes128gcm16; a group at the end asks for PFS, `esn` for extended sequence numbers.',
      ),
    pfs: pfsKeyword()
      .optional()
      .describe(
        'Group of perfect forward secrecy for every `esp` entry that names none; `none` says that there is none.',
      ),
    protection: list(word(PROTECTIONS), PROTECTIONS.length, 'the words esp, ah, ah+esp and esp+ipcomp')
      .prefault(['esp'])
      .describe(
        'What initiators offer in quick mode, in order of preference: ESP with the proposals of `esp`, AH with their ' +
          'integrity algorithms, or bundles with AH or IPComp. Only ESP alone is run: where a responder chooses another, ' +
          'the negotiation fails as `protection-unsupported`.',
      ),
    encapsulation: word(['tunnel', 'transport']).prefault('tunnel').describe('Mode of the ESP SAs.'),
    children: wholeNumber(0, CHILDREN_MAXIMUM)
      .prefault(1)
      .describe('Quick modes after each phase 1; 0 measures phase 1 alone.'),
    'local-network': networkTemplate()
      .optional()
      .describe(
        'Protected network on this side, a template such as `10.200.{index}.0/24`; none: no IDs in quick mode.',
      ),
    'remote-network': networkTemplate().optional().describe('Protected network on the other side.'),
    'replay-window': replayWindowSchema,
    'static-keys': staticKeysSchema,
    ping: pingSchema,
    'commit-bit': flag()
      .prefault(false)
      .describe(
        'As responder of quick mode: set the commit bit, so that the initiator sends nothing before it is told that the SAs are ready.',
      ),
    'ike-lifetime': duration({ zero: false })
      .prefault('8h')
      .describe('Lifetime of phase 1, whole seconds; between two ends the shorter one holds (RFC 2407).'),
    'esp-lifetime': duration({ zero: false })
      .prefault('1h')
      .describe('Lifetime of phase 2, whole seconds; between two ends the shorter one holds (RFC 2407).'),
    'ike-lifetime-kilobytes': wholeNumber(1, KILOBYTES_MAXIMUM)
      .optional()
      .describe(
        'Traffic after which phase 1 ends, in units of 1,024 octets of encrypted IKE messages in one direction. Default: no limit.',
      ),
    'esp-lifetime-kilobytes': wholeNumber(1, KILOBYTES_MAXIMUM)
      .optional()
      .describe(
        'Traffic after which a child SA ends, in units of 1,024 octets that it protects in one direction. Default: no limit.',
      ),
    rekey: rekeySchema,
    dpd: dpdSchema,
    'nat-keepalive': natKeepaliveSchema,
    retransmit: retransmitSchema,
    retry: retrySchema,
    misbehave: misbehaveSchema,
    'responder-retransmit': responderRetransmitSchema,
    'repeated-answers': wholeNumber(0, REPEATED_ANSWERS_MAXIMUM)
      .optional()
      .describe(
        'How often one message is sent again to an end that repeats itself; the first answer of phase 1 always is. Default: always.',
      ),
    'half-open-timeout': duration({ zero: false })
      .prefault('30s')
      .describe('A responder forgets an unfinished phase 1 after this.'),
    'half-open-limit': wholeNumber(1, HALF_OPEN_MAXIMUM)
      .prefault(100_000)
      .describe(
        'Unfinished phase 1 negotiations that a responder holds; further ones are dropped and counted.',
      ),
    'half-open-limit-per-address': wholeNumber(1, HALF_OPEN_MAXIMUM)
      .optional()
      .describe('The same for one address of initiators. Default: no limit but the one above.'),
    'vendor-ids': list(vendorId(), VENDOR_IDS_MAXIMUM, 'vendor IDs in hex')
      .optional()
      .describe('Vendor IDs sent besides those of what ikestorm can do, in hex.'),
    'nat-traversal': word(['auto', 'force', 'off'])
      .prefault('auto')
      .describe('`auto` looks for NATs (RFC 3947), `force` acts as if there were one, `off` does not look.'),
    cpu: cpuSchema,
    'always-marker': flag()
      .prefault(false)
      .describe('Put the non-ESP marker on every message, as charon wants it when both ports are not 500.'),
  },
  { error: objectExpected },
);

/** Words for a value that should have been a mapping. */
export function objectExpected(issue: { readonly code?: string | undefined }): string | undefined {
  return issue.code === 'invalid_type' ? 'expected a mapping of keys and values' : undefined;
}
