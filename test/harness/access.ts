/** Pairs in which a user logs in and gets an address, with a default for everything. */
import type { Authentication } from '../../src/ike/authentication.ts';
import { asciiOctets, equalOctets } from '../../src/ike/wire/octets.ts';
import type { PeerPolicy, TotpSecret, UserSecret } from '../../src/peer/policy.ts';
import { fakeCertificates } from './fake-certificates.ts';
import { Pair, type PairSetup } from './pair.ts';

export const alice = asciiOctets('alice');
export const password = asciiOctets('wonderland');
export const totp: TotpSecret = {
  key: asciiOctets('12345678901234567890'),
  hash: 'sha1',
  digits: 6,
  periodS: 30,
  skewPeriods: 1,
};
export const firstAddress = Uint8Array.of(10, 99, 0, 1);

export interface AccessSetup extends Omit<PairSetup, 'initiator' | 'responder'> {
  /** Default: XAUTH with a pre-shared key. */
  readonly authentication?: Authentication;
  readonly configuration?: 'pull' | 'push';
  /** What alice has at her end. */
  readonly secret?: UserSecret;
  /** What the gateway knows of alice. */
  readonly knownSecret?: UserSecret;
  /** Of the gateway's pool. */
  readonly addressCount?: number;
  readonly initiator?: Partial<PeerPolicy>;
  readonly responder?: Partial<PeerPolicy>;
}

/** alice at a gateway that knows her password; addresses from 10.99.0.1 on where configuration is asked for. */
export function accessPair(setup: AccessSetup = {}): Pair {
  const {
    authentication = 'xauth-pre-shared-key',
    configuration,
    secret = { password },
    knownSecret = secret,
    addressCount = 100,
    ...rest
  } = setup;
  const configured = configuration === undefined ? {} : { configuration };
  const gatewayFactors = [
    ...(knownSecret.password !== undefined ? (['password'] as const) : []),
    ...(knownSecret.totp !== undefined ? (['passcode'] as const) : []),
  ];
  const isHybrid = authentication === 'hybrid-rsa-signature';
  return new Pair({
    initiatorCertificates: fakeCertificates({
      ...(!isHybrid && { name: 'alice-device' }),
      believed: ['gateway'],
    }),
    responderCertificates: fakeCertificates({ name: 'gateway', believed: ['alice-device'] }),
    ...rest,
    initiator: {
      authentication,
      xauth: { client: { user: alice, secret } },
      ...configured,
      ...setup.initiator,
    },
    responder: {
      acceptedAuthentications: [authentication],
      xauth: {
        server: {
          users: (user) => (equalOctets(user, alice) ? knownSecret : undefined),
          factors: gatewayFactors,
        },
      },
      ...configured,
      ...(configuration !== undefined && {
        clientNetwork: {
          addresses: [{ first: firstAddress, count: addressCount }],
          dnsServers: [Uint8Array.of(10, 78, 0, 53)],
        },
      }),
      ...setup.responder,
    },
  });
}
