/** Values of options as people write them. */
import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { Ns } from '../peer/timer.ts';
import { UnitError, parseDurationNs, parseRateHz } from '../scenario/unit.ts';

/** A number of 0, 1, 2, ... */
export function parseWhole(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('Write a whole number such as 8.');
  return value;
}

/** A number of 1, 2, ... */
export function parseCount(text: string): number {
  const value = parseWhole(text);
  if (value < 1) throw new InvalidArgumentError('Write a whole number from 1 on.');
  return value;
}

/** A number above 0, such as 1.5. */
export function parseFactor(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !(value > 0)) throw new InvalidArgumentError('It is no number above 0.');
  return value;
}

/** `5%` or `0.05`: above 0 and below 1. */
export function parseTolerance(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  const value = Number(match?.[1]) / (match?.[2] === '%' ? 100 : 1);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('Write a share such as 5%.');
  return value;
}

/** `500/s` */
export function parseRate(text: string): number {
  return withUnit(() => parseRateHz(text));
}

/** `30s` */
export function parseDuration(text: string): Ns {
  return withUnit(() => parseDurationNs(text));
}

/** For options that can be given again. */
export function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function withUnit<Value>(parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new InvalidArgumentError(`${error.message}${error.hint === undefined ? '.' : `; ${error.hint}.`}`);
  }
}
