/** What a peer works with, wrapped so that its work is charged to a ledger. The peer notices nothing. */
import type { WorkLedger } from '../cpu/work-ledger.ts';
import { observeKeyOperations, observeSuite, publicKeyName } from '../crypto/observed.ts';
import type { TrustCheck } from '../ike/authentication-credentials.ts';
import type { CertificateSetting } from '../ike/v1/isakmp-sa.ts';
import type { CryptoSuite } from '../ike/suite.ts';
import type { PeerPolicy } from '../peer/policy.ts';

export interface PeerMeans {
  readonly suite: CryptoSuite;
  readonly policy: PeerPolicy;
  readonly certificates: CertificateSetting | undefined;
}

export interface Metering {
  readonly suite: CryptoSuite;
  readonly ledger: WorkLedger;
}

/** The same means, with every operation charged. */
export function meter({ policy, certificates }: PeerMeans, metering: Metering): PeerMeans {
  return {
    suite: suiteOf(metering),
    policy: meterLogins(policy, metering.ledger),
    certificates: certificates && meterCertificates(certificates, metering.ledger),
  };
}

/** One wrapper for all peers of a group, whose groups are prepared once. */
const suites = new WeakMap<WorkLedger, CryptoSuite>();

function suiteOf({ suite, ledger }: Metering): CryptoSuite {
  let observed = suites.get(ledger);
  if (observed === undefined) {
    suites.set(ledger, (observed = observeSuite(suite, (name) => ledger.account(name))));
  }
  return observed;
}

function meterLogins(policy: PeerPolicy, ledger: WorkLedger): PeerPolicy {
  const server = policy.xauth?.server;
  if (server === undefined) return policy;
  const charge = ledger.account('log-in');
  const users: typeof server.users = (user) => {
    charge(user.length);
    ledger.wait('log-in');
    return server.users(user);
  };
  return { ...policy, xauth: { ...policy.xauth, server: { ...server, users } } };
}

function meterCertificates(certificates: CertificateSetting, ledger: WorkLedger): CertificateSetting {
  return {
    ...certificates,
    trust: meterTrust(certificates.trust, ledger),
    operations: observeKeyOperations(certificates.operations, (name) => ledger.account(name)),
  };
}

/** A gateway reads each certificate and checks its signature; ikestorm itself remembers those that it saw. */
function meterTrust(trust: TrustCheck, ledger: WorkLedger): TrustCheck {
  const chargeRead = ledger.account('certificate');
  return {
    authorityNames: trust.authorityNames,
    givenLists: trust.givenLists,
    readList(octets, chain) {
      chargeRead(octets.length);
      return trust.readList(octets, chain);
    },
    check(chain, identity, nowMs) {
      const verdict = trust.check(chain, identity, nowMs);
      for (const certificate of chain) {
        chargeRead(certificate.length);
        if ('publicKey' in verdict) ledger.account(`verify:${publicKeyName(verdict.publicKey)}`)(0);
      }
      // A wait of the same length for every chain, where no server of lists is described.
      ledger.wait('certificate');
      return verdict;
    },
  };
}
