import { describe, expect, it } from 'vitest';
import { createManualEspSa } from '../../../src/ike/esp/manual-sa.ts';
import { sealPacket } from '../../../src/ike/esp/packet.ts';
import { createEspSa, wearOf } from '../../../src/ike/esp/sa.ts';
import type { EspLimits, EspSaSetup } from '../../../src/ike/esp/sa.ts';
import { AES_GCM, AES_SHA256, NULL_SHA1, TRANSFORMS } from './sa-pair.ts';
import { countingOctets, createPair, dropOf, seal, setupOf, suite, titleOf } from './sa-pair.ts';

describe('createEspSa', () => {
  it.each(TRANSFORMS.map((transform) => [titleOf(transform), transform] as const))(
    'takes keys of the lengths of %s and no others',
    (_, transform) => {
      const setup = setupOf(transform);
      const { spi, encryptionKey, integrityKey } = setup.keys;
      const withKeys = (keys: Partial<EspSaSetup['keys']>) => () =>
        createEspSa(suite, { ...setup, keys: { ...setup.keys, ...keys } });
      expect(withKeys({})().spi).toBe(0xc000_0001);
      expect(withKeys({ encryptionKey: Uint8Array.of(...encryptionKey, 0) })).toThrow(RangeError);
      expect(withKeys({ integrityKey: Uint8Array.of(...integrityKey, 0) })).toThrow(RangeError);
      expect(withKeys({ spi: spi.subarray(1) })).toThrow(RangeError);
    },
  );

  it.each<[string, Partial<EspSaSetup>]>([
    ['encryption without integrity', setupOf({ encryption: 'aes-cbc', keyBits: 128 })],
    ['neither', setupOf({ encryption: 'null', keyBits: 0 })],
    ['extended numbers without a window', { esn: true, replayWindow: 0 }],
    ['a window that is too large', { replayWindow: 1_000_000 }],
    ['nonces of AES-GCM that come again', { ...setupOf(AES_GCM), mayCycle: true }],
    ['extended numbers that come again', { esn: true, mayCycle: true }],
  ])('refuses %s', (_, changes) => {
    expect(() => createEspSa(suite, { ...setupOf(AES_SHA256), ...changes })).toThrow(RangeError);
  });
});

describe('limits', () => {
  const limited = (limits: EspLimits) => createPair(AES_SHA256, { limits });
  const payload = new Uint8Array(100);

  it('of packets ask for a rekey, then end the SA, at both ends', () => {
    const { sender, receiver } = limited({ softPackets: 2, hardPackets: 3 });
    const wear = [wearOf(sender)];
    const packets = [1, 2, 3].map(() => {
      const packet = seal(sender, payload);
      wear.push(wearOf(sender));
      return packet;
    });
    expect(wear).toEqual(['fresh', 'fresh', 'soft', 'hard']);
    expect(sealPacket(sender, payload, 4, countingOctets())).toBeUndefined();
    expect(sender.counters.refusals).toEqual({ exhausted: 0, expired: 1 });
    for (const packet of packets) expect(dropOf(receiver, packet)).toBeUndefined();
    expect(wearOf(receiver)).toBe('hard');
    expect(dropOf(receiver, seal(createPair(AES_SHA256).sender))).toBe('expired');
  });

  it('of octets count payloads alone', () => {
    const { sender } = limited({ softOctets: 101, hardOctets: 300 });
    const wear = [100, 1, 198, 1].map((length) => {
      seal(sender, new Uint8Array(length));
      return wearOf(sender);
    });
    expect(wear).toEqual(['fresh', 'soft', 'soft', 'hard']);
  });

  it('are none unless given, but for the sequence numbers', () => {
    const { sender } = createPair(NULL_SHA1, { sequence: { high: 0, low: 0xffff_fffe } });
    expect(wearOf(sender)).toBe('fresh');
    seal(sender);
    expect(wearOf(sender)).toBe('hard');
  });
});

describe('createManualEspSa', () => {
  it('makes an SA without anti-replay, whose numbers start again', () => {
    const sender = createManualEspSa(suite, setupOf(AES_SHA256));
    const receiver = createManualEspSa(suite, setupOf(AES_SHA256));
    sender.sent = { high: 0, low: 0xffff_fffe };
    const lows = [1, 2, 3].map(() => {
      const packet = seal(sender);
      expect(dropOf(receiver, packet)).toBeUndefined();
      expect(wearOf(sender)).toBe('fresh');
      expect(dropOf(receiver, packet)).toBeUndefined();
      return sender.sent.low;
    });
    expect(lows).toEqual([0xffff_ffff, 0, 1]);
  });

  it('keeps limits', () => {
    const sa = createManualEspSa(suite, { ...setupOf(NULL_SHA1), limits: { hardPackets: 0 } });
    expect(wearOf(sa)).toBe('hard');
  });

  it('refuses AES-GCM and reserved SPIs', () => {
    const keysWith = (...spi: number[]) => ({ ...setupOf(NULL_SHA1).keys, spi: Uint8Array.from(spi) });
    const make = (...spi: number[]) =>
      createManualEspSa(suite, { keys: keysWith(...spi), transform: NULL_SHA1 });
    expect(() => createManualEspSa(suite, setupOf(AES_GCM))).toThrow(RangeError);
    expect(() => make(0, 0, 0, 0)).toThrow(RangeError);
    expect(() => make(0, 0, 0, 255)).toThrow(RangeError);
    expect(() => make(0, 1)).toThrow(RangeError);
    expect(make(0, 0, 1, 0).spi).toBe(256);
  });
});
