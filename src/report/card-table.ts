/** A calibration card as a table for people. */

/** What a table needs to know of a card. */
export interface CardContent {
  readonly name: string;
  readonly measuredAt: string;
  readonly operations: Readonly<
    Record<string, { readonly callNs: number; readonly octetNs: number; readonly spread: number }>
  >;
}

const NS_PER_US = 1_000;

/** One line for each operation; microseconds a call, nanoseconds an octet. */
export function cardTable({ name, measuredAt, operations }: CardContent): string {
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
  return [`${name}, measured at ${measuredAt}`, '', head, ...lines, ''].join('\n');
}

function row(operation: string, width: number, call: string, octet: string, spread: string): string {
  return `${operation.padEnd(width)}  ${call.padStart(11)}  ${octet.padStart(12)}  ${spread.padStart(7)}`;
}
