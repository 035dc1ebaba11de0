/** The content of capacity.json: the highest rate that holds, and every run that said so. */
import { z } from 'zod';
import { VERDICTS } from './result.ts';

/** Goes up when a reader of the former version would misread a file; new optional fields do not count. */
export const CAPACITY_FORMAT_VERSION = 1;

const rateHz = z.number().nonnegative();
const durationNs = z.number().nonnegative();
const count = z.number().int().nonnegative();

export const BRANCHES = ['rising', 'falling'] as const;
export type BranchName = (typeof BRANCHES)[number];
export const CAPACITY_ENDS = [
  'tolerance',
  'limit',
  'nothing-holds',
  'rates',
  'generator',
  'unreachable',
  'invalid',
  'signal',
] as const;

const stepSchema = z.object({
  branch: z.enum(BRANCHES),
  rateHz: rateHz.describe('Planned starts a second; of a ramp its highest.'),
  seed: z.number().int(),
  holds: z.boolean().describe('All demands met, and steady.'),
  limitedBy: z
    .enum(['system', 'generator'])
    .nullable()
    .describe('Whose fault it is that it does not hold: `generator` where only the load could not be made.'),
  verdict: z.enum(VERDICTS),
  reasons: z.array(z.string()).describe('Why it does not hold; empty when it does.'),
  startedHz: rateHz.nullable(),
  succeededHz: rateHz.nullable(),
  failedShare: z.number().nullable(),
  p50Ns: durationNs.nullable(),
  p99Ns: durationNs.nullable(),
  inFlightMiddle: z.number().nullable().describe('In the middle of the measure window.'),
  inFlightEnd: z.number().nullable().describe('At the end of the measure window.'),
  wastedCpuShare: z.number().nullable(),
  folder: z.string().nullable().describe('Where the result of the run lies, beside this file.'),
  command: z.string().describe('Repeats the run.'),
});
export type CapacityStep = z.infer<typeof stepSchema>;

const branchSchema = z.object({
  holdingHz: rateHz.nullable().describe('Highest rate that holds.'),
  failingHz: rateHz.nullable().describe('Lowest rate that does not.'),
  end: z.enum(CAPACITY_ENDS).describe('Why the search ended: docs/capacity-planning.md.'),
  isGeneratorLimited: z
    .boolean()
    .describe('The failing rate fails only because the load could not be made: the system may hold more.'),
});
export type CapacityBranch = z.infer<typeof branchSchema>;

export const capacityResultSchema = z
  .object({
    formatVersion: z.literal(CAPACITY_FORMAT_VERSION),
    scenario: z.string(),
    clock: z.enum(['real', 'virtual']),
    runtime: z.enum(['memory', 'udp']).optional(),
    target: z.string().nullable(),
    criterion: z
      .array(z.string())
      .describe('Demands of every run: thresholds of the scenario, or the default.'),
    isDefaultCriterion: z.boolean(),
    tolerance: z.number().describe('The failing rate is at most this share above the holding one.'),
    repeats: count.describe('Runs of a rate at most; more than half of them must hold.'),
    maximumRates: count,
    rising: branchSchema.describe('Each run begins with an idle system.'),
    falling: branchSchema
      .nullable()
      .describe('Each run begins with an overload; null where it was not looked for.'),
    overload: z
      .object({ rateHz, durationNs, settleNs: durationNs })
      .nullable()
      .describe('What the runs of the falling branch begin with.'),
    hasHysteresis: z
      .boolean()
      .nullable()
      .describe(
        'After an overload the system holds less than before, by more than the tolerance; null where that was not looked for, or the generator was the limit.',
      ),
    restNs: durationNs
      .optional()
      .describe('Wait after runs that left negotiations unfinished at a real gateway; 0 for others.'),
    steps: z.array(stepSchema).describe('In the order in which they were run.'),
    scenarioFile: z.string(),
    scenarioSha256: z.string(),
    settings: z.array(z.string()),
    ikestormVersion: z.string(),
    startedAt: z.string(),
  })
  .describe('Result of ikestorm capacity.');
export type CapacityResult = z.infer<typeof capacityResultSchema>;
