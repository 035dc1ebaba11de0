import { expect, it } from 'vitest';
import { createCryptoSuite } from '../../src/crypto/registry.ts';
import { answerPhase2, checkPhase2Answer, selectPhase2 } from '../../src/ike/phase2-proposal.ts';
import type { EspTransform } from '../../src/ike/transform.ts';
import { sealHashed, sealPayloads } from '../../src/ike/v1/envelope.ts';
import { findPayload, requireNonce, requirePayload } from '../../src/ike/v1/incoming.ts';
import { cipherOf, hashOf } from '../../src/ike/v1/isakmp-sa.ts';
import { derivePhase2Iv } from '../../src/ike/v1/keymat.ts';
import { encodePayloads, firstPayloadType } from '../../src/ike/wire/encode.ts';
import {
  ExchangeType,
  HeaderFlag,
  IdentificationType,
  NotifyType,
  ProtocolId,
} from '../../src/ike/wire/numbers.ts';
import { asciiOctets, concatOctets, fromHex, isZeroOctets, toHex } from '../../src/ike/wire/octets.ts';
import { readCapture } from '../harness/capture.ts';
import {
  decryptCapture,
  parseKeyTable,
  resealMessage,
  type DecryptedMessage,
  type WalkedMessage,
} from '../harness/decrypt-capture.ts';
import { describeVectors, readVectorText, vectorPath } from '../harness/vectors.ts';

const suite = createCryptoSuite('fastest');

function readSession(): WalkedMessage[] {
  const datagrams = readCapture(vectorPath('wireshark/ikev1-bug-12610.pcapng.gz'));
  const keys = parseKeyTable(readVectorText('wireshark/ikev1_decryption_table.tmpl'));
  return decryptCapture(datagrams, keys, suite);
}

function decryptedOf(messages: readonly WalkedMessage[], exchangeType: number): DecryptedMessage[] {
  return messages.filter(
    (message): message is DecryptedMessage =>
      message.state === 'decrypted' && message.header.exchangeType === exchangeType,
  );
}

function lastBlock({ sa, octets }: DecryptedMessage): Uint8Array {
  return octets.slice(-cipherOf(sa).blockLength);
}

