import { describe, expect, it } from 'vitest';
import type { PeerPolicy } from '../../src/peer/policy.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { fakeCertificates } from '../harness/fake-certificates.ts';
import { Pair } from '../harness/pair.ts';
import { endpoint } from '../harness/policy.ts';

const INFORMATIONAL = 5;
const isInformational = (octets: Uint8Array) => octets[18] === INFORMATIONAL;

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
});
