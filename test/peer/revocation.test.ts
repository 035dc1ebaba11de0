/** Judgements that wait for a revocation list: what comes meanwhile, and how they end. */
import { describe, expect, it } from 'vitest';
import type { RevocationList } from '../../src/ike/authentication-credentials.ts';
import type { CertificateSetting } from '../../src/ike/v1/isakmp-sa.ts';
import { asciiOctets, toHex } from '../../src/ike/wire/octets.ts';
import type { PeerPolicy, RevocationPolicy } from '../../src/peer/policy.ts';
import { decodeQuestion, encodeAnswer, LIST_REQUEST } from '../../src/peer/server-question.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { fakeCertificates } from '../harness/fake-certificates.ts';
import { Pair, type OnWire } from '../harness/pair.ts';
import { endpoint } from '../harness/policy.ts';

const SERVER = { ...endpoint('10.0.0.9'), port: 80 };
const AUTHORITY = 'authority';

/** Certificates of the authority, whose lists are names with commas between, `;` and when the next update is due. */
function issued(name: string, believed: string, givenLists: readonly RevocationList[] = []) {
  const fake = fakeCertificates({ name, believed: [believed] });
  const trust: CertificateSetting['trust'] = {
    ...fake.trust,
    givenLists,
    check(chain, identity, nowMs) {
      const verdict = fake.trust.check(chain, identity, nowMs);
      if ('problem' in verdict) return verdict;
      return { ...verdict, revocable: { authorityId: AUTHORITY, serial: toHex(chain[0]!), chain } };
    },
    readList(octets) {
      const [names, nextUpdate] = String.fromCharCode(...octets).split(';');
      if (names === undefined || nextUpdate === undefined) return undefined;
      const serials = new Set(names.split(',').map((each) => toHex(asciiOctets(each))));
      return { authorityId: AUTHORITY, serials, thisUpdateMs: 0, nextUpdateMs: Number(nextUpdate) };
    },
  };
  return { ...fake, trust };
}

interface Story {
  readonly mode?: 'main' | 'aggressive';
  readonly by?: 'initiator' | 'responder';
  readonly revocation?: Partial<RevocationPolicy>;
  readonly given?: readonly RevocationList[];
  readonly policy?: Partial<PeerPolicy>;
}

class Asking extends Pair {
  readonly questions: OnWire[] = [];
  readonly #by: 'initiator' | 'responder';

  constructor({ mode = 'main', by = 'responder', revocation, given, policy = {} }: Story) {
    const remote = { server: SERVER, timeoutNs: 3 * NS_PER_S, tries: 2 };
    const asking = { revocation: { isStrict: true, remote, ...revocation } };
    const common: Partial<PeerPolicy> = {
      ...{ authentication: 'rsa-signature', acceptedAuthentications: ['rsa-signature'], mode },
      ...policy,
    };
    super({
      initiator: { ...common, ...(by === 'initiator' && asking) },
      responder: { ...common, ...(by === 'responder' && asking) },
      initiatorCertificates: issued('initiator', 'responder', by === 'initiator' ? given : []),
      responderCertificates: issued('responder', 'initiator', by === 'responder' ? given : []),
      wire: (datagram) => {
        if (datagram.to.port !== SERVER.port) return [datagram];
        this.questions.push(datagram);
        return [];
      },
    });
    this.#by = by;
  }

  /** The server answers a question with a list. */
  answer(list: string, { octets }: OnWire = this.questions.at(-1)!): this {
    const peer = this[this.#by];
    const carried = encodeAnswer(octets, asciiOctets(list));
    this.feed(peer, { type: 'datagram.received', from: SERVER, to: peer.endpoint, octets: carried });
    return this;
  }

  lifecycle(): string[] {
    return this.factsOf('lifecycle').map(({ event }) => event);
  }
}

const LATER = '9999999999';

describe.each([
  ['main', 'responder'],
  ['main', 'initiator'],
  ['aggressive', 'responder'],
  ['aggressive', 'initiator'],
] as const)('in %s mode a judging %s', (mode, by) => {
  const cause = by === 'initiator' ? 'certificate-revoked' : 'certificate-rejected';

  it('goes on when the list names somebody else', () => {
    const pair = new Asking({ mode, by }).connect().run(NS_PER_S);
    expect(pair.hasSucceeded).toBe(false);
    expect(pair.questions.map(({ octets }) => decodeQuestion(octets))).toEqual([
      { code: LIST_REQUEST, name: asciiOctets(AUTHORITY) },
    ]);
    // In aggressive mode the initiator is done already, and has to begin quick mode again.
    pair.answer(`others;${LATER}`).run(30 * NS_PER_S);
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.lifecycle()).toEqual(['list-asked']);
  });

  it('refuses who is on the list', () => {
    const pair = new Asking({ mode, by }).connect().run(NS_PER_S);
    pair.answer(`initiator,responder;${LATER}`).run(120 * NS_PER_S);
    expect(pair.hasSucceeded).toBe(false);
    if (mode === 'main' || by === 'initiator') expect(pair.failureCause).toBe(cause);
    if (by === 'responder')
      expect(pair.factsOf('responder.failed')).toMatchObject([{ cause: 'certificate-revoked' }]);
  });

  it('answers nothing that comes again meanwhile, and asks no second time for it', () => {
    const policy = { retransmit: { firstNs: NS_PER_S / 5, factor: 1, maximumNs: NS_PER_S, tries: 8 } };
    const pair = new Asking({ mode, by, policy }).connect().run(NS_PER_S);
    const sent = pair.sent.filter(({ fromInitiator }) => fromInitiator === (by === 'initiator'));
    expect(pair.questions).toHaveLength(1);
    const before = sent.length;
    pair.run(NS_PER_S + NS_PER_S / 4);
    const after = pair.sent.filter(({ fromInitiator }) => fromInitiator === (by === 'initiator'));
    expect(after.length).toBe(before);
    pair.answer(`others;${LATER}`).run(20 * NS_PER_S);
    expect(pair.hasSucceeded).toBe(true);
  });

  it('asks again, and then refuses when strict', () => {
    const pair = new Asking({ mode, by }).connect().run(120 * NS_PER_S);
    expect(pair.questions).toHaveLength(2);
    expect(pair.lifecycle()).toEqual(['list-asked', 'list-asked', 'list-silent', 'revocation-refused']);
    expect(pair.hasSucceeded).toBe(false);
    if (by === 'initiator') expect(pair.failureCause).toBe('revocation-unknown');
    else expect(pair.factsOf('responder.failed')).toMatchObject([{ cause: 'revocation-unknown' }]);
    expect(pair[by].phase1Count).toBe(0);
  });

  it('goes on without an answer when soft', () => {
    const pair = new Asking({ mode, by, revocation: { isStrict: false } }).connect().run(120 * NS_PER_S);
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.lifecycle()).toContain('revocation-soft-failed');
  });
});

