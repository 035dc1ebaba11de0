/** SAs for tests: every transform, and both ends of one direction with the same keys. */
import { encryptionKeyLength, integrityKeyLength } from '../../../src/ike/transform.ts';
import type { EspTransform } from '../../../src/ike/transform.ts';
import { openPacket, sealPacket } from '../../../src/ike/esp/packet.ts';
import { createEspSa } from '../../../src/ike/esp/sa.ts';
import type { EspSaSetup, EspSaState } from '../../../src/ike/esp/sa.ts';
import type { HashName, RandomOctets } from '../../../src/ike/suite.ts';
import { createCryptoSuite } from '../../../src/crypto/registry.ts';

export const suite = createCryptoSuite('fastest');

const HASHES: readonly HashName[] = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];

export const AES_SHA256: EspTransform = { encryption: 'aes-cbc', keyBits: 128, integrity: 'sha256' };
export const AES_GCM: EspTransform = { encryption: 'aes-gcm16', keyBits: 256 };
export const NULL_SHA1: EspTransform = { encryption: 'null', keyBits: 0, integrity: 'sha1' };

/** Each cipher with each key length, each hash with some cipher. */
export const TRANSFORMS: readonly EspTransform[] = [
  ...HASHES.map((integrity): EspTransform => ({ encryption: 'aes-cbc', keyBits: 128, integrity })),
  { encryption: 'aes-cbc', keyBits: 192, integrity: 'sha256' },
  { encryption: 'aes-cbc', keyBits: 256, integrity: 'sha512' },
  { encryption: '3des-cbc', keyBits: 192, integrity: 'sha1' },
  { encryption: 'aes-gcm16', keyBits: 128 },
  { encryption: 'aes-gcm16', keyBits: 192 },
  AES_GCM,
  NULL_SHA1,
  { encryption: 'null', keyBits: 0, integrity: 'sha384' },
];

export function titleOf({ encryption, keyBits, integrity }: EspTransform): string {
  return [encryption, keyBits, integrity].filter((part) => part !== 0 && part !== undefined).join('-');
}

export function setupOf(transform: EspTransform, changes: Partial<EspSaSetup> = {}): EspSaSetup {
  return {
    keys: {
      spi: Uint8Array.of(0xc0, 0, 0, 1),
      encryptionKey: Uint8Array.from({ length: encryptionKeyLength(transform) }, (_, i) => 7 * i + 1),
      integrityKey: new Uint8Array(integrityKeyLength(transform)).fill(0x44),
    },
    transform,
    replayWindow: 64,
    esn: false,
    ...changes,
  };
}

export interface SaPair {
  readonly sender: EspSaState;
  readonly receiver: EspSaState;
}

export function createPair(transform: EspTransform, changes: Partial<EspSaSetup> = {}): SaPair {
  const setup = setupOf(transform, changes);
  return { sender: createEspSa(suite, setup), receiver: createEspSa(suite, setup) };
}

/** IVs of a test: each one different, all repeatable. */
export function countingOctets(): RandomOctets {
  let count = 0;
  return (length) => new Uint8Array(length).fill((count += 1));
}

/** A sealed packet; fails the test when the SA refuses. */
export function seal(
  sender: EspSaState,
  payload: Uint8Array = Uint8Array.of(1, 2, 3),
  nextHeader = 17,
  random: RandomOctets = countingOctets(),
): Uint8Array {
  const packet = sealPacket(sender, payload, nextHeader, random);
  if (packet === undefined) throw new Error('the SA refuses to send');
  return packet;
}

/** Why a packet is dropped; undefined when it is not. */
export function dropOf(receiver: EspSaState, packet: Uint8Array): string | undefined {
  const opened = openPacket(receiver, packet);
  return 'drop' in opened ? opened.drop : undefined;
}
