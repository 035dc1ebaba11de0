/** Schema of what happens to SAs after they were set up: dead peer detection, rekeying, NAT keepalives. */
import { z } from 'zod';
import { KILOBYTES_MAXIMUM, REKEY_FUZZ_MAXIMUM } from './limits.ts';
import { duration, share, wholeNumber, word } from './schema-value.ts';

/** `none`, or when to ask and when to give up. */
export const dpdSchema = z
  .union([
    word(['none']),
    z.strictObject({
      delay: duration({ zero: false })
        .prefault('30s')
        .describe(
          'Silence of the other end after which it is asked; before its first child SA, not while messages may still be repeated.',
        ),
      retry: duration({ zero: false }).prefault('5s').describe('Time between questions without an answer.'),
      timeout: duration({ zero: false })
        .prefault('150s')
        .describe('Time from the first question without an answer to giving up the SA.'),
    }),
  ])
  .prefault('none')
  .describe('Dead peer detection (RFC 3706), of either role, with peers that take part in it.');

/** `none`, or how long before the end of a lifetime an SA is replaced. */
export const rekeySchema = z
  .union([
    word(['none']),
    z.strictObject({
      margin: duration({ zero: false })
        .prefault('9m')
        .describe('How long before the end of its lifetime an SA is replaced at the latest.'),
      fuzz: share(REKEY_FUZZ_MAXIMUM)
        .prefault('100%')
        .describe('Largest random share of the margin by which it is replaced earlier.'),
      'margin-kilobytes': wholeNumber(1, KILOBYTES_MAXIMUM)
        .optional()
        .describe('The margin of limits by traffic. Default: a tenth of the limit.'),
    }),
  ])
  .prefault('none')
  .describe(
    'SAs of both phases are replaced before their lifetimes end, by the initiator or, when it has not at half the margin, ' +
      'by the responder; `none` lets tunnels end with them.',
  );

/** Interval of keepalives; `0s` for none. */
export const natKeepaliveSchema = duration({ zero: true })
  .prefault('20s')
  .describe(
    'Interval at which initiators keep a NAT mapping open (RFC 3948) where a NAT was seen; `0s`: never.',
  );
