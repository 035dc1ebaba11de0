/** Makes the calibration card of this machine. */
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { createCryptoSuite } from '../../crypto/registry.ts';
import { CARD_FORMAT, CARD_FORMAT_VERSION } from '../../cpu/calibration-card.ts';
import type { CalibrationCard, CardMachine, OperationCost } from '../../cpu/calibration-card.ts';
import { collectYoungGarbageAlone } from '../../worker/young-garbage.ts';
import { keyOperations, suiteOperations } from './crypto-operations.ts';
import type { CardOperation } from './crypto-operations.ts';
import { measureCall } from './measure-operation.ts';
import { measureSteps } from './step-operations.ts';

/** Words of the scenario key `crypto` whose cryptography can be measured. */
export type CalibratedCrypto = 'fastest' | 'native' | 'noble';

export interface CalibrateOptions {
  readonly crypto: CalibratedCrypto;
  readonly name?: string;
  /** Called with the name of each operation before it is measured. */
  onOperation?(name: string): void;
}

/** Measures every operation for some milliseconds, one after the other: half a minute of CPU time in all. */
export async function calibrateMachine(options: CalibrateOptions): Promise<CalibrationCard> {
  // As in workers, so that what one thread does is what is measured.
  collectYoungGarbageAlone();
  const machine = machineOf(options.crypto);
  const operations: Record<string, OperationCost> = {};
  const suite = createCryptoSuite(options.crypto);
  for (const operation of [...suiteOperations(suite), ...keyOperations()]) {
    options.onOperation?.(operation.name);
    operations[operation.name] = costOf(operation);
  }
  options.onOperation?.('steps of the protocol');
  Object.assign(operations, await measureSteps());
  return {
    format: CARD_FORMAT,
    formatVersion: CARD_FORMAT_VERSION,
    name: options.name ?? `${machine.cpuModel}, ${options.crypto}`,
    measuredAt: new Date().toISOString(),
    machine,
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, cost]) => [name, rounded(cost)] as const),
    ),
  };
}

function machineOf(crypto: string): CardMachine {
  return {
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    os: `${platform()} ${arch()}`,
    nodeVersion: process.versions.node,
    opensslVersion: process.versions.openssl,
    crypto,
  };
}

/** A line through the two lengths at which an operation was measured; a length that costs less than a shorter one costs the same. */
function costOf({ lengths, octetsMaximum }: CardOperation): OperationCost {
  const [short, long] = lengths.map(({ octets, candidate }) => ({ octets, ...measureCall(candidate) }));
  if (short === undefined) throw new RangeError('nothing was measured');
  const first = { callNs: short.callNs, octetNs: 0, octetsMinimum: 0, spread: short.spread };
  if (long === undefined) return { ...first, octetsMaximum: octetsMaximum ?? short.octets };
  const octetNs = Math.max(0, (long.callNs - short.callNs) / (long.octets - short.octets));
  return {
    callNs: Math.max(0, short.callNs - octetNs * short.octets),
    octetNs,
    octetsMinimum: 0,
    octetsMaximum: octetsMaximum ?? long.octets,
    spread: Math.max(short.spread, long.spread),
  };
}

/** Digits that mean something. */
function rounded({ callNs, octetNs, spread, ...range }: OperationCost): OperationCost {
  return {
    callNs: Math.round(callNs),
    octetNs: Math.round(octetNs * 1_000) / 1_000,
    ...range,
    spread: Math.round(spread * 1_000) / 1_000,
  };
}
