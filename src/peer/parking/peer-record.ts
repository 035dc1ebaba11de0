/** A whole peer in a record, when it has no more than one tunnel, its own, and nothing is under way. */
import type { IkePeer } from '../ike-peer.ts';
import type { ConnectOrder, InitiatorStanding } from '../initiator-life.ts';
import { createTimer } from '../timer.ts';
import { readEndpoint, writeEndpoint } from './endpoint-record.ts';
import { isEntryAtRest, readEntry, readNegotiation, writeEntry, writeNegotiation } from './entry-record.ts';
import type { RecordReader } from './record-reader.ts';
import type { RecordWriter } from './record-writer.ts';
import type { TimerReader, TimerWriter } from './timer-list.ts';

/** Of the chart of the half that initiates; 0: there was none yet. */
const INITIATOR_STATES: readonly (string | undefined)[] = [undefined, 'idle', 'established', 'stopped'];
const RESPONDER_STATES: readonly (string | undefined)[] = [undefined, 'serving', 'stopped'];

/** Writes the peer; false when something is under way, or too rare to be written. */
export function writePeer(writer: RecordWriter, timers: TimerWriter, peer: IkePeer): boolean {
  const { standing } = peer;
  if (standing === undefined) return false;
  const { initiator, responderState, clockStepMs } = standing;
  const entry = initiator?.entry;
  const responder = RESPONDER_STATES.indexOf(responderState);
  if (responder < 0 || (entry !== undefined && !isEntryAtRest(peer, entry))) return false;
  writer.octet(responder);
  writer.number(clockStepMs);
  writer.octet(INITIATOR_STATES.indexOf(initiator?.state));
  if (initiator !== undefined) writeInitiator(writer, timers, peer, initiator);
  return !writer.isFull;
}

function writeInitiator(
  writer: RecordWriter,
  timers: TimerWriter,
  peer: IkePeer,
  { order, negotiation, closedNumber, holdTimer, entry }: InitiatorStanding,
): void {
  writer.flag(order !== undefined);
  if (order !== undefined) {
    writer.number(order.negotiation);
    writer.number(order.plannedNs);
    writeEndpoint(writer, order.to);
  }
  writer.number(closedNumber);
  writeNegotiation(writer, negotiation);
  timers.write(writer, peer.policy.holdNs === undefined ? undefined : holdTimer);
  writer.flag(entry !== undefined);
  if (entry !== undefined) writeEntry(writer, timers, peer, entry);
}

/** Lets a peer that was just made go on as the one that was written. */
export function readPeer(reader: RecordReader, timers: TimerReader, peer: IkePeer): void {
  const responderState = RESPONDER_STATES[reader.octet()];
  const clockStepMs = reader.number();
  const state = INITIATOR_STATES[reader.octet()];
  const initiator = state === undefined ? undefined : readInitiator(reader, timers, peer, state);
  peer.resume({ initiator, responderState, clockStepMs });
}

function readInitiator(
  reader: RecordReader,
  timers: TimerReader,
  peer: IkePeer,
  state: string,
): InitiatorStanding {
  const order = readOrder(reader);
  const closedNumber = reader.number();
  const negotiation = readNegotiation(reader);
  const holdTimer = timers.read(reader, undefined) ?? createTimer(peer.id, 'hold', undefined);
  const entry = reader.flag() ? readEntry(reader, timers, peer, negotiation) : undefined;
  return { state, order, negotiation, closedNumber, holdTimer, entry };
}

function readOrder(reader: RecordReader): ConnectOrder | undefined {
  if (!reader.flag()) return undefined;
  return { negotiation: reader.number(), plannedNs: reader.number(), to: readEndpoint(reader) };
}
