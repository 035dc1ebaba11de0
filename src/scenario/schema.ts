/**
 * A scenario file as people write it, as a zod schema. The one source of validation, of the types
 * of `defineScenario`, of the JSON schema for editors and of the reference document.
 */
import { z } from 'zod';
import {
  CONNECTIONS_MAXIMUM,
  FAULTS_MAXIMUM,
  NAME_LENGTH_MAXIMUM,
  NETWORKS_MAXIMUM,
  THRESHOLDS_MAXIMUM,
  WORKERS_MAXIMUM,
} from './limits.ts';
import { authoritySchema } from './schema-certificate.ts';
import { faultSchema } from './schema-fault.ts';
import { groupSchema, objectExpected } from './schema-group.ts';
import { loadSchema } from './schema-load.ts';
import { networkSchema } from './schema-network.ts';
import { flag, list, moment, networkText, text, threshold, wholeNumber, word } from './schema-value.ts';

const groupName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, {
    error: 'expected a group name of letters, digits, - and _ that begins with a letter',
  })
  .max(NAME_LENGTH_MAXIMUM, { error: `expected a group name of at most ${NAME_LENGTH_MAXIMUM} characters` });

const connectionSchema = z.strictObject(
  {
    from: text(NAME_LENGTH_MAXIMUM).describe('Group whose peers start negotiations.'),
    to: text(NAME_LENGTH_MAXIMUM).describe('Group that answers.'),
    spread: word(['round-robin', 'random', 'one-to-one'])
      .prefault('round-robin')
      .describe(
        'Who goes to whom: `round-robin` in turn, `random` drawn from the seed, `one-to-one` same number to same number.',
      ),
  },
  { error: objectExpected },
);

/** The whole file. */
export const scenarioSchema = z.strictObject(
  {
    name: text(NAME_LENGTH_MAXIMUM)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: 'expected letters, digits, dots, - and _' })
      .describe('Name of the scenario; results are filed under it.'),
    description: text().optional().describe('What the scenario is for.'),
    runtime: word(['memory', 'udp'])
      .prefault('memory')
      .describe('`memory` carries datagrams inside the process, `udp` through sockets.'),
    clock: word(['real', 'virtual'])
      .prefault('real')
      .describe(
        'Time: `real` runs as long as the load lasts, `virtual` simulates it as fast as the machine can, the same for every number of workers; only in memory.',
      ),
    epoch: moment()
      .optional()
      .describe(
        'With `clock: virtual`: date and time, UTC, at which the run begins for certificates and one-time codes. Default: 2026-01-01.',
      ),
    seed: wholeNumber(0, Number.MAX_SAFE_INTEGER)
      .optional()
      .describe(
        'Makes every random choice repeatable. Default: drawn for each run and written into its result.',
      ),
    workers: wholeNumber(1, WORKERS_MAXIMUM)
      .optional()
      .describe('Worker threads. Default: one for each core, at most one for each initiator.'),
    crypto: word(['fastest', 'native', 'noble', 'modelled'])
      .prefault('fastest')
      .describe(
        'Cryptography: `native` is OpenSSL, `noble` is JavaScript, `fastest` takes the faster for each algorithm; ' +
          '`modelled` computes nothing worth the name, in values of the same lengths, and needs `clock: virtual`.',
      ),
    capture: flag()
      .prefault(false)
      .describe('Write all datagrams to a pcapng file, with the keys to decrypt them.'),
    authorities: z
      .record(groupName, authoritySchema, { error: objectExpected })
      .prefault({})
      .describe('Certificate authorities by name, made for the run and kept for later ones.'),
    segments: z
      .record(groupName, list(networkText(), NETWORKS_MAXIMUM, 'networks'), { error: objectExpected })
      .prefault({})
      .describe(
        'Networks by segment; a peer of one cannot set up a child SA that reaches outside of it, at either end.',
      ),
    peers: z
      .record(groupName, groupSchema, { error: objectExpected })
      .describe('Groups of peers by name; the peers of a group differ only in what their templates say.'),
    connections: list(connectionSchema, CONNECTIONS_MAXIMUM, 'connections').describe(
      'Which group negotiates with which.',
    ),
    network: networkSchema
      .optional()
      .describe(
        'What lies between the peers, in memory. Default: nothing; in real time datagrams arrive at once.',
      ),
    load: loadSchema.describe(
      'When negotiations are started; the executor decides which other keys there are.',
    ),
    faults: z
      .array(faultSchema, {
        error: 'expected a list of faults such as {fault: crash, peers: gates, at: 1m, for: 30s}',
      })
      .max(FAULTS_MAXIMUM, { error: `expected at most ${FAULTS_MAXIMUM} faults` })
      .prefault([])
      .describe(
        'What goes wrong at which time. With faults, or a `retry`, the run lasts to the end of the measure window, also of a storm.',
      ),
    thresholds: z
      .array(threshold(), { error: 'expected a list of conditions such as "latency p(99) < 250ms"' })
      .max(THRESHOLDS_MAXIMUM, { error: `expected at most ${THRESHOLDS_MAXIMUM} thresholds` })
      .prefault([])
      .describe(
        'Conditions that the run must meet, `metric{group} statistic comparison value`: `latency p(99) < 250ms`.',
      ),
  },
  { error: objectExpected },
);

/** A scenario as written, with units in texts and defaults left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
/** A scenario with units resolved and defaults filled in, not yet checked as a whole. */
export type ScenarioSettings = z.output<typeof scenarioSchema>;
export type GroupSettings = ScenarioSettings['peers'][string];
export type MisdeedSettings = GroupSettings['misbehave'][number];
export type FaultSettings = ScenarioSettings['faults'][number];
export type LoadSettings = ScenarioSettings['load'];
export type NetworkDescription = NonNullable<ScenarioSettings['network']>;
