/**
 * Whether certificates that proved right were revoked: by lists that were given, or fetched from a server and
 * kept (RFC 5280 §6.3.3). A list whose next update is due tells who was revoked, and no more that anybody was not.
 */
import type { Revocable, RevocationList } from '../ike/authentication-credentials.ts';
import { BoundedMap } from '../ike/bounded-map.ts';
import { Refusal } from '../ike/v1/refusal.ts';
import { NotifyType } from '../ike/wire/numbers.ts';
import { asciiOctets } from '../ike/wire/octets.ts';
import type { Phase1Exchange } from './exchange/phase1-exchange.ts';
import type { PeerServices } from './exchange/services.ts';
import type { LifecycleEvent } from './fact.ts';
import type { RevocationPolicy } from './policy.ts';
import { LIST_REQUEST } from './server-question.ts';
import type { Ns } from './timer.ts';

/** Authorities whose lists one peer keeps; there are as many as its trust anchors, and what stands below them. */
const AUTHORITIES_MAXIMUM = 64;

interface FetchedList {
  readonly list: RevocationList;
  readonly fetchedNs: Ns;
}

/** `asked`: it is to be found out from a server. */
type Judgement = 'good' | 'asked' | Refusal;

export class RevocationLists {
  readonly #services: PeerServices;
  /** By authority. */
  readonly #fetched = new BoundedMap<string, FetchedList>(AUTHORITIES_MAXIMUM);
  /** Exchanges that wait for the list of an authority, which is on its way. */
  readonly #waiting = new Map<string, Phase1Exchange[]>();

  constructor(services: PeerServices) {
    this.#services = services;
  }

  /** Lists that are on their way. */
  get openCount(): number {
    return this.#waiting.size;
  }

  /**
   * What is known of a certificate. Where `isLastWord`, nobody is asked, and the policy decides what to do
   * when nobody knows.
   */
  judge(revocable: Revocable, isLastWord: boolean): Judgement {
    const { policy, setting, nowNs } = this.#services;
    const { revocation } = policy;
    const given = (setting.certificates?.trust.givenLists ?? []).filter(
      ({ authorityId }) => authorityId === revocable.authorityId,
    );
    const fetched = this.#fetched.get(revocable.authorityId);
    const known = fetched === undefined ? given : [...given, fetched.list];
    if (known.some(({ serials }) => serials.has(revocable.serial))) return revoked();
    if (revocation === undefined) return 'good';
    const nowMs = setting.wallClockMs();
    if (given.some((list) => isCurrent(list, nowMs))) return 'good';
    if (fetched !== undefined && isCurrent(fetched.list, nowMs)) {
      if (isLastWord) return 'good';
      const { cacheNs = Infinity } = revocation;
      if (nowNs < fetched.fetchedNs + cacheNs) {
        this.#count('list-cached');
        return 'good';
      }
    }
    if (revocation.remote !== undefined && !isLastWord) return 'asked';
    return this.#judgeUnknown(revocation);
  }

  #judgeUnknown({ isStrict }: RevocationPolicy): 'good' | Refusal {
    this.#count(isStrict ? 'revocation-refused' : 'revocation-soft-failed');
    if (!isStrict) return 'good';
    const text = 'nobody could say whether the certificate was revoked';
    return new Refusal('revocation-unknown', text, NotifyType.invalidCertificate);
  }

  /** Asks the server for the list about a certificate, once for all who wait for it; the exchange hears of it by a notice. */
  ask({ authorityId, chain }: Revocable, exchange: Phase1Exchange): void {
    const services = this.#services;
    const remote = services.policy.revocation?.remote;
    if (remote === undefined) throw new TypeError('there is no server to ask');
    const others = this.#waiting.get(authorityId);
    if (others !== undefined) {
      this.#count('list-shared');
      others.push(exchange);
      return;
    }
    const waiting = [exchange];
    this.#waiting.set(authorityId, waiting);
    // A copy: the view would keep the datagram in memory for as long as the server takes.
    const authorities = chain.slice(1).map((certificate) => certificate.slice());
    services.questions.ask({ code: LIST_REQUEST, remote, name: asciiOctets(authorityId) }, (carried) => {
      this.#waiting.delete(authorityId);
      if (carried !== undefined) this.#keep(authorityId, carried, authorities);
      for (const { entry } of waiting) services.later({ type: 'revocation.told', entry });
    });
  }

  /** What is no list of that authority is as good as no answer. */
  #keep(authorityId: string, octets: Uint8Array, authorities: readonly Uint8Array[]): void {
    const list = this.#services.setting.certificates?.trust.readList(octets, authorities);
    if (list?.authorityId !== authorityId) return;
    this.#fetched.set(authorityId, { list, fetchedNs: this.#services.nowNs });
  }

  #count(event: LifecycleEvent): void {
    this.#services.record({ type: 'lifecycle', event });
  }
}

function isCurrent({ nextUpdateMs = Infinity }: RevocationList, nowMs: number): boolean {
  return nowMs <= nextUpdateMs;
}

function revoked(): Refusal {
  return new Refusal('certificate-revoked', 'the certificate was revoked', NotifyType.invalidCertificate);
}
