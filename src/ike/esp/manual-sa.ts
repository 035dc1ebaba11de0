/** SAs whose keys people agreed on, without IKE (RFC 4301 §4.5.1). */
import type { CryptoSuite } from '../suite.ts';
import { compareOctets } from '../wire/octets.ts';
import { createEspSa } from './sa.ts';
import type { EspSaSetup, EspSaState } from './sa.ts';

/** 0 is no SPI, 1 to 255 are reserved (RFC 4303 §2.1). */
const FIRST_FREE_SPI = Uint8Array.of(0, 0, 1, 0);

/**
 * One direction of a static SA. It has no anti-replay and no extended sequence numbers, and its
 * numbers start again at 0 after the last (RFC 4303 §3.3.3, §5).
 * @throws RangeError for a reserved SPI; for AES-GCM, which would use its nonces again whenever
 *   counting starts anew with the same key (RFC 8221 §3); and as `createEspSa` does.
 */
export function createManualEspSa(
  suite: CryptoSuite,
  { keys, transform, limits = {} }: Pick<EspSaSetup, 'keys' | 'transform' | 'limits'>,
): EspSaState {
  if (transform.encryption === 'aes-gcm16') throw new RangeError('AES-GCM must not be keyed by hand');
  if (keys.spi.length === FIRST_FREE_SPI.length && compareOctets(keys.spi, FIRST_FREE_SPI) < 0) {
    throw new RangeError('SPIs below 256 are reserved');
  }
  return createEspSa(suite, { keys, transform, limits, replayWindow: 0, esn: false, mayCycle: true });
}