describe('a list', () => {
  it.each([
    ['that nobody can read', 'nonsense'],
    ['whose next update was due', 'others;0'],
    ['that is empty', ''],
  ])('%s tells a strict end nothing', (_, list) => {
    const pair = new Asking({})
      .connect()
      .run(NS_PER_S)
      .answer(list)
      .run(60 * NS_PER_S);
    expect(pair.factsOf('responder.failed')).toMatchObject([{ cause: 'revocation-unknown' }]);
    expect(pair.questions).toHaveLength(1);
  });

  it('names who was revoked even when its next update was due', () => {
    const pair = new Asking({ revocation: { isStrict: false } }).connect().run(NS_PER_S);
    pair.answer('initiator;0').run(60 * NS_PER_S);
    expect(pair.factsOf('responder.failed')).toMatchObject([{ cause: 'certificate-revoked' }]);
  });

  it('that was given is enough until its next update is due', () => {
    const given = (nextUpdateMs: number) => [
      { authorityId: AUTHORITY, serials: new Set<string>(), thisUpdateMs: 0, nextUpdateMs },
    ];
    const current = new Asking({ given: given(1e9) }).connect().run();
    expect([current.hasSucceeded, current.questions]).toEqual([true, []]);
    const due = new Asking({ given: given(-1) }).connect().run(NS_PER_S);
    expect(due.questions).toHaveLength(1);
    const remote = { isStrict: true, remote: undefined as never };
    const alone = new Asking({ given: given(-1), revocation: remote }).connect().run(60 * NS_PER_S);
    expect(alone.failureCause).toBe('certificate-rejected');
    expect(alone.questions).toEqual([]);
  });

  it('that comes too late, twice or from elsewhere is dropped', () => {
    const pair = new Asking({}).connect().run(60 * NS_PER_S);
    pair.answer(`others;${LATER}`);
    expect(pair.factsOf('dropped').map(({ reason }) => reason)).toContain('late-answer');
    const again = new Asking({}).connect().run(NS_PER_S).answer(`others;${LATER}`).answer(`others;${LATER}`);
    expect(again.factsOf('dropped')).toEqual([{ type: 'dropped', reason: 'late-answer' }]);
  });

  it('is of no use to who has gone meanwhile', () => {
    const pair = new Asking({ policy: { halfOpenTimeoutNs: 2 * NS_PER_S } }).connect().run(2.5 * NS_PER_S);
    expect(pair.factsOf('responder.failed')).toMatchObject([{ cause: 'timeout-phase1' }]);
    pair.answer(`others;${LATER}`).run(120 * NS_PER_S);
    expect(pair.hasSucceeded).toBe(false);
    expect(pair.responder.phase1Count).toBe(0);
  });

  it('that was fetched serves who comes later', () => {
    const pair = new Asking({})
      .connect()
      .run(NS_PER_S)
      .answer(`others;${LATER}`)
      .run(5 * NS_PER_S);
    pair.feed(pair.initiator, { type: 'disconnect' });
    pair.connect(1).run(10 * NS_PER_S);
    expect(pair.factsOf('negotiation.succeeded')).toHaveLength(2);
    expect(pair.questions).toHaveLength(1);
    expect(pair.lifecycle()).toEqual(['list-asked', 'list-cached']);
  });
});

it('a peer that stops waits for nothing any more', () => {
  const pair = new Asking({}).connect().run(NS_PER_S);
  pair.feed(pair.responder, { type: 'stop' });
  pair.feed(pair.initiator, { type: 'stop' });
  expect(pair.armedTimers).toEqual([]);
});
