/**
 * Lifetimes of SAs, by time and by traffic: offered as attributes, read from them, and told to an
 * initiator that offered longer ones (RFC 2407 §4.5, §4.5.4, §4.6.3.1; RFC 2409 Appendix A).
 */
import type { Attribute } from './wire/message.ts';
import { IkeAttribute, IpsecAttribute, LifeType } from './wire/numbers.ts';
import { uint32Octets } from './wire/octets.ts';

/** Infinity where there is no limit. */
export interface Lifetime {
  readonly seconds: number;
  /** Of 1,024 octets, protected in one direction. */
  readonly kilobytes: number;
}

/** Attribute types of a life type and of the duration that follows it. */
export interface LifetimeAttributes {
  readonly lifeType: number;
  readonly lifeDuration: number;
}

export const IKE_LIFETIME: LifetimeAttributes = IkeAttribute;
export const IPSEC_LIFETIME: LifetimeAttributes = IpsecAttribute;
/** What an IPsec SA has when nothing is said of its time (RFC 2407 §4.5). */
export const IPSEC_LIFETIME_DEFAULT_S = 28_800;
export const UNLIMITED: Lifetime = { seconds: Infinity, kilobytes: Infinity };

const LARGEST_BASIC_VALUE = 0xffff;
const LARGEST_DURATION_LENGTH = 6;

/** A life type and duration for each limit that there is. */
export function lifetimeAttributes(numbers: LifetimeAttributes, lifetime: Lifetime): Attribute[] {
  const { lifeType: type } = numbers;
  const attributes: Attribute[] = [];
  if (lifetime.seconds < Infinity) {
    attributes.push({ type, value: LifeType.seconds }, duration(numbers, lifetime.seconds));
  }
  if (lifetime.kilobytes < Infinity) {
    attributes.push({ type, value: LifeType.kilobytes }, duration(numbers, lifetime.kilobytes));
  }
  return attributes;
}

/** Durations that fit two octets go in the basic form, others in four octets. */
function duration({ lifeDuration: type }: LifetimeAttributes, value: number): Attribute {
  return { type, value: value <= LARGEST_BASIC_VALUE ? value : uint32Octets(value) };
}

/**
 * The lifetime that attributes speak of; what they do not limit is unlimited. Undefined when they
 * break the format: a duration without a type before it, or one of nothing.
 */
export function readLifetime(
  numbers: LifetimeAttributes,
  attributes: readonly Attribute[],
): Lifetime | undefined {
  // In order, but some put all types before all durations, or the other way round.
  const types = attributes.filter(({ type }) => type === numbers.lifeType);
  const durations = attributes.filter(({ type }) => type === numbers.lifeDuration);
  if (durations.length > types.length) return undefined;
  let { seconds, kilobytes } = UNLIMITED;
  for (const [i, attribute] of durations.entries()) {
    const value = valueOf(attribute);
    if (value === 0) return undefined;
    const type = types[i]?.value;
    if (type === LifeType.seconds) seconds = Math.min(seconds, value);
    else if (type === LifeType.kilobytes) kilobytes = Math.min(kilobytes, value);
  }
  return { seconds, kilobytes };
}

/** As a big-endian number; what is longer than any real duration is without limit. */
function valueOf({ value }: Attribute): number {
  if (typeof value === 'number') return value;
  if (value.length > LARGEST_DURATION_LENGTH) return Infinity;
  let number = 0;
  for (const octet of value) number = number * 256 + octet;
  return number;
}

/** What both ends can live with. */
export function shorterLifetime(a: Lifetime, b: Lifetime): Lifetime {
  if (a.seconds <= b.seconds && a.kilobytes <= b.kilobytes) return a;
  if (b.seconds <= a.seconds && b.kilobytes <= a.kilobytes) return b;
  return { seconds: Math.min(a.seconds, b.seconds), kilobytes: Math.min(a.kilobytes, b.kilobytes) };
}

/** Whether one of the limits of `a` is below that of `b`. */
export function isShorterLifetime(a: Lifetime, b: Lifetime): boolean {
  return a.seconds < b.seconds || a.kilobytes < b.kilobytes;
}
