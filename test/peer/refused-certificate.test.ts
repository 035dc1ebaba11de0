import { expect, it } from 'vitest';
import type { PeerPolicy } from '../../src/peer/policy.ts';
import { fakeCertificates } from '../harness/fake-certificates.ts';
import { Pair } from '../harness/pair.ts';

const signatures: Partial<PeerPolicy> = {
  authentication: 'rsa-signature',
  acceptedAuthentications: ['rsa-signature'],
};

function pairOf(believed: { readonly initiator: string; readonly responder: string }): Pair {
  return new Pair({
    initiator: signatures,
    responder: signatures,
    initiatorCertificates: fakeCertificates({ name: 'initiator', believed: [believed.initiator] }),
    responderCertificates: fakeCertificates({ name: 'responder', believed: [believed.responder] }),
  });
}

it('an initiator can read why its certificate was refused in main mode', () => {
  const pair = pairOf({ initiator: 'responder', responder: 'another' }).connect().run();
  expect(pair.failureCause).toBe('certificate-rejected');
  expect(pair.factsOf('responder.failed')).toMatchObject([{ cause: 'certificate-untrusted' }]);
  expect(pair.factsOf('dropped')).toEqual([]);
});

it('a responder can read that its certificate was refused in main mode', () => {
  const pair = pairOf({ initiator: 'another', responder: 'initiator' }).connect().run();
  expect(pair.failureCause).toBe('certificate-untrusted');
  expect(pair.factsOf('dropped')).toEqual([]);
});
