/**
 * What an end does wrong on purpose, where messages are made and read: before they are hashed and encrypted, and
 * after they were decrypted. What can be done to whole datagrams is done outside of the protocol.
 */
import { encodePayloads } from '../wire/encode.ts';
import type { Payload } from '../wire/message.ts';
import { GENERIC_HEADER_LENGTH, PayloadType } from '../wire/numbers.ts';
import { concatOctets } from '../wire/octets.ts';
import type { MessageName } from './message-name.ts';

/** The SA of a message, as far as a name depends on it. */
export interface MisbehavedSa {
  readonly isInitiator: boolean;
  readonly initiatorCookie: Uint8Array;
  /** Absent at an end that behaves. */
  readonly misbehaviour?: Misbehaviour;
}

export interface Misbehaviour {
  /** A message is about to be made: the payloads that it shall have, in place of the right ones. */
  say(
    sa: MisbehavedSa,
    name: MessageName,
    messageId: number,
    payloads: readonly Payload[],
  ): readonly Payload[];
  /** Bodies of the HASH payloads that the message said last shall begin with; undefined: the right one. */
  prove(hash: Uint8Array): readonly Uint8Array[] | undefined;
  /**
   * A message was decrypted.
   * @throws Discard `ignored` when it shall not be heard.
   */
  hear(exchangeType: number, messageId: number, payloads: readonly Payload[]): void;
}

/** The payloads that a message goes out with. */
export function saidPayloads(
  sa: MisbehavedSa,
  name: MessageName,
  messageId: number,
  payloads: readonly Payload[],
): readonly Payload[] {
  return sa.misbehaviour === undefined ? payloads : sa.misbehaviour.say(sa, name, messageId, payloads);
}

/** A chain of payloads as octets, and the type of the first one. */
export interface TypedChain {
  readonly firstType: number;
  readonly octets: Uint8Array;
}

/** A chain that is led by any number of HASH payloads, without padding. */
export function chainAfterHashes(hashes: readonly Uint8Array[], rest: TypedChain): TypedChain {
  const last = hashes.at(-1);
  if (last === undefined) return rest;
  const lead = encodePayloads(hashes.map((data) => ({ kind: 'hash', data })));
  const octets = concatOctets(lead, rest.octets);
  octets[lead.length - last.length - GENERIC_HEADER_LENGTH] = rest.firstType;
  return { firstType: PayloadType.hash, octets };
}
