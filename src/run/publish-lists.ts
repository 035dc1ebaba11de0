/** The revocation lists that the authorities of a scenario publish in the course of a run, signed before it begins. */
import { windowsOf } from '../load/windows.ts';
import type { PublishedList, PublishedLists } from '../network/list-shelf.ts';
import { LIST_OCTETS_MAXIMUM } from '../peer/server-question.ts';
import { NS_PER_MS } from '../peer/timer.ts';
import type { CertificateAuthority } from '../pki/certificate-authority.ts';
import { CertificateError } from '../pki/certificate-error.ts';
import { CertificateMemory } from '../pki/certificate-memory.ts';
import type { Population } from '../scenario/expand.ts';
import type { Authority, Scenario } from '../scenario/scenario.ts';
import type { GroupCertificates } from '../worker/certificates.ts';

export interface PublishSetup {
  readonly authorities: ReadonlyMap<string, CertificateAuthority>;
  /** UTC, milliseconds since 1970. */
  readonly beginningMs: number;
  readonly population: Population;
  /** What was issued, by group. */
  readonly prepared: ReadonlyMap<string, GroupCertificates>;
}

const MS_PER_S = 1000;

/** Lists of all authorities, from the beginning to the end of the run. @throws CertificateError for one that no datagram holds. */
export async function publishLists(scenario: Scenario, setup: PublishSetup): Promise<PublishedLists> {
  const { measureEndNs, drainNs } = windowsOf(scenario.load);
  const endMs = (measureEndNs + drainNs) / NS_PER_MS;
  const memory = new CertificateMemory();
  const lists = new Map<string, readonly PublishedList[]>();
  for (const description of scenario.authorities) {
    const authority = setup.authorities.get(description.name);
    if (authority === undefined) throw new TypeError(`authority ${description.name} was not made`);
    const { authorityId } = memory.read(authority.intermediates[0] ?? authority.anchor);
    const serials = revokedOf(description, scenario, setup, memory);
    const { beginningMs } = setup;
    // What depends on the time of the machine is never needed again.
    const isKept = scenario.clock === 'virtual';
    lists.set(authorityId, await publish(authority, description, { serials, beginningMs, endMs, isKept }));
  }
  return lists;
}

interface Course {
  readonly serials: readonly string[];
  readonly beginningMs: number;
  /** After the beginning. */
  readonly endMs: number;
  readonly isKept: boolean;
}

async function publish(
  authority: CertificateAuthority,
  { name, lists: { everyNs, validNs } }: Authority,
  { serials, beginningMs, endMs, isKept }: Course,
): Promise<PublishedList[]> {
  const published: PublishedList[] = [];
  // Times in a list have no fractions of a second.
  const firstMs = beginningMs - (beginningMs % MS_PER_S);
  for (let afterMs = 0; afterMs <= endMs; afterMs += everyNs / NS_PER_MS) {
    const thisUpdateMs = firstMs + afterMs;
    const nextUpdateMs = thisUpdateMs + validNs / NS_PER_MS;
    const octets = await authority.revoke({ serials, thisUpdateMs, nextUpdateMs }, isKept);
    if (octets.length > LIST_OCTETS_MAXIMUM) {
      throw new CertificateError(
        `the revocation list of ${name} has ${octets.length} octets, and a datagram holds ${LIST_OCTETS_MAXIMUM}`,
        { hint: 'revoke fewer certificates' },
      );
    }
    published.push({ octets, fromMs: thisUpdateMs });
  }
  return published;
}

/** Serial numbers of the certificates that an authority issued and revoked. */
function revokedOf(
  { name }: Authority,
  scenario: Scenario,
  { population, prepared }: PublishSetup,
  memory: CertificateMemory,
): string[] {
  return scenario.groups.flatMap((group) => {
    const { certificate } = group;
    if (certificate?.type !== 'issued' || certificate.authority !== name) return [];
    const { own } = prepared.get(group.name) ?? {};
    const { first = 0 } = population.rangeOf(group.name) ?? {};
    return (certificate.revoked ?? [])
      .flatMap((number) => own?.get(first + number - 1) ?? [])
      .flatMap(({ chain: [shown] }) => (shown === undefined ? [] : memory.read(shown).fields.serial));
  });
}
