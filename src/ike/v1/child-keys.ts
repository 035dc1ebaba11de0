/** What quick mode leaves behind: keys and parameters of the two ESP SAs. */
import type { Selector } from '../selector.ts';
import { encryptionKeyLength, integrityKeyLength, type EspTransform } from '../transform.ts';
import type { IdentificationPayload } from '../wire/message.ts';
import { ProtocolId } from '../wire/numbers.ts';
import { concatOctets } from '../wire/octets.ts';
import type { ChildSa, EspKeys } from './child-sa.ts';
import { hashOf, keysOf, type IsakmpSa } from './isakmp-sa.ts';
import { deriveKeymat } from './keymat.ts';
import type { Phase2Policy, QuickMode } from './quick-mode.ts';

/** Keys and parameters of the two ESP SAs (RFC 2409 §5.5): one KEYMAT for each SPI. */
export function deriveChildSa(sa: IsakmpSa, quick: QuickMode, policy: Phase2Policy): ChildSa {
  const { transform } = quick;
  if (transform === undefined) throw new Error('no ESP transform was agreed on yet');
  const [idI, idR] = quick.identities ?? [undefined, undefined];
  return {
    messageId: quick.messageId,
    transform,
    encapsulation: policy.encapsulation,
    isNatted: sa.isNatted,
    inbound: deriveEspKeys(sa, quick, transform, quick.ownSpi),
    outbound: deriveEspKeys(sa, quick, transform, quick.peerSpi),
    localSelector: selectorOf(quick.isInitiator ? idI : idR),
    remoteSelector: selectorOf(quick.isInitiator ? idR : idI),
  };
}

function selectorOf(payload: IdentificationPayload | undefined): Selector | undefined {
  return payload === undefined ? undefined : { idType: payload.idType, data: payload.data };
}

function deriveEspKeys(sa: IsakmpSa, quick: QuickMode, transform: EspTransform, spi: Uint8Array): EspKeys {
  const encryptionLength = encryptionKeyLength(transform);
  const length = encryptionLength + integrityKeyLength(transform);
  const keymat = deriveKeymat(
    hashOf(sa),
    {
      skeyidD: keysOf(sa).skeyidD,
      shared: quick.shared,
      protocolId: ProtocolId.esp,
      spi,
      nonceI: quick.nonceI,
      nonceR: quick.nonceR,
    },
    length,
  );
  return new KeptKeys(spi, keymat, encryptionLength);
}

/** The keys of one direction from SPI, encryption and integrity key, one after the other. */
export function restoreEspKeys(octets: Uint8Array, transform: EspTransform): EspKeys {
  const spi = octets.subarray(0, SPI_LENGTH);
  return new KeptKeys(spi, octets.subarray(SPI_LENGTH), encryptionKeyLength(transform));
}

/** All in one: small arrays cost ten times what they hold, and most child SAs of a simulation never carry a packet. */
class KeptKeys implements EspKeys {
  readonly #octets: Uint8Array;
  readonly #integrityStart: number;

  constructor(spi: Uint8Array, keymat: Uint8Array, encryptionLength: number) {
    this.#octets = concatOctets(spi, keymat);
    this.#integrityStart = spi.length + encryptionLength;
  }

  get spi(): Uint8Array {
    return this.#octets.slice(0, SPI_LENGTH);
  }

  get encryptionKey(): Uint8Array {
    return this.#octets.slice(SPI_LENGTH, this.#integrityStart);
  }

  get integrityKey(): Uint8Array {
    return this.#octets.slice(this.#integrityStart);
  }
}

const SPI_LENGTH = 4;
