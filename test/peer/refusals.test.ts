import { describe, expect, it } from 'vitest';
import { createCryptoSuite } from '../../src/crypto/registry.ts';
import type { CryptoSuite } from '../../src/ike/suite.ts';
import { Group } from '../../src/ike/wire/numbers.ts';
import type { IkeTransform, PeerPolicy } from '../../src/peer/policy.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { fakeCertificates } from '../harness/fake-certificates.ts';
import { Pair, suite, type Wire } from '../harness/pair.ts';
import { aes128Sha256X25519, endpoint } from '../harness/policy.ts';

const MAIN = 2;
const INFORMATIONAL = 5;
const isInformational = (octets: Uint8Array) => octets[18] === INFORMATIONAL;

const isMain = (octets: Uint8Array) => octets[18] === MAIN;
const MESSAGE_5 = 4;

const signatures: Partial<PeerPolicy> = {
  authentication: 'rsa-signature',
  acceptedAuthentications: ['rsa-signature'],
};

describe.each(['main', 'aggressive'] as const)('a certificate that is refused in %s mode', (mode) => {
  it('is named at both ends when the responder refuses it', () => {
    const pair = new Pair({
      initiator: { ...signatures, mode },
      responder: signatures,
      initiatorCertificates: fakeCertificates({ name: 'initiator', believed: ['responder'] }),
      responderCertificates: fakeCertificates({ name: 'responder', believed: ['another'] }),
    });
    pair.connect().run(30 * NS_PER_S);
    expect(pair.factsOf('responder.failed')).toMatchObject([{ cause: 'certificate-untrusted' }]);
    expect(pair.factsOf('dropped', 'initiator')).toEqual([]);
    if (mode === 'main') expect(pair.failureCause).toBe('certificate-rejected');
  });
});

describe('a wrong pre-shared key in main mode', () => {
  it('is known after the second unreadable answer, each to another transmission of message 5', () => {
    const pair = new Pair({ responderKey: 'another' }).connect().run();
    expect(pair.failureCause).toBe('authentication-failed');
    const [failed] = pair.factsOf('negotiation.failed');
    expect(failed?.finishedNs).toBeGreaterThan(3 * NS_PER_S);
    expect(failed?.finishedNs).toBeLessThan(5 * NS_PER_S);
  });

  it('is known at the end of the schedule when only one answer came through', () => {
    let seen = 0;
    const pair = new Pair({
      responderKey: 'another',
      wire: (datagram) => {
        const isLost = !datagram.fromInitiator && isInformational(datagram.octets) && seen++ > 0;
        return isLost ? [] : [datagram];
      },
    });
    expect(pair.connect().run().failureCause).toBe('authentication-failed');
  });

  it('is not believed for junk that overtakes message 6', () => {
    const pair = new Pair({
      wire: (datagram) => {
        if (datagram.index !== 4) return [datagram];
        const junk = (fill: number) => {
          const octets = datagram.octets.slice();
          octets[18] = INFORMATIONAL;
          octets.fill(fill, 20, 24);
          return octets;
        };
        // The attacker answers the initiator; here the wire hands the junk to it.
        for (const fill of [1, 2, 3]) {
          pair.feed(pair.initiator, {
            type: 'datagram.received',
            from: endpoint('10.0.0.2'),
            to: endpoint('10.0.0.1'),
            octets: junk(fill),
          });
        }
        return [datagram];
      },
    });
    expect(pair.connect().run().hasSucceeded).toBe(true);
  });

  const LOST_ANSWER: Wire = (datagram) => {
    const isLost = !datagram.fromInitiator && isMain(datagram.octets) && datagram.index > MESSAGE_5;
    return isLost ? [] : [datagram];
  };

  // The responder has sent message 6, and asks whether the initiator is still there.
  describe.each([
    ['AES and SHA-256', aes128Sha256X25519, suite],
    ['AES and MD5', { ...aes128Sha256X25519, hash: 'md5' }, suite],
    ['3DES and SHA-1', { cipher: '3des-cbc', keyBits: 192, hash: 'sha1', group: Group.x25519 }, suite],
    ['modelled primitives', aes128Sha256X25519, createCryptoSuite('modelled')],
  ] satisfies [string, IkeTransform, CryptoSuite][])(
    'is not blamed after a message 6 that was lost: %s',
    (...set) => {
      const [, transform, used] = set;
      const dpd = { delayNs: NS_PER_S, retryNs: NS_PER_S, timeoutNs: 60 * NS_PER_S };
      const ike = [transform];
      // Soon asks an end without any child SA, as others do.
      const retransmit = { firstNs: 1, factor: 1, maximumNs: Infinity, tries: 0 };
      const peers = { initiator: { ike }, responder: { ike, dpd, retransmit }, suite: used };

      it('a question whether the initiator is there', () => {
        const pair = new Pair({ ...peers, wire: LOST_ANSWER }).connect().run();
        expect(pair.factsOf('lifecycle', 'responder')).not.toEqual([]);
        expect(pair.failureCause).toBe('timeout-phase1');
        expect(pair.factsOf('dropped', 'initiator')).toContainEqual({
          type: 'dropped',
          reason: 'unexpected-state',
        });
      });

      it('a delete', () => {
        const pair = new Pair({ ...peers, wire: LOST_ANSWER }).connect().run(NS_PER_S / 2);
        pair.feed(pair.responder, { type: 'disconnect' });
        expect(pair.run().failureCause).toBe('timeout-phase1');
      });

      it('but is for the answers of an end with another key', () => {
        const pair = new Pair({ ...peers, responderKey: 'another' }).connect().run();
        expect(pair.failureCause).toBe('authentication-failed');
      });
    },
  );
});
