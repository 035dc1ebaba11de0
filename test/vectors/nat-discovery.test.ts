import { expect, it } from 'vitest';
import { createCryptoSuite } from '../../src/crypto/registry.ts';
import {
  adoptTransform,
  createIsakmpSa,
  type IsakmpSa,
  type Phase1Setting,
} from '../../src/ike/v1/isakmp-sa.ts';
import { natDiscoveryPayloads, showsNat } from '../../src/ike/v1/nat-traversal.ts';
import type { NatDiscoveryPayload } from '../../src/ike/wire/message.ts';
import { requirePayload } from '../../src/ike/v1/incoming.ts';
import { agreedTransform } from '../harness/agreed-transform.ts';
import { readCapture, type CapturedEndpoint } from '../harness/capture.ts';
import { decryptCapture, type ClearMessage } from '../harness/decrypt-capture.ts';
import { endpoint, policy } from '../harness/policy.ts';
import { describeVectors, vectorPath } from '../harness/vectors.ts';

const suite = createCryptoSuite('fastest');
const setting: Phase1Setting = {
  suite,
  random: (length) => new Uint8Array(length),
  policy: policy({ natTraversal: 'auto' }),
  preSharedKey: () => undefined,
  wallClockMs: () => 0,
};

/** The clear messages of main mode: SA, SA, KE of the initiator, KE of the responder. */
function mainModeOf(path: string): [ClearMessage, ClearMessage, ClearMessage, ClearMessage] {
  const messages = decryptCapture(readCapture(vectorPath(path)), new Map(), suite);
  const [first, second, third, fourth] = messages.filter((message) => message.state === 'clear');
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) {
    throw new Error('main mode has four clear messages');
  }
  return [first, second, third, fourth];
}

interface End {
  readonly own: CapturedEndpoint;
  readonly remote: CapturedEndpoint;
}

/** The SA as one of its ends sees it after message 2. */
function saOf([, answer]: readonly ClearMessage[], keyLength: number, { own, remote }: End): IsakmpSa {
  if (answer === undefined) throw new Error('there is no answer');
  const transform = agreedTransform(requirePayload(answer.payloads, 'security-association'), keyLength);
  if (typeof transform === 'string') throw new Error(transform);
  const sa = createIsakmpSa({
    isInitiator: true,
    mode: 'main',
    initiatorCookie: answer.header.initiatorCookie,
    responderCookie: answer.header.responderCookie,
    own: endpoint(own.address, own.port),
    remote: endpoint(remote.address, remote.port),
    hasMarker: false,
  });
  adoptTransform(sa, transform, suite);
  return sa;
}

function discoveriesOf({ payloads }: ClearMessage): NatDiscoveryPayload[] {
  return payloads.flatMap((payload) =>
    payload.kind === 'nat-discovery' ? [{ kind: payload.kind, data: payload.data }] : [],
  );
}

describeVectors('NAT-D payloads without a NAT (racoon and strongSwan, SHA2-256)', () => {
  const messages = mainModeOf('wireshark/ikev1-bug-12610.pcapng.gz');
  const [, , third, fourth] = messages;

  it('are those that we would send, in both directions', () => {
    for (const { datagram, ...message } of [third, fourth]) {
      const sender = saOf(messages, 32, { own: datagram.source, remote: datagram.destination });
      expect(discoveriesOf({ datagram, ...message })).toEqual(natDiscoveryPayloads(sender, setting));
    }
  });

  it('show none to either end', () => {
    for (const { datagram, payloads } of [third, fourth]) {
      const receiver = saOf(messages, 32, { own: datagram.destination, remote: datagram.source });
      expect(showsNat(receiver, payloads)).toBe(false);
    }
  });
});

describeVectors('NAT-D payloads with a NAT before the initiator (Openswan, MD5)', () => {
  const messages = mainModeOf('tcpdump/isakmp4500.pcap');
  const [, , third, fourth] = messages;
  /** What the initiator has before the NAT; the capture was made after it. Only this address fits its hash. */
  const home = { address: '192.1.3.209', port: 500 };

  it('are those that we would send from that address', () => {
    const initiator = saOf(messages, 24, { own: home, remote: third.datagram.destination });
    expect(discoveriesOf(third)).toEqual(natDiscoveryPayloads(initiator, setting));
    const { source, destination } = fourth.datagram;
    const responder = saOf(messages, 24, { own: source, remote: destination });
    expect(discoveriesOf(fourth)).toEqual(natDiscoveryPayloads(responder, setting));
  });

  it('show the NAT to both ends', () => {
    const { source, destination } = third.datagram;
    const responder = saOf(messages, 24, { own: destination, remote: source });
    expect(showsNat(responder, third.payloads)).toBe(true);
    const initiator = saOf(messages, 24, { own: home, remote: fourth.datagram.source });
    expect(showsNat(initiator, fourth.payloads)).toBe(true);
  });
});