/** An Android phone at a strongSwan gateway: main mode with XAUTH, mode-config, quick mode; AES-256, SHA2-256. */
describeVectors('a session of racoon and strongSwan, decrypted (wireshark/ikev1-bug-12610)', () => {
  const messages = readSession();
  const decrypted = messages.filter((message) => message.state === 'decrypted');
  const quickMode = decryptedOf(messages, ExchangeType.quickMode);
  const transactions = decryptedOf(messages, ExchangeType.transaction);

  it('has these payloads', () => {
    const story = messages.map((message) => {
      if (message.state === 'unreadable') return message.problem;
      return `${message.header.exchangeType}: ${message.payloads.map(({ kind }) => kind).join(' ')}`;
    });
    expect(story.slice(4)).toEqual([
      '2: identification hash',
      '2: identification hash',
      '6: hash attributes',
      '5: hash notification',
      ...Array.from({ length: 5 }, () => '6: hash attributes'),
      '32: hash security-association nonce identification identification',
      '32: hash security-association nonce identification identification',
      '32: hash',
    ]);
    expect(messages.slice(0, 4).map(({ state }) => state)).toEqual(Array<string>(4).fill('clear'));
  });

  it('has the algorithms of the SA payload, and a key as long as they want', () => {
    for (const { sa } of decrypted) {
      expect(sa.transform).toEqual({ cipher: 'aes-cbc', keyBits: 256, hash: 'sha256', group: 2 });
    }
  });

  it('chains its IVs by exchange, starting from the last block of phase 1', () => {
    const phase1 = decryptedOf(messages, ExchangeType.identityProtection);
    const [message5, message6] = phase1;
    if (message5 === undefined || message6 === undefined) throw new Error('phase 1 is not whole');
    expect(message6.iv).toEqual(lastBlock(message5));
    const lastOf = new Map<number, Uint8Array>();
    for (const message of decrypted.filter(({ header }) => header.messageId !== 0)) {
      const { messageId } = message.header;
      const first = derivePhase2Iv(hashOf(message.sa), lastBlock(message6), messageId, 16);
      expect(message.iv).toEqual(lastOf.get(messageId) ?? first);
      lastOf.set(messageId, lastBlock(message));
    }
    expect(lastOf.size).toBe(5);
  });

  it('has the hash that Wireshark asserts', () => {
    const answer = transactions.find((message) => toHex(requireHash(message)).startsWith('b52521f774967402'));
    expect(answer?.index).toBe(8);
    expect(answer && toHex(requireHash(answer)).slice(0, 32)).toBe('b52521f774967402c9f6cee95fd17e5b');
  });

  it('has hashes of the length of the negotiated hash, first in every message after phase 1', () => {
    for (const { header, payloads, sa } of decrypted) {
      const hashes = payloads.filter((payload) => payload.kind === 'hash');
      expect(hashes.map(({ data }) => data.length)).toEqual([hashOf(sa).digestLength]);
      if (header.messageId !== 0) expect(payloads[0]?.kind).toBe('hash');
    }
  });

  it('comes out of the encoder and the cipher octet by octet as it came', () => {
    expect(decrypted).toHaveLength(12);
    for (const message of decrypted) expect(resealMessage(message)).toEqual(message.octets);
  });

  it('is what the envelope makes of the same payloads, where padding is as short as ours', () => {
    const alike = decrypted.filter(
      ({ padding, sa }) => isZeroOctets(padding) && padding.length < cipherOf(sa).blockLength,
    );
    expect(alike.map(({ index }) => index)).toEqual([5, 6, 12, 14]);
    for (const { sa, header, iv, octets, payloads } of alike) {
      expect(header.flags).toBe(HeaderFlag.encryption);
      const { exchangeType, messageId } = header;
      expect(sealPayloads(sa, { exchangeType, messageId, iv }, payloads).octets).toEqual(octets);
      const [first, ...rest] = payloads;
      if (first?.kind !== 'hash') continue;
      const chain = encodePayloads(rest);
      const sealed = sealHashed(
        sa,
        { exchangeType, messageId, iv },
        first.data,
        firstPayloadType(rest),
        chain,
      );
      expect(sealed.octets).toEqual(octets);
    }
  });

  it('says who is who, and that the phone has no other SA', () => {
    const ids = decryptedOf(messages, ExchangeType.identityProtection).map(({ payloads }) =>
      requirePayload(payloads, 'identification'),
    );
    expect(ids).toMatchObject([
      { idType: IdentificationType.ipv4Address, data: Uint8Array.of(192, 168, 0, 100) },
      { idType: IdentificationType.fqdn, data: asciiOctets('moon.localdomain') },
    ]);
    const [notice] = decryptedOf(messages, ExchangeType.informational);
    if (notice === undefined) throw new Error('there is no informational message');
    expect(requirePayload(notice.payloads, 'notification')).toMatchObject({
      protocolId: ProtocolId.isakmp,
      notifyType: NotifyType.initialContact,
      spi: concatOctets(notice.header.initiatorCookie, notice.header.responderCookie),
    });
  });

  it('asks for user and password, and gives an address and a split network', () => {
    const attributes = transactions.map(({ payloads }) => requirePayload(payloads, 'attributes'));
    expect(attributes.map(({ messageType }) => messageType)).toEqual([1, 2, 3, 4, 1, 2]);
    expect(attributes[1]?.attributes).toEqual([
      { type: 0x4089, value: asciiOctets('mpa') },
      { type: 0x408a, value: asciiOctets('mpa\0') },
    ]);
    expect(attributes[5]?.attributes).toEqual([
      { type: 0x0001, value: Uint8Array.of(10, 1, 1, 1) },
      { type: 0x7004, value: fromHex('0a010000 ffff0000 0000 0000 0000') },
    ]);
    expect(attributes[5]?.identifier).toBe(attributes[4]?.identifier);
  });

  it('has a quick mode whose offer and answer we understand as its ends did', () => {
    const [offer, answer, confirmation] = quickMode;
    if (offer === undefined || answer === undefined || confirmation === undefined) {
      throw new Error('quick mode has three messages');
    }
    const agreed: EspTransform = { encryption: 'aes-cbc', keyBits: 128, integrity: 'sha1' };
    const choice = selectPhase2(requirePayload(offer.payloads, 'security-association'), {
      accepted: [agreed],
      encapsulation: 'tunnel',
      isNatted: false,
      hasKeyExchange: findPayload(offer.payloads, 'key-exchange') !== undefined,
    });
    expect(choice?.peerSpi).toEqual(fromHex('070883c2'));
    const answered = checkPhase2Answer(requirePayload(answer.payloads, 'security-association'), {
      transforms: [agreed],
      lifetimeS: 28_800,
      encapsulation: 'tunnel',
      isNatted: false,
    });
    const lifetime = { seconds: 28_800, kilobytes: Infinity };
    expect(answered).toEqual({ transform: agreed, lifetime, peerSpi: fromHex('c254fe64') });
    if (choice === undefined || answered === undefined) return;
    const [ours] = answerPhase2(choice, answered.peerSpi).proposals;
    const [theirs] = requirePayload(answer.payloads, 'security-association').proposals;
    const attributes = (proposal: typeof ours) =>
      proposal?.transforms[0]?.attributes.toSorted((a, b) => a.type - b.type);
    expect(attributes(ours)).toEqual(attributes(theirs));
  });

  it('has a quick mode for the address that mode-config gave, with nonces of allowed lengths', () => {
    const [offer, answer, confirmation] = quickMode;
    const ids = [offer, answer].map((message) =>
      (message?.payloads ?? []).filter((payload) => payload.kind === 'identification'),
    );
    expect(ids[0]).toMatchObject([
      { idType: IdentificationType.ipv4Address, data: Uint8Array.of(10, 1, 1, 1) },
      { idType: IdentificationType.ipv4Subnet, data: new Uint8Array(8) },
    ]);
    expect(ids[1]).toEqual(ids[0]);
    expect([offer, answer].map((message) => requireNonce(message?.payloads ?? []).length)).toEqual([16, 32]);
    expect(confirmation?.payloads).toHaveLength(1);
  });
});

function requireHash({ payloads }: DecryptedMessage): Uint8Array {
  return requirePayload(payloads, 'hash').data;
}
