/** Schema of `retry`: how initiators come back after a failure or a loss, as people write it. */
import { z } from 'zod';
import { RETRY_FACTOR_MAXIMUM, RETRY_TRIES_MAXIMUM } from './limits.ts';
import { decimalNumber, duration, share, wholeNumber, word } from './schema-value.ts';

/** Known ways to come back, by name. */
export const RETRY_WORDS = ['none', 'immediate', 'libreswan', 'people'] as const;

const waitSchema = z.union([
  duration({ zero: true }),
  z.strictObject({
    least: duration({ zero: true }).describe('Shortest wait.'),
    most: duration({ zero: true }).describe('Longest wait; each between is equally likely.'),
  }),
  z.strictObject({
    first: duration({ zero: true }).describe('Wait before the first attempt.'),
    factor: decimalNumber(1, RETRY_FACTOR_MAXIMUM)
      .prefault(1)
      .describe('Each later wait is this many times the one before.'),
    step: duration({ zero: true }).prefault('0s').describe('Each later wait is this much longer besides.'),
    max: duration({ zero: false }).describe('Longest wait.'),
  }),
]);

/** One of the words, or waits and limits. */
export const retrySchema = z
  .union([
    word(RETRY_WORDS),
    z.strictObject({
      wait: waitSchema
        .prefault('0s')
        .describe(
          'Before each attempt: a duration; `{least, most}`, drawn from the seed; or `{first, factor, step, max}`, which grows. At least 10ms.',
        ),
      jitter: share(1)
        .prefault('0%')
        .describe('Largest random share by which a wait is shorter or longer, drawn from the seed.'),
      tries: wholeNumber(1, RETRY_TRIES_MAXIMUM)
        .optional()
        .describe('Attempts in a row before it gives up. Default: no limit.'),
      'give-up-after': duration({ zero: false })
        .optional()
        .describe('No attempt begins later than this after the failure or loss. Default: no limit.'),
      'give-up-chance': share(1).prefault('0%').describe('Chance to give up instead of making an attempt.'),
      patience: duration({ zero: false })
        .optional()
        .describe(
          'A negotiation that takes longer is broken off by whoever wanted it, and has failed as `impatient`. Default: as long as the peer itself goes on.',
        ),
    }),
  ])
  .prefault('none')
  .describe(
    'How an initiator comes back by itself when its negotiation failed or its tunnel was lost; with open loads. `none`: it ' +
      'waits for its next start. `immediate`: at once, for ever, as strongSwan does with `dpd_action = restart` and ' +
      '`keyingtries = 0`. `libreswan`: after 0 s, 5 s, 10 s and so on up to 300 s, for ever. `people`: somebody presses the ' +
      'button again 2 to 20 s later, does not look on for longer than 30 s, and gives up one time in ten (an assumption).',
  );
