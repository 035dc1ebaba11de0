/** A pair of ESP SAs as quick mode leaves it: keys, SPIs and what they protect. */
import type { Selector } from '../selector.ts';
import type { EspTransform } from '../transform.ts';

export interface EspKeys {
  /** SPI chosen by the receiving end. */
  readonly spi: Uint8Array;
  /** Cipher key, with the salt at its end for AES-GCM (RFC 4106 §8.1). */
  readonly encryptionKey: Uint8Array;
  readonly integrityKey: Uint8Array;
}

export interface ChildSa {
  readonly messageId: number;
  readonly transform: EspTransform;
  readonly encapsulation: 'tunnel' | 'transport';
  readonly isNatted: boolean;
  readonly inbound: EspKeys;
  readonly outbound: EspKeys;
  /** Absent: the two addresses of phase 1 (host to host). */
  readonly localSelector: Selector | undefined;
  readonly remoteSelector: Selector | undefined;
}
