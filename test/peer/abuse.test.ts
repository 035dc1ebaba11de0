import { expect, it } from 'vitest';
import { isWithin } from '../../src/ike/selector.ts';
import { decodeMessage } from '../../src/ike/wire/decode.ts';
import { encodeMessage } from '../../src/ike/wire/encode.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { Pair, suite } from '../harness/pair.ts';

it('a replayed answer does not keep a dead end alive', () => {
  const dpd = { delayNs: 10 * NS_PER_S, retryNs: 2 * NS_PER_S, timeoutNs: 8 * NS_PER_S };
  const pair = new Pair({ initiator: { dpd } }).connect().run(15 * NS_PER_S);
  const answers = pair.sent.filter(({ fromInitiator, octets }) => !fromInitiator && (octets[18] ?? 0) >= 5);
  pair.wire = () => [];
  for (let second = 16; second < 60; second += 3) {
    pair.run(second * NS_PER_S);
    for (const { octets } of answers) {
      const { endpoint: from } = pair.responder;
      pair.feed(pair.initiator, { type: 'datagram.received', from, to: pair.initiator.endpoint, octets });
    }
  }
  expect(pair.initiator.phase1Count).toBe(0);
});

it('a refusal of quick mode that is lost is said again', () => {
  let lost = 0;
  const pair = new Pair({
    responder: { esp: [{ encryption: 'aes-cbc', keyBits: 256, integrity: 'sha512' }] },
    wire: (datagram) => (datagram.octets[18] === 5 && lost++ === 0 ? [] : [datagram]),
  });
  expect(pair.connect().run().failureCause).toBe('no-proposal-chosen');
});

it('a forged message 2 without proof does not spoil aggressive mode', () => {
  const pair = new Pair({
    initiator: { mode: 'aggressive' },
    wire: (datagram) => {
      if (datagram.index !== 1) return [datagram];
      const { header, payloads } = decodeMessage(datagram.octets);
      const rest = payloads.filter(({ kind }) => kind !== 'hash');
      const forged = encodeMessage({ ...header, responderCookie: new Uint8Array(8).fill(3) }, rest);
      return [{ octets: forged }, { octets: datagram.octets, delayNs: NS_PER_S / 100 }];
    },
  });
  expect(pair.connect().run().hasSucceeded).toBe(true);
});

it('a first message that is no beginning leaves a full gateway open', () => {
  const pair = new Pair({ responder: { limits: { halfOpen: 1, exchangesPerSa: 4, established: 100 } } });
  const junk = new Uint8Array(40);
  junk.fill(1, 0, 8);
  junk.set([13, 0x10, 2], 16);
  junk[27] = 40;
  junk[31] = 12;
  const { endpoint: from } = pair.initiator;
  pair.feed(pair.responder, { type: 'datagram.received', from, to: pair.responder.endpoint, octets: junk });
  expect(pair.connect().run().hasSucceeded).toBe(true);
});

it('a range whose addresses are the wrong way round is within nothing', () => {
  const subnet = { idType: 4, data: Uint8Array.of(10, 0, 0, 0, 255, 255, 255, 0) };
  const range = (...data: number[]) => ({ idType: 7, data: Uint8Array.from(data) });
  expect(isWithin(range(10, 0, 0, 1, 10, 0, 0, 9), subnet)).toBe(true);
  expect(isWithin(range(255, 255, 255, 255, 0, 0, 0, 0), subnet)).toBe(false);
});

it.each(['main', 'aggressive'] as const)(
  'a stranger without a pre-shared key gets no key pair made for him in %s mode',
  (mode) => {
    const pair = new Pair({ initiator: { mode }, responderKey: undefined });
    let generated = 0;
    const { group } = suite;
    suite.group = (number) => {
      const exchange = group(number);
      return {
        ...exchange,
        generate: (seed) => {
          generated++;
          return exchange.generate(seed);
        },
      };
    };
    pair.connect().run(NS_PER_S);
    suite.group = group;
    // That of the initiator.
    expect(generated).toBe(1);
    expect(pair.failureCause).toBe('authentication-failed');
  },
);
