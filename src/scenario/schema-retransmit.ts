/** Schema of who sends what again, and when. */
import { z } from 'zod';
import { RESPONDER_MESSAGES, TO_UNPROVEN } from '../peer/policy.ts';
import { RETRANSMIT_FACTOR_MAXIMUM, RETRANSMIT_TRIES_MAXIMUM } from './limits.ts';
import { decimalNumber, duration, list, wholeNumber, word } from './schema-value.ts';

const schedule = z.union([
  list(duration({ zero: false }), RETRANSMIT_TRIES_MAXIMUM, 'waits such as [7s, 9s, 11s]'),
  z.strictObject({
    first: duration({ zero: false }).prefault('4s').describe('Wait before the first retransmission.'),
    factor: decimalNumber(1, RETRANSMIT_FACTOR_MAXIMUM)
      .prefault(1.8)
      .describe('Each later wait is this many times the one before.'),
    max: duration({ zero: false }).prefault('2m').describe('Longest wait.'),
    tries: wholeNumber(0, RETRANSMIT_TRIES_MAXIMUM)
      .prefault(5)
      .describe('Retransmissions before a request has timed out.'),
  }),
]);

/** By a formula, or as a list of waits. */
export const retransmitSchema = schedule
  .prefault({})
  .describe(
    "When an unanswered message is sent again; by default strongSwan's schedule: 4 s, times 1.8, 5 tries. A list " +
      'such as `[7s, 9s, 11s]` has the wait before each retransmission; the last one is also that before giving up.',
  );

/** `none`, or which messages and when. */
export const responderRetransmitSchema = z
  .union([
    word(['none']),
    z.strictObject({
      messages: list(word(RESPONDER_MESSAGES), RESPONDER_MESSAGES.length, 'messages such as main-2')
        .prefault(['aggressive-2', 'quick-2'])
        .describe('Which of its messages a responder sends again.'),
      schedule: schedule.optional().describe('When, as in `retransmit`. Default: as `retransmit` says.'),
      'to-unproven': word(TO_UNPROVEN)
        .prefault('bounded')
        .describe(
          'To an address from which only a first message came, which may be forged: `bounded` to two repetitions and ' +
            'three times the octets that came from there, or `as-scheduled`, as profiles of real devices have it.',
        ),
    }),
  ])
  .prefault({})
  .describe(
    'What a responder sends again by itself when nothing comes. Other messages only answer those that are repeated.',
  );
