import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NextHeader } from '../../../src/ike/esp/next-header.ts';
import { openPacket, sealPacket, spiOf } from '../../../src/ike/esp/packet.ts';
import { createEspSa } from '../../../src/ike/esp/sa.ts';
import { integrityCheckLength } from '../../../src/ike/transform.ts';
import { toHex } from '../../../src/ike/wire/octets.ts';
import { AES_GCM, AES_SHA256, NULL_SHA1, TRANSFORMS } from './sa-pair.ts';
import { countingOctets, createPair, dropOf, seal, setupOf, suite, titleOf } from './sa-pair.ts';

const CASES = TRANSFORMS.flatMap((transform) =>
  [false, true].map((esn) => ({ title: titleOf(transform) + (esn ? ', extended' : ''), transform, esn })),
);
const IV_LENGTHS = { 'aes-cbc': 16, '3des-cbc': 8, 'aes-gcm16': 8, null: 0 } as const;
const BLOCK_LENGTHS = { 'aes-cbc': 16, '3des-cbc': 8, 'aes-gcm16': 4, null: 4 } as const;

describe.each(CASES)('ESP packets of $title', ({ transform, esn }) => {
  it('bring payload and next header of any kind across, one after the other', () => {
    const { sender, receiver } = createPair(transform, { esn });
    const random = countingOctets();
    let octets = 0;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(255), (payload, nextHeader) => {
        const opened = openPacket(receiver, seal(sender, payload, nextHeader, random));
        expect(opened).toEqual({ payload, nextHeader });
        octets += payload.length;
      }),
    );
    expect(sender.counters).toMatchObject({ packets: 100, octets });
    expect(receiver.counters).toMatchObject({ packets: 100, octets });
    expect(Object.values(receiver.counters.drops)).toEqual(Object.values(receiver.counters.drops).fill(0));
  });

  it('have the lengths that the algorithms ask for, and no padding beyond', () => {
    const { sender } = createPair(transform, { esn });
    const block = BLOCK_LENGTHS[transform.encryption];
    const around = 8 + IV_LENGTHS[transform.encryption] + integrityCheckLength(transform);
    for (let length = 0; length < 40; length++) {
      const packet = seal(sender, new Uint8Array(length));
      expect(packet.length - around).toBe(Math.ceil((length + 2) / block) * block);
      expect(toHex(packet.subarray(0, 8))).toBe(`c0000001${(length + 1).toString(16).padStart(8, '0')}`);
    }
  });

  it('are dropped and counted whichever bit is another, and leave the replay window as it was', () => {
    const { sender, receiver } = createPair(transform, { esn });
    const packet = seal(sender);
    for (let bit = 0; bit < 8 * packet.length; bit++) {
      const changed = packet.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const inSpi = bit < 32;
      // Bits of the sequence number: 1 becomes 0, which no packet has, or something new.
      const expected = inSpi ? 'wrong-spi' : bit === 56 && !esn ? 'replayed' : undefined;
      const drop = dropOf(receiver, changed);
      if (expected !== undefined) expect(drop).toBe(expected);
      expect(['wrong-spi', 'replayed', 'too-old', 'wrong-icv']).toContain(drop);
      if (bit >= 64) expect(drop).toBe('wrong-icv');
    }
    const { drops, packets } = receiver.counters;
    expect(Object.values(drops).reduce((sum, count) => sum + count)).toBe(8 * packet.length);
    expect(packets).toBe(0);
    expect(dropOf(receiver, packet)).toBeUndefined();
  });

  it('are dropped when they are cut or longer', () => {
    const { sender, receiver } = createPair(transform, { esn });
    const packet = seal(sender, new Uint8Array(50));
    const smallest = seal(sender, new Uint8Array(0)).length;
    for (let length = 0; length < packet.length; length++) {
      const drop = dropOf(receiver, packet.slice(0, length));
      if (length < smallest) expect(drop).toBe('too-short');
      else expect(['misaligned', 'wrong-icv']).toContain(drop);
    }
    const longer = new Uint8Array(packet.length + 1);
    longer.set(packet);
    expect(dropOf(receiver, longer)).toBe('misaligned');
    expect(dropOf(receiver, packet)).toBeUndefined();
  });

  it('are opened from no other octets, whatever they are', () => {
    const { receiver } = createPair(transform, { esn });
    const spi = Uint8Array.of(0xc0, 0, 0, 1);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (octets, hasSpi) => {
        if (hasSpi) octets.set(spi.subarray(0, octets.length));
        expect(dropOf(receiver, octets)).toBeDefined();
      }),
    );
    expect(receiver.counters.packets).toBe(0);
  });

  it('are read from a view in the middle of other memory, which stays as it was', () => {
    const { sender, receiver } = createPair(transform, { esn });
    const memory = new Uint8Array(300).fill(0xee);
    const packet = seal(sender, Uint8Array.of(9, 8, 7), 6);
    memory.set(packet, 11);
    const before = memory.slice();
    const opened = openPacket(receiver, memory.subarray(11, 11 + packet.length));
    expect(memory).toEqual(before);
    memory.fill(0);
    expect(opened).toEqual({ payload: Uint8Array.of(9, 8, 7), nextHeader: 6 });
  });

  it('are dropped when they come again', () => {
    const { sender, receiver } = createPair(transform, { esn });
    const packets = Array.from({ length: 65 }, () => seal(sender));
    const [first = new Uint8Array(0), second = new Uint8Array(0)] = packets;
    expect(dropOf(receiver, second)).toBeUndefined();
    expect(dropOf(receiver, second)).toBe('replayed');
    expect(dropOf(receiver, packets[64] ?? first)).toBeUndefined();
    expect(dropOf(receiver, first)).toBe(esn ? 'wrong-icv' : 'too-old');
    expect(dropOf(receiver, second)).toBe('replayed');
  });
});

