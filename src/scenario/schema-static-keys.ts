/** Schema of SAs whose keys people wrote down at both ends. */
import { z } from 'zod';
import { KEY_OCTETS_MAXIMUM, SPI_MAXIMUM, SPI_MINIMUM } from './limits.ts';
import { duration, hexOctets, template, wholeNumber } from './schema-value.ts';

function saSchema(direction: string) {
  return z
    .strictObject({
      spi: wholeNumber(SPI_MINIMUM, SPI_MAXIMUM).describe('Number of the SA at its receiver: `0x10000001`.'),
      'encryption-key': hexOctets(KEY_OCTETS_MAXIMUM)
        .optional()
        .describe('Key of the cipher in hex, in quotes. Not with `null`, which has none.'),
      'integrity-key': hexOctets(KEY_OCTETS_MAXIMUM).describe(
        'Key of the integrity algorithm in hex, in quotes.',
      ),
    })
    .optional()
    .describe(direction);
}

/** `static-keys` of a group. */
export const staticKeysSchema = z
  .strictObject({
    secret: template()
      .optional()
      .describe('What the keys of a pair are made from at both ends, a template. Or `out` and `back`.'),
    out: saSchema('SA from the one initiator of the group to the other end, instead of `secret`.'),
    back: saSchema('SA from the other end to the initiator, instead of `secret`.'),
    'change-every': duration({ zero: false })
      .optional()
      .describe('Both ends change their keys at every multiple of it, made from `secret`. Default: never.'),
    skew: duration({ zero: true })
      .prefault('0s')
      .describe('Initiators change up to this much later than the other end; drawn from the seed for each.'),
  })
  .optional()
  .describe(
    'Initiators without IKE: SAs whose keys both ends have by hand, of the first `esp` proposal. Over UDP they need ' +
      '`nat-traversal: force`; `ikestorm serve` has them for its callers, too.',
  );
