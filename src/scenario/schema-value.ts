/** Building blocks of the scenario schema: sections and single values, each with the words for a wrong one. */
import { z } from 'zod';
import { AddressError, parseAddressPool, parseNetwork } from './address.ts';
import { KeywordError, parseEspTransform, parseGroup, parseIkeTransform } from './keyword.ts';
import {
  BANDWIDTH_MAXIMUM_HZ,
  CLOCK_STEP_MAXIMUM_NS,
  DURATION_MAXIMUM_NS,
  PORT_MAXIMUM,
  RATE_MAXIMUM_HZ,
  TEXT_LENGTH_MAXIMUM,
  VENDOR_ID_LENGTH_MAXIMUM,
} from './limits.ts';
import { checkTemplate, TemplateError } from './template.ts';
import { parseThreshold, ThresholdError } from './threshold.ts';
import {
  formatDurationNs,
  parseBandwidthHz,
  parseDurationNs,
  parseMomentMs,
  parseRateHz,
  parseShare,
  UnitError,
} from './unit.ts';

/** A whole number between two limits. */
export function wholeNumber(minimum: number, maximum: number) {
  const error = `expected a whole number from ${count(minimum)} to ${count(maximum)}`;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error });
}

/** A number between two limits. */
export function decimalNumber(minimum: number, maximum: number) {
  const error = `expected a number from ${count(minimum)} to ${count(maximum)}`;
  return z.number({ error }).min(minimum, { error }).max(maximum, { error });
}

/** One of a few words. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `expected ${listOf(words)}` });
}

export function flag() {
  return z.boolean({ error: 'expected true or false' });
}

/** Free text that may not be empty. */
export function text(maximum: number = TEXT_LENGTH_MAXIMUM) {
  return z
    .string({ error: 'expected text (a value that looks like a number needs quotes)' })
    .min(1, { error: 'expected a text that is not empty' })
    .max(maximum, { error: `expected at most ${maximum} characters` });
}

/** A list with at least one entry. */
export function list<Entry extends z.ZodType>(entry: Entry, maximum: number, what: string) {
  return z
    .array(entry, { error: `expected a list of ${what}` })
    .min(1, { error: `expected at least one of ${what}` })
    .max(maximum, { error: `expected at most ${count(maximum)} of ${what}` });
}

/** A duration in nanoseconds; `zero` when 0 makes sense. */
export function duration({ zero }: { zero: boolean }) {
  return z
    .string({ error: 'expected a duration with its unit, such as 250ms, 30s, 5m or 8h' })
    .transform((value, context) =>
      parsed(context, () => {
        const ns = parseDurationNs(value);
        if (ns === 0 && !zero) throw new UnitError('expected a duration longer than 0');
        if (ns > DURATION_MAXIMUM_NS) {
          throw new UnitError(
            `expected a duration of at most ${formatDurationNs(DURATION_MAXIMUM_NS)}, found "${value}"`,
          );
        }
        return ns;
      }),
    )
    .meta({
      pattern: '^\\s*(\\d+(\\.\\d+)?(ns|us|ms|s|m|h|d))+\\s*$',
      examples: ['250ms', '30s', '5m', '8h'],
    });
}

/** A duration in nanoseconds, below 0 with a minus before it; not 0. */
export function signedDuration() {
  return z
    .string({ error: 'expected a duration with its unit, such as 2h or -90s' })
    .transform((value, context) =>
      parsed(context, () => {
        const ns = parseDurationNs(value.trim().replace(/^[+-]/, ''));
        if (ns === 0) throw new UnitError('expected a duration other than 0');
        if (ns > CLOCK_STEP_MAXIMUM_NS) {
          const most = formatDurationNs(CLOCK_STEP_MAXIMUM_NS);
          throw new UnitError(`expected a duration of at most ${most}, found "${value}"`);
        }
        return value.trim().startsWith('-') ? -ns : ns;
      }),
    )
    .meta({ pattern: '^\\s*[+-]?(\\d+(\\.\\d+)?(ns|us|ms|s|m|h|d))+\\s*$', examples: ['2h', '-90s'] });
}

/** A date, with a time of day in UTC if wanted, in milliseconds since 1970. */
export function moment() {
  return z
    .string({ error: 'expected a date such as 2026-01-01 or 2026-01-01T08:00:00Z' })
    .transform((value, context) => parsed(context, () => parseMomentMs(value)))
    .meta({
      pattern: '^\\s*\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2})?Z)?\\s*$',
      examples: ['2026-01-01', '2026-03-29T00:55:00Z'],
    });
}

/** A rate in starts a second; `zero` when 0 makes sense. */
export function rate({ zero }: { zero: boolean }) {
  return z
    .string({ error: 'expected a rate with its unit, such as 500/s or 30/m' })
    .transform((value, context) =>
      parsed(context, () => {
        const hz = parseRateHz(value);
        if (hz === 0 && !zero) throw new UnitError('expected a rate above 0');
        if (hz > RATE_MAXIMUM_HZ) {
          throw new UnitError(`expected a rate of at most ${count(RATE_MAXIMUM_HZ)}/s, found "${value}"`);
        }
        return hz;
      }),
    )
    .meta({ pattern: '^\\s*\\d+(\\.\\d+)?\\s*/\\s*[smh]\\s*$', examples: ['500/s', '30/m'] });
}

