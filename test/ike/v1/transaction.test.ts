import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCryptoSuite } from '../../../src/crypto/registry.ts';
import { sealHashed } from '../../../src/ike/v1/envelope.ts';
import type { Incoming } from '../../../src/ike/v1/incoming.ts';
import { hashOf, type IsakmpSa } from '../../../src/ike/v1/isakmp-sa.ts';
import { derivePhase2Iv } from '../../../src/ike/v1/keymat.ts';
import { hashOver } from '../../../src/ike/v1/quick-mode.ts';
import { Discard } from '../../../src/ike/v1/refusal.ts';
import { createTransaction, openTransaction, sealTransaction } from '../../../src/ike/v1/transaction.ts';
import { encodePayloads } from '../../../src/ike/wire/encode.ts';
import { decodeHeader } from '../../../src/ike/wire/header.ts';
import type { AttributesPayload, Payload } from '../../../src/ike/wire/message.ts';
import { ExchangeType, PayloadType } from '../../../src/ike/wire/numbers.ts';
import { asciiOctets, concatOctets, uint32Octets } from '../../../src/ike/wire/octets.ts';
import { keyedSa } from '../../harness/keyed-sa.ts';
import { endpoint } from '../../harness/policy.ts';

const suite = createCryptoSuite('fastest');
const MESSAGE_ID = 0x89abcdef;

const payloadOf = (messageType: number, value: Uint8Array): AttributesPayload => ({
  kind: 'attributes',
  messageType,
  identifier: 7,
  attributes: [{ type: 0x4089, value }],
});

const incoming = (octets: Uint8Array): Incoming => ({
  header: decodeHeader(octets),
  octets,
  payloads: [],
  path: { from: endpoint('10.0.0.2'), to: endpoint('10.0.0.1'), hasMarker: false },
});

describe('a transaction exchange', () => {
  it('carries any number of messages to and fro, with IVs that chain from the message ID on', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 }), (values) => {
        const ends = [keyedSa(), keyedSa({ isInitiator: false })].map((sa) => ({
          sa,
          transaction: createTransaction(sa, MESSAGE_ID),
        }));
        let lastBlock = derivePhase2Iv(hashOf(keyedSa()), new Uint8Array(16).fill(6), MESSAGE_ID, 16);
        for (const [index, value] of values.entries()) {
          const [sender, receiver] = index % 2 === 0 ? ends : ends.toReversed();
          if (sender === undefined || receiver === undefined) return;
          expect(sender.transaction.iv).toEqual(lastBlock);
          const octets = sealTransaction(sender.sa, sender.transaction, payloadOf(1 + index, value));
          const { payload, nextIv } = openTransaction(receiver.sa, receiver.transaction, incoming(octets));
          expect(payload).toMatchObject(payloadOf(1 + index, value));
          receiver.transaction.iv = nextIv;
          lastBlock = octets.slice(-16);
        }
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it('has HASH = prf(SKEYID_a, M-ID | ATTR) with the generic header of ATTR, padding inside it included', () => {
    const sa = keyedSa();
    const padded: AttributesPayload = { ...payloadOf(2, asciiOctets('a')), trailing: 3 };
    const chain = encodePayloads([padded]);
    const hash = suite
      .hash('sha256')
      .hmac(new Uint8Array(32).fill(4), concatOctets(uint32Octets(MESSAGE_ID), chain));
    const input = {
      exchangeType: ExchangeType.transaction,
      messageId: MESSAGE_ID,
      iv: createTransaction(sa, MESSAGE_ID).iv,
    };
    const { octets } = sealHashed(sa, input, hash, PayloadType.attributes, chain);
    const { payload } = openTransaction(sa, createTransaction(sa, MESSAGE_ID), incoming(octets));
    expect(payload).toMatchObject({ messageType: 2, trailing: 3 });
  });

  it('changes nothing when a message is damaged, of another key, or no message of it', () => {
    const sa = keyedSa();
    const octets = sealTransaction(sa, createTransaction(sa, MESSAGE_ID), payloadOf(1, asciiOctets('alice')));
    const transaction = createTransaction(sa, MESSAGE_ID);
    const reasonOf = (receiver: IsakmpSa, message: Uint8Array): string | undefined => {
      try {
        openTransaction(receiver, transaction, incoming(message));
      } catch (error) {
        return error instanceof Discard ? error.reason : 'no Discard';
      }
      return undefined;
    };
    const changed = octets.slice();
    changed[octets.length - 20] = (changed[octets.length - 20] as number) ^ 1;
    expect(['bad-hash', 'decryption-failed']).toContain(reasonOf(sa, changed));
    expect(reasonOf(keyedSa({ skeyidATint: 1 }), octets)).toBe('bad-hash');
    const vendorId: Payload = { kind: 'vendor-id', data: asciiOctets('not attributes') };
    const rest = encodePayloads([vendorId]);
    const hash = hashOver(sa, MESSAGE_ID, new Uint8Array(0), rest);
    const input = { exchangeType: ExchangeType.transaction, messageId: MESSAGE_ID, iv: transaction.iv };
    expect(reasonOf(sa, sealHashed(sa, input, hash, PayloadType.vendorId, rest).octets)).toBe('malformed');
    expect(transaction).toEqual(createTransaction(sa, MESSAGE_ID));
    expect(reasonOf(sa, octets)).toBeUndefined();
  });
});
