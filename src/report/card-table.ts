/** A calibration card as a table for people. */

/** What a table needs to know of a card. */
export interface CardContent {
  readonly name: string;
  readonly measuredAt: string;
  readonly operations: Readonly<
    Record<string, { readonly callNs: number; readonly octetNs: number; readonly spread: number }>
  >;
  readonly fit?: FitContent;
}

/** What a table needs to know of how a card was fitted to a gateway. */
interface FitContent {
  readonly target: string;
  readonly cores: number;
  readonly basicCard: string;
  readonly factors: Readonly<Record<string, number>>;
  readonly points: readonly {
    readonly scenario: string;
    readonly measuredBy: string;
    readonly rateHz: number;
    readonly demandNs: number;
    readonly fittedNs: number;
    readonly oneWayNs: number;
    readonly generatorShare: number;
  }[];
}

const NS_PER_US = 1_000;
const PERCENT = 100;

/** One line for each operation; microseconds a call, nanoseconds an octet. */
export function cardTable({ name, measuredAt, operations, fit }: CardContent): string {
  const width = Math.max(...Object.keys(operations).map((operation) => operation.length), 'operation'.length);
  const lines = Object.entries(operations).map(([operation, { callNs, octetNs, spread }]) =>
    row(
      operation,
      width,
      (callNs / NS_PER_US).toFixed(2),
      octetNs.toFixed(3),
      `${(spread * 100).toFixed(0)} %`,
    ),
  );
  const head = row('operation', width, 'a call, us', 'an octet, ns', 'spread');
  const fitted = fit === undefined ? [] : ['', ...fitLines(fit)];
  return [`${name}, measured at ${measuredAt}`, '', head, ...lines, ...fitted, ''].join('\n');
}

/** Each load that a card was fitted to, with the error that is left. */
function fitLines({ target, cores, basicCard, factors, points }: FitContent): string[] {
  const us = (ns: number): string => (ns / NS_PER_US).toFixed(0);
  const error = (fittedNs: number, demandNs: number): string =>
    `${((fittedNs / demandNs - 1) * PERCENT).toFixed(1)} %`;
  const scaled = Object.entries(factors).map(([kind, factor]) => `${kind} x ${factor.toFixed(2)}`);
  return [
    `Fitted to ${target} (cores: ${cores}) from the card "${basicCard}": ${scaled.join(', ')}`,
    ...points.map(
      (point) =>
        `  ${point.scenario}: ${us(point.demandNs)} us a negotiation by ${point.measuredBy} at ` +
        `${point.rateHz.toFixed(0)}/s, the card says ${us(point.fittedNs)} us ` +
        `(${error(point.fittedNs, point.demandNs)}); one way ${us(point.oneWayNs)} us besides; ` +
        `generator ${(point.generatorShare * PERCENT).toFixed(0)} % busy`,
    ),
  ];
}

function row(operation: string, width: number, call: string, octet: string, spread: string): string {
  return `${operation.padEnd(width)}  ${call.padStart(11)}  ${octet.padStart(12)}  ${spread.padStart(7)}`;
}
