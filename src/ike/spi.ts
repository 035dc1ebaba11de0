/** Identifiers that the receiving end of an SA draws for it. */
import type { RandomOctets } from './suite.ts';
import { isZeroOctets } from './wire/octets.ts';

/** SPIs 1 to 255 are reserved and 0 is local use (RFC 4302 §2.4, RFC 4303 §2.1). */
const FIRST_FREE_SPI_OCTETS = 3;
/** CPIs below are well-known or reserved, those above for private use (RFC 3173 §3.3). */
const FIRST_NEGOTIATED_CPI = 256;
const LAST_NEGOTIATED_CPI = 61_439;

/** The SPI of an ESP or AH SA, 4 octets. */
export function drawSpi(random: RandomOctets): Uint8Array {
  for (;;) {
    const spi = random(4);
    if (!isZeroOctets(spi, FIRST_FREE_SPI_OCTETS)) return spi;
  }
}

/** The compression parameter index of an IPComp association, 2 octets. */
export function drawCpi(random: RandomOctets): Uint8Array {
  for (;;) {
    const octets = random(2);
    const [high = 0, low = 0] = octets;
    const cpi = high * 256 + low;
    if (cpi >= FIRST_NEGOTIATED_CPI && cpi <= LAST_NEGOTIATED_CPI) return octets;
  }
}