describe('sealPacket', () => {
  it('asks for one IV a packet with CBC, and for none else', () => {
    const asked: number[] = [];
    const random = (length: number) => {
      asked.push(length);
      return new Uint8Array(length).fill(0xab);
    };
    const packet = seal(createPair(AES_SHA256).sender, Uint8Array.of(1), 17, random);
    expect(toHex(packet.subarray(8, 24))).toBe('ab'.repeat(16));
    seal(createPair(AES_GCM).sender, Uint8Array.of(1), 17, random);
    seal(createPair(NULL_SHA1).sender, Uint8Array.of(1), 17, random);
    expect(asked).toEqual([16]);
  });

  it('takes the whole sequence number as the IV of AES-GCM', () => {
    const { sender } = createPair(AES_GCM, { esn: true, sequence: { high: 0x0102, low: 0xffff_ffff } });
    expect(toHex(seal(sender).subarray(4, 16))).toBe('000000000000010300000000');
    expect(toHex(seal(sender).subarray(4, 16))).toBe('000000010000010300000001');
  });

  it('refuses when all 32-bit numbers are used, and counts it', () => {
    const { sender, receiver } = createPair(AES_SHA256, { sequence: { high: 0, low: 0xffff_fffe } });
    expect(dropOf(receiver, seal(sender))).toBeUndefined();
    expect(sealPacket(sender, new Uint8Array(1), 4, countingOctets())).toBeUndefined();
    expect(sealPacket(sender, new Uint8Array(1), 4, countingOctets())).toBeUndefined();
    expect(sender.counters.refusals).toEqual({ exhausted: 2, expired: 0 });
    expect(sender.counters.packets).toBe(1);
  });

  it('refuses when all 64-bit numbers are used', () => {
    const sequence = { high: 0xffff_ffff, low: 0xffff_fffe };
    const { sender, receiver } = createPair(AES_GCM, { esn: true, sequence });
    expect(dropOf(receiver, seal(sender))).toBeUndefined();
    expect(sealPacket(sender, new Uint8Array(1), 4, countingOctets())).toBeUndefined();
    expect(sender.counters.refusals.exhausted).toBe(1);
  });

  it.each([-1, 256, 1.5])('refuses %d, which is no next header', (nextHeader) => {
    expect(() => seal(createPair(NULL_SHA1).sender, new Uint8Array(1), nextHeader)).toThrow(RangeError);
  });
});

