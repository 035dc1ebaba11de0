/** A calibration card as a JSON file: read, checked, and told what is wrong. */
import { z } from 'zod';
import { CARD_FORMAT, CARD_FORMAT_VERSION } from './calibration-card.ts';
import type { CalibrationCard } from './calibration-card.ts';

/** Nanoseconds; a minute for one call is no operation of IKE. */
const COST_MAXIMUM_NS = 60e9;
const OPERATIONS_MAXIMUM = 1_000;
const TEXT_MAXIMUM = 1_000;
const POINTS_MAXIMUM = 100;

const costNs = z.number().nonnegative().max(COST_MAXIMUM_NS);
const octets = z.number().int().nonnegative().max(1e9);
const text = z.string().max(TEXT_MAXIMUM);

const pointSchema = z.strictObject({
  scenario: text,
  measuredBy: z.enum(['process-time', 'throughput']),
  negotiations: z.number().int().positive(),
  rateHz: z.number().positive(),
  demandNs: costNs.describe('Time on cores that a negotiation took.'),
  fittedNs: costNs.describe('What the card says of it.'),
  aloneNs: costNs.describe('Median latency of a negotiation while there was no other.'),
  oneWayNs: costNs.describe('What of it, for each datagram, is work of neither end.'),
  generatorNs: costNs.exactOptional().describe('CPU time of the generator for a negotiation.'),
  gatewayShare: z.number().nonnegative().exactOptional().describe('Of its cores, under load.'),
  generatorShare: z.number().nonnegative().describe('Of its cores, under load.'),
});

export const cardSchema = z
  .strictObject({
    format: z.literal(CARD_FORMAT),
    formatVersion: z.literal(CARD_FORMAT_VERSION),
    name: text.min(1).describe('Shown in results.'),
    measuredAt: text.describe('UTC, ISO 8601.'),
    machine: z.strictObject({
      cpuModel: text,
      cores: z.number().int().positive(),
      os: text,
      nodeVersion: text,
      opensslVersion: text,
      crypto: text.describe('Which cryptography was measured: a word of the scenario key `crypto`.'),
    }),
    operations: z
      .record(
        text,
        z.strictObject({
          callNs: costNs,
          octetNs: costNs,
          octetsMinimum: octets,
          octetsMaximum: octets,
          spread: z.number().nonnegative().describe('Half of the interquartile range over the median.'),
        }),
      )
      .refine((operations) => Object.keys(operations).length <= OPERATIONS_MAXIMUM, {
        error: `expected at most ${OPERATIONS_MAXIMUM} operations`,
      })
      .describe('What a call costs: callNs + octetNs * octets.'),
    fit: z
      .strictObject({
        target: text,
        cores: z.number().int().positive().describe('Of the gateway.'),
        basicCard: text.describe('Card whose costs were multiplied.'),
        factors: z.record(text, z.number().nonnegative()).describe('By kind of operation.'),
        operations: z.array(text).max(OPERATIONS_MAXIMUM).describe('That the measured negotiations had.'),
        points: z.array(pointSchema).min(1).max(POINTS_MAXIMUM),
      })
      .exactOptional()
      .describe('How the card was fitted to a real gateway.'),
  })
  .describe('Calibration card of ikestorm: what operations cost on a computer.');

/** The octets are no card, or none of this version. */
export class CardError extends Error {
  override readonly name = 'CardError';
}

/**
 * The card of a JSON text; `file` is its name in messages.
 * @throws CardError that names the place of the first mistake.
 */
export function parseCard(json: string, file: string): CalibrationCard {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new CardError(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = cardSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `, ${issue.path.join('.')}`;
  throw new CardError(`${file}${place}: ${issue?.message ?? 'no calibration card'}`);
}

/** The JSON text of a card, the same for the same card: what is hashed, and written to files. */
export function cardText(card: CalibrationCard): string {
  return `${JSON.stringify(card, null, 2)}\n`;
}
