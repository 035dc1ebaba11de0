/** Schema of `misbehave`: what peers of a group do wrong on purpose, as people write it. */
import { z } from 'zod';
import { MESSAGE_NAMES } from '../ike/v1/message-name.ts';
import {
  DATAGRAM_MISDEEDS,
  LATE_MISDEEDS,
  MESSAGE_MISDEEDS,
  type MisusedPayload,
  PAYLOAD_MISDEEDS,
  TYPE_OF_PAYLOAD,
} from '../peer/misbehaviour/rule.ts';
import { MISBEHAVIOURS_MAXIMUM, MISDEED_TIMES_MAXIMUM } from './limits.ts';
import { duration, list, share, wholeNumber, word } from './schema-value.ts';

/** Messages of an exchange by its name alone. */
export const MESSAGE_FAMILIES = ['main', 'aggressive', 'quick', 'transaction', 'informational'] as const;
export type MessageFamily = (typeof MESSAGE_FAMILIES)[number];

const messageWord = word([...MESSAGE_FAMILIES, ...MESSAGE_NAMES]);
const PAYLOADS = Object.keys(TYPE_OF_PAYLOAD) as [MisusedPayload, ...MisusedPayload[]];

const occasions = {
  message: z
    .union([messageWord, list(messageWord, MESSAGE_FAMILIES.length + MESSAGE_NAMES.length, 'messages')], {
      error: `expected a message such as main-3 or delete, an exchange such as quick, or a list of them`,
    })
    .optional()
    .describe(
      'Message by name, all of an exchange (`main`, `aggressive`, `quick`, `transaction`, `informational`), or a list. ' +
        'What is sent in fragments has no name. Default: every message of IKE.',
    ),
  share: share(1)
    .prefault('100%')
    .describe('So many of the peers, rounded and at least one, drawn from the seed.'),
  from: duration({ zero: true }).prefault('0s').describe('Since when, from the beginning of the run.'),
  for: duration({ zero: false }).optional().describe('How long. Default: to the end.'),
  chance: share(1).prefault('100%').describe('Chance of each occasion, drawn from the seed.'),
  times: wholeNumber(1, MISDEED_TIMES_MAXIMUM)
    .optional()
    .describe('So often at most, by each peer. Default: no limit.'),
};

const onDatagrams = z
  .strictObject({
    what: word(DATAGRAM_MISDEEDS).describe(
      'Of messages that it sends: `drop`; `no-retransmission`, that is drop only what was sent before; `duplicate`; ' +
        '`corrupt`, one bit after the header; `truncate`, half of what follows the header; `major-version`, ' +
        '`minor-version`, one too high; `reserved-flags`, all set; `zero-cookie`, `wrong-cookie`, its own.',
    ),
    ...occasions,
  })
  .describe('Messages on their way out.');

const later = z
  .strictObject({
    what: word(LATE_MISDEEDS).describe('`replay`: sent once more, later; `delay`: sent only later.'),
    after: duration({ zero: false }).prefault('2s').describe('How much later.'),
    ...occasions,
  })
  .describe('Messages that go out too late.');

const onPayloads = z
  .strictObject({
    what: word(PAYLOAD_MISDEEDS).describe(
      'Of payloads, before the message is hashed and encrypted: left out, without octets, all zeros, one wrong bit, twice.',
    ),
    payload: word(PAYLOADS).describe('Kind of payload; messages without one are no occasion.'),
    ...occasions,
  })
  .describe('Payloads that are not what they should be.');

const onMessages = z
  .strictObject({
    what: word(MESSAGE_MISDEEDS).describe(
      'Before the message is hashed and encrypted: `unknown-payload`, one more of a type that nobody knows; `reserved-field`, ' +
        'not zero in the first payload; `wrong-key-length`, 77 bits in what is offered or answered.',
    ),
    ...occasions,
  })
  .describe('Messages that say what they should not.');

const ignore = z
  .strictObject({ what: z.literal('ignore'), ...occasions })
  .describe('Messages that come are not heard, as if they had been lost.');

/** An entry of `misbehave`. */
export const misdeedSchema = z.discriminatedUnion('what', [
  onDatagrams,
  later,
  onPayloads,
  onMessages,
  ignore,
]);

export const misbehaveSchema = z
  .array(misdeedSchema, {
    error: 'expected a list of misdeeds such as {what: drop, message: quick-1, share: 10%}',
  })
  .max(MISBEHAVIOURS_MAXIMUM, { error: `expected at most ${MISBEHAVIOURS_MAXIMUM} misdeeds` })
  .prefault([])
  .describe('What peers of the group do wrong on purpose: docs/faults.md.');