describe('openPacket', () => {
  it.each([AES_SHA256, AES_GCM, NULL_SHA1])(
    'infers the high half when the low one starts again: $encryption',
    (transform) => {
      const sequence = { high: 7, low: 0xffff_fff0 };
      const { sender, receiver } = createPair(transform, { esn: true, sequence });
      const packets = Array.from({ length: 40 }, () => seal(sender));
      const shuffled = [...packets.slice(20, 40), ...packets.slice(0, 20)];
      for (const packet of shuffled) expect(dropOf(receiver, packet)).toBeUndefined();
      for (const packet of shuffled) expect(dropOf(receiver, packet)).toBe('replayed');
      expect(receiver.replayWindow?.top).toEqual({ high: 8, low: 0x18 });
    },
  );

  it.each([AES_SHA256, AES_GCM])('covers the high half by the ICV: $encryption', (transform) => {
    const sender = createPair(transform, { esn: true, sequence: { high: 1, low: 9 } }).sender;
    const behind = createPair(transform, { esn: true, sequence: { high: 0, low: 9 } }).receiver;
    expect(dropOf(behind, seal(sender))).toBe('wrong-icv');
    const plain = createPair(transform, { sequence: { high: 0, low: 9 } }).receiver;
    expect(dropOf(plain, seal(sender))).toBe('wrong-icv');
  });

  it('drops a number before the first extended one without a look at the ICV', () => {
    const { receiver } = createPair(AES_GCM, { esn: true });
    const packet = new Uint8Array(40).fill(0xff);
    packet.set([0xc0, 0, 0, 1]);
    expect(dropOf(receiver, packet)).toBe('too-old');
  });

  it('takes everything authentic when there is no window', () => {
    const { sender, receiver } = createPair(AES_SHA256, { replayWindow: 0 });
    const packet = seal(sender);
    for (let i = 0; i < 3; i++) expect(dropOf(receiver, packet)).toBeUndefined();
    expect(receiver.counters.packets).toBe(3);
  });

  it('drops authentic packets whose padding is wrong, and remembers their numbers', () => {
    const { receiver } = createPair(NULL_SHA1);
    const setup = setupOf(NULL_SHA1);
    const forge = (sequence: number, plaintext: readonly number[]) => {
      const body = Uint8Array.of(0xc0, 0, 0, 1, 0, 0, 0, sequence, ...plaintext);
      const icv = suite.hash('sha1').hmac(setup.keys.integrityKey, body).subarray(0, 12);
      return Uint8Array.of(...body, ...icv);
    };
    expect(dropOf(receiver, forge(1, [1, 2, 2, 17]))).toBeUndefined();
    expect(dropOf(receiver, forge(2, [1, 3, 2, 17]))).toBe('wrong-padding');
    expect(dropOf(receiver, forge(3, [1, 2, 3, 17]))).toBe('wrong-padding');
    expect(dropOf(receiver, forge(4, [1, 2, 255, 17]))).toBe('wrong-padding');
    expect(dropOf(receiver, forge(4, [1, 2, 2, 17]))).toBe('replayed');
    expect(receiver.counters.drops).toMatchObject({ 'wrong-padding': 3, replayed: 1 });
  });

  it('hands out dummy packets, and counts them', () => {
    const { sender, receiver } = createPair(AES_GCM);
    const packet = seal(sender, new Uint8Array(20).fill(0x99), NextHeader.none);
    expect(openPacket(receiver, packet)).toMatchObject({ nextHeader: 59 });
    expect(sender.counters.dummyPackets).toBe(1);
    expect(receiver.counters).toMatchObject({ packets: 1, dummyPackets: 1 });
  });

  it('takes nothing made with another key', () => {
    const setup = setupOf(AES_GCM);
    const encryptionKey = setup.keys.encryptionKey.map((octet) => octet ^ 1);
    const stranger = createEspSa(suite, { ...setup, keys: { ...setup.keys, encryptionKey } });
    expect(dropOf(createPair(AES_GCM).receiver, seal(stranger))).toBe('wrong-icv');
  });
});

describe('spiOf', () => {
  it('reads the SPI where there is one', () => {
    expect(spiOf(seal(createPair(AES_GCM).sender))).toBe(0xc000_0001);
    expect(spiOf(Uint8Array.of(0xff, 0, 0))).toBeUndefined();
  });
});
