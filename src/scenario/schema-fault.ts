/** Schema of `faults`: what goes wrong at which time, as people write it. */
import { z } from 'zod';
import { GROUPS_MAXIMUM, NAME_LENGTH_MAXIMUM, SLOWNESS_MAXIMUM } from './limits.ts';
import { decimalNumber, duration, list, share, signedDuration, text, word } from './schema-value.ts';

const at = duration({ zero: true }).describe('When, from the beginning of the run.');

const targets = {
  peers: z
    .union([text(NAME_LENGTH_MAXIMUM), list(text(NAME_LENGTH_MAXIMUM), GROUPS_MAXIMUM, 'groups of peers')], {
      error: 'expected a group of peers, or a list of groups',
    })
    .describe('Group or groups that it happens to.'),
  share: share(1)
    .prefault('100%')
    .describe('So many of the peers, rounded and at least one, drawn from the seed.'),
};

const crash = z
  .strictObject({
    fault: z.literal('crash'),
    ...targets,
    at,
    for: duration({ zero: false }).optional().describe('How long the machine is down. Default: for ever.'),
    every: duration({ zero: true })
      .prefault('0s')
      .describe(
        'From one peer to the next, in order of their numbers: a rolling restart. `0s`: all at once.',
      ),
    state: word(['lost', 'kept'])
      .prefault('lost')
      .describe('Whether SAs survive: `kept` as with a suspended machine, or one whose partner has copies.'),
  })
  .describe('Machines stop, hear and send nothing, and start again after a time.');

const clockStep = z
  .strictObject({
    fault: z.literal('clock-step'),
    ...targets,
    at,
    by: signedDuration().describe(
      'How much later, or with a minus earlier, the wall clock shows from then on.',
    ),
  })
  .describe('Wall clocks are set: certificates and one-time codes go by them, timers do not.');

const slowServer = z
  .strictObject({
    fault: z.literal('slow-server'),
    ...targets,
    at,
    for: duration({ zero: false }).describe('How long.'),
    factor: decimalNumber(1, SLOWNESS_MAXIMUM).describe('Answers begun then take so many times as long.'),
  })
  .describe('Servers of users are slow; with `crash` they are dead.');

const outage = z
  .strictObject({
    fault: z.literal('outage'),
    link: text(NAME_LENGTH_MAXIMUM).describe('Name of a link of `network`.'),
    at,
    for: duration({ zero: false }).describe('How long it carries nothing.'),
  })
  .describe('A link carries nothing in either direction.');

/** An entry of `faults`. */
export const faultSchema = z.discriminatedUnion('fault', [crash, clockStep, slowServer, outage]);
