/** An established child SA that carries no data in a record. */
import { restoreEspKeys } from '../../ike/v1/child-keys.ts';
import type { ChildSa, EspKeys } from '../../ike/v1/child-sa.ts';
import type { Selector } from '../../ike/selector.ts';
import type { EspTransform } from '../../ike/transform.ts';
import { concatOctets } from '../../ike/wire/octets.ts';
import type { PeerParts } from '../exchange/services.ts';
import { rekeyChild } from '../rekeying.ts';
import type { EstablishedChild } from '../sa-entry.ts';
import { TrafficLimit } from '../traffic-limit.ts';
import type { RecordReader } from './record-reader.ts';
import type { RecordWriter } from './record-writer.ts';
import type { TimerReader, TimerWriter } from './timer-list.ts';

/** Whether everything about the child SA can be written. */
export function canWriteChild({ policy }: PeerParts, { child, tunnel }: EstablishedChild): boolean {
  return tunnel === undefined && policy.esp.includes(child.transform);
}

export function writeChild(
  writer: RecordWriter,
  timers: TimerWriter,
  { policy }: PeerParts,
  established: EstablishedChild,
): void {
  const { child } = established;
  writer.uint32(child.messageId);
  writer.octet(policy.esp.indexOf(child.transform));
  writer.flag(child.encapsulation === 'tunnel');
  writer.flag(child.isNatted);
  writeEspKeys(writer, child.inbound);
  writeEspKeys(writer, child.outbound);
  writeSelector(writer, child.localSelector);
  writeSelector(writer, child.remoteSelector);
  writer.number(established.establishedNs);
  writer.number(established.expiresNs);
  writeTraffic(writer, established.traffic);
  timers.write(writer, established.rekeyTimer);
  writer.optionalNumber(established.predecessorSpi);
  writer.number(established.usedFromNs);
}

export function readChild(reader: RecordReader, timers: TimerReader, peer: PeerParts): EstablishedChild {
  const messageId = reader.uint32();
  const transform = peer.policy.esp[reader.octet()]!;
  const child: ChildSa = {
    messageId,
    transform,
    encapsulation: reader.flag() ? 'tunnel' : 'transport',
    isNatted: reader.flag(),
    inbound: readEspKeys(reader, transform),
    outbound: readEspKeys(reader, transform),
    localSelector: readSelector(reader),
    remoteSelector: readSelector(reader),
  };
  return {
    child,
    establishedNs: reader.number(),
    expiresNs: reader.number(),
    traffic: readTraffic(reader),
    rekeyTimer: timers.read(reader, { timerFired: () => rekeyChild(peer, child) }),
    predecessorSpi: reader.optionalNumber(),
    usedFromNs: reader.number(),
    tunnel: undefined,
  };
}

function writeEspKeys(writer: RecordWriter, { spi, encryptionKey, integrityKey }: EspKeys): void {
  writer.bytes(concatOctets(spi, encryptionKey, integrityKey));
}

function readEspKeys(reader: RecordReader, transform: EspTransform): EspKeys {
  return restoreEspKeys(reader.requiredBytes(), transform);
}

function writeSelector(writer: RecordWriter, selector: Selector | undefined): void {
  writer.bytes(selector?.data);
  if (selector !== undefined) writer.octet(selector.idType);
}

function readSelector(reader: RecordReader): Selector | undefined {
  const data = reader.bytes();
  return data && { idType: reader.octet(), data };
}

export function writeTraffic(writer: RecordWriter, { standing }: TrafficLimit): void {
  writer.number(standing.limitOctets);
  writer.number(standing.rekeyOctets);
  writer.number(standing.inboundOctets);
  writer.number(standing.outboundOctets);
  writer.flag(standing.isRekeyDue);
}

export function readTraffic(reader: RecordReader): TrafficLimit {
  return TrafficLimit.standing({
    limitOctets: reader.number(),
    rekeyOctets: reader.number(),
    inboundOctets: reader.number(),
    outboundOctets: reader.number(),
    isRekeyDue: reader.flag(),
  });
}
