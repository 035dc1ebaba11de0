/** A phase 1 SA with all that hangs on it in a record, when it is established and nothing is under way. */
import { FinishedExchange } from '../exchange/finished-exchange.ts';
import type { PeerParts } from '../exchange/services.ts';
import { expire } from '../lifetimes.ts';
import { Liveness } from '../liveness.ts';
import { rekeyPhase1 } from '../rekeying.ts';
import { createSaEntry, type Negotiation, type SaEntry } from '../sa-entry.ts';
import type { IsakmpSa } from '../../ike/v1/isakmp-sa.ts';
import { canWriteChild, readChild, readTraffic, writeChild, writeTraffic } from './child-record.ts';
import { canWriteSa, readSa, writeSa } from './isakmp-sa-record.ts';
import type { RecordReader } from './record-reader.ts';
import type { RecordWriter } from './record-writer.ts';
import type { TimerReader, TimerWriter } from './timer-list.ts';

const COUNT_MAX = 0xff;

/**
 * Whether an SA is at rest: nothing is under way, and nothing but its place in the tables leads to it.
 * What is rare stays as it is: logins, addresses that were lent, data in the tunnel, SAs that are being replaced.
 */
export function isEntryAtRest(peer: PeerParts, entry: SaEntry): boolean {
  if (entry.state !== 'established' || entry.access !== undefined || entry.transactions !== undefined) {
    return false;
  }
  if (entry.lease !== undefined || entry.configuration !== undefined || entry.phase2Setting !== undefined) {
    return false;
  }
  if (entry.reassembler !== undefined || entry.replaces !== undefined || entry.successor !== undefined) {
    return false;
  }
  if (!(entry.phase1 instanceof FinishedExchange) || entry.liveness?.isAsking === true) return false;
  if (entry.succeeds?.some(({ state }) => state !== 'dead') === true) return false;
  if (entry.quickModes.size > COUNT_MAX || entry.children.length > COUNT_MAX) return false;
  for (const exchange of entry.quickModes.values()) {
    if (!(exchange instanceof FinishedExchange)) return false;
  }
  return (
    canWriteSa(peer, entry.sa) && entry.children.every((established) => canWriteChild(peer, established))
  );
}

/** Writes an SA that is at rest. */
export function writeEntry(writer: RecordWriter, timers: TimerWriter, peer: PeerParts, entry: SaEntry): void {
  writeSa(writer, peer, entry.sa);
  writer.text(entry.address);
  writer.flag(entry.isReplacement);
  writeNegotiation(writer, entry.negotiation);
  writeFinished(writer, entry.phase1 as FinishedExchange);
  writer.octet(entry.quickModes.size);
  for (const [messageId, exchange] of entry.quickModes) {
    writer.uint32(messageId);
    writeFinished(writer, exchange as FinishedExchange);
  }
  writer.flag(entry.hasRepeatedTransactions);
  writer.numbers(entry.spentMessageIds);
  writer.numbers(entry.spentInformationalIds);
  writer.octet(entry.children.length);
  for (const established of entry.children) writeChild(writer, timers, peer, established);
  timers.write(writer, entry.lifetimeTimer);
  timers.write(writer, entry.rekeyTimer);
  writer.flag(entry.liveness !== undefined);
  entry.liveness?.write(writer, timers);
  writer.number(entry.lastHeardNs);
  writer.optionalNumber(entry.lastAskedSequence);
  writer.number(entry.establishedNs);
  writer.number(entry.expiresNs);
  writer.flag(entry.traffic !== undefined);
  if (entry.traffic !== undefined) writeTraffic(writer, entry.traffic);
}

/** The SA as it was, its timers about it again. `current`: the negotiation that the peer has at hand, which may be this one's. */
export function readEntry(
  reader: RecordReader,
  timers: TimerReader,
  peer: PeerParts,
  current?: Negotiation,
): SaEntry {
  const sa = readSa(reader, peer);
  const parked = { address: reader.text(), isReplacement: reader.flag() };
  const written = readNegotiation(reader);
  const negotiation = written?.number === current?.number ? current : written;
  const entry = createSaEntry(sa, { parked, ...(negotiation !== undefined && { negotiation }) });
  entry.state = 'established';
  entry.phase1 = readFinished(reader, peer, sa);
  const quickModes = reader.octet();
  for (let index = 0; index < quickModes; index++) {
    entry.quickModes.set(reader.uint32(), readFinished(reader, peer, sa));
  }
  entry.hasRepeatedTransactions = reader.flag();
  entry.spentMessageIds = reader.numbers();
  entry.spentInformationalIds = reader.numbers();
  const children = reader.octet();
  for (let index = 0; index < children; index++) entry.children.push(readChild(reader, timers, peer));
  entry.lifetimeTimer = timers.read(reader, { timerFired: () => expire(peer, entry) });
  entry.rekeyTimer = timers.read(reader, { timerFired: () => rekeyPhase1(peer, entry) });
  if (reader.flag()) entry.liveness = Liveness.read(reader, timers, peer, entry);
  entry.lastHeardNs = reader.number();
  entry.lastAskedSequence = reader.optionalNumber();
  entry.establishedNs = reader.number();
  entry.expiresNs = reader.number();
  if (reader.flag()) entry.traffic = readTraffic(reader);
  return entry;
}

export function writeNegotiation(writer: RecordWriter, negotiation: Negotiation | undefined): void {
  writer.flag(negotiation !== undefined);
  if (negotiation === undefined) return;
  writer.number(negotiation.number);
  writer.number(negotiation.plannedNs);
  writer.number(negotiation.startedNs);
  writer.number(negotiation.childrenLeft);
}

export function readNegotiation(reader: RecordReader): Negotiation | undefined {
  if (!reader.flag()) return undefined;
  return {
    number: reader.number(),
    plannedNs: reader.number(),
    startedNs: reader.number(),
    childrenLeft: reader.number(),
  };
}

function writeFinished(writer: RecordWriter, { lastWords, finishedNs }: FinishedExchange): void {
  writer.bytes(lastWords.sent);
  writer.bytes(lastWords.received);
  writer.number(lastWords.repeatsLeft);
  writer.flag(lastWords.hasRetransmitted);
  writer.number(finishedNs);
}

function readFinished(reader: RecordReader, peer: PeerParts, sa: IsakmpSa): FinishedExchange {
  const lastWords = {
    sent: reader.bytes(),
    received: reader.bytes(),
    repeatsLeft: reader.number(),
    hasRetransmitted: reader.flag(),
  };
  return new FinishedExchange(peer, sa, lastWords, reader.number());
}