/** A bandwidth in bits a second. */
export function bandwidth() {
  return z
    .string({ error: 'expected a bandwidth with its unit, such as 50mbit/s' })
    .transform((value, context) =>
      parsed(context, () => {
        const hz = parseBandwidthHz(value);
        if (hz < 1 || hz > BANDWIDTH_MAXIMUM_HZ) {
          throw new UnitError(`expected a bandwidth from 1bit/s to 1000gbit/s, found "${value}"`);
        }
        return hz;
      }),
    )
    .meta({ pattern: '^\\s*\\d+(\\.\\d+)?\\s*[kmgKMG]?bit/s\\s*$', examples: ['50mbit/s', '64kbit/s'] });
}

/** A share of 1, up to `maximum`. */
export function share(maximum: number) {
  return z
    .string({ error: 'expected a share with its percent sign, such as 50%' })
    .transform((value, context) =>
      parsed(context, () => {
        const part = parseShare(value);
        if (part > maximum)
          throw new UnitError(`expected at most ${count(maximum * 100)}%, found "${value}"`);
        return part;
      }),
    )
    .meta({ pattern: '^\\s*\\d+(\\.\\d+)?\\s*%?\\s*$', examples: ['50%', '100%'] });
}

export function port({ minimum }: { minimum: 0 | 1 }) {
  return wholeNumber(minimum, PORT_MAXIMUM);
}

/** `500` or `500-4500`, both ends included. */
export function portRange() {
  const error = 'expected a port such as 500, or ports such as 500-4500';
  return z.union([port({ minimum: 1 }), z.string({ error })]).transform((value, context) =>
    parsed(context, () => {
      const [first = 0, last = first, ...more] = String(value).split('-').map(portOf);
      if (!(first >= 1 && last >= first) || more.length > 0) throw new UnitError(error);
      return { first, last };
    }),
  );
}

/** Number of a port; NaN for a text that is none. */
function portOf(value: string): number {
  const number = /^\s*\d{1,5}\s*$/.test(value) ? Number(value) : Number.NaN;
  return number <= PORT_MAXIMUM ? number : Number.NaN;
}

export function addressPool() {
  return z
    .string({
      error: 'expected addresses: a block 10.1.0.0/16, a range 127.1.0.1-127.1.0.200 or one address',
    })
    .transform((value, context) => parsed(context, () => parseAddressPool(value)));
}

export function ikeKeyword() {
  return z
    .string({ error: 'expected a proposal such as aes128-sha256-modp2048' })
    .transform((value, context) => parsed(context, () => parseIkeTransform(value)));
}

export function espKeyword() {
  return z
    .string({ error: 'expected a proposal such as aes128-sha256 or aes128gcm16' })
    .transform((value, context) => parsed(context, () => parseEspTransform(value)));
}

/** `none` or the keyword of a Diffie-Hellman group. */
export function pfsKeyword() {
  return z
    .string({ error: 'expected none or a Diffie-Hellman group such as modp2048' })
    .transform((value, context) =>
      parsed(context, () => (value === 'none' ? ('none' as const) : parseGroup(value))),
    );
}

/** Text with placeholders. */
export function template() {
  return text().transform((value, context) =>
    parsed(context, () => {
      checkTemplate(value);
      return value;
    }),
  );
}

/** Text with placeholders that becomes a network for each peer; the first and last are checked with the group. */
export function networkTemplate() {
  return template().transform((value, context) =>
    parsed(context, () => {
      if (!value.includes('{')) parseNetwork(value);
      return value;
    }),
  );
}

/** A network, the same for everybody. */
export function networkText() {
  return text().transform((value, context) =>
    parsed(context, () => {
      parseNetwork(value);
      return value;
    }),
  );
}

/** Octets in hex, lower case. */
export function vendorId() {
  return hexOctets(VENDOR_ID_LENGTH_MAXIMUM);
}

/** Octets in hex, lower case. */
export function hexOctets(maximum: number) {
  const error = `expected 1 to ${maximum} octets in hex`;
  return z
    .string({ error: `${error} (digits alone need quotes)` })
    .max(2 * maximum, { error })
    .regex(/^(?:[0-9a-fA-F]{2})+$/, { error })
    .transform((value) => value.toLowerCase());
}

export function threshold() {
  return z
    .string({ error: 'expected a condition such as "latency p(99) < 250ms"' })
    .transform((value, context) => parsed(context, () => parseThreshold(value)));
}

/** `memory, udp or both` style list for messages. */
export function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Digits grouped by commas. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** Runs a parser of this room; its error becomes an issue at the value. */
function parsed<Value>(context: z.RefinementCtx, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!isTextError(error)) throw error;
    context.addIssue({ code: 'custom', message: error.message, params: { hint: error.hint } });
    return z.NEVER;
  }
}

function isTextError(error: unknown): error is Error & { readonly hint: string | undefined } {
  return TEXT_ERRORS.some((type) => error instanceof type);
}

const TEXT_ERRORS = [UnitError, KeywordError, AddressError, TemplateError, ThresholdError] as const;
