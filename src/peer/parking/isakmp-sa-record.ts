/** An established phase 1 SA in a record. Algorithms are named by their place in the policy. */
import { AUTHENTICATIONS } from '../../ike/authentication.ts';
import { adoptTransform, createIsakmpSa, keysOf, type IsakmpSa } from '../../ike/v1/isakmp-sa.ts';
import { finishPhase1 } from '../../ike/v1/phase1.ts';
import type { PeerServices } from '../exchange/services.ts';
import { readEndpoint, writeEndpoint } from './endpoint-record.ts';
import type { RecordReader } from './record-reader.ts';
import type { RecordWriter } from './record-writer.ts';

/** Whether everything about the SA can be written. */
export function canWriteSa({ policy }: PeerServices, sa: IsakmpSa): boolean {
  return (
    sa.handshake === undefined &&
    sa.keys !== undefined &&
    sa.transform !== undefined &&
    policy.ike.includes(sa.transform)
  );
}

export function writeSa(writer: RecordWriter, { policy }: PeerServices, sa: IsakmpSa): void {
  writer.flag(sa.isInitiator);
  writer.flag(sa.mode === 'main');
  writer.bytes(sa.initiatorCookie);
  writer.bytes(sa.responderCookie);
  writeEndpoint(writer, sa.own);
  writeEndpoint(writer, sa.remote);
  writer.flag(sa.hasMarker);
  writer.flag(sa.isFirstContact);
  writer.flag(sa.isNatted);
  writer.flag(sa.isRemoteNatted);
  writer.octet(AUTHENTICATIONS.indexOf(sa.authentication));
  writer.octet(policy.ike.indexOf(sa.transform!));
  const { skeyidD, skeyidA, cipherKey } = keysOf(sa);
  writer.bytes(skeyidD);
  writer.bytes(skeyidA);
  writer.bytes(cipherKey);
  writer.bytes(sa.iv);
  writer.flag(sa.remoteIdentity !== undefined);
  if (sa.remoteIdentity !== undefined) {
    writer.octet(sa.remoteIdentity.idType);
    writer.bytes(sa.remoteIdentity.data);
  }
  writer.number(sa.lifetime.seconds);
  writer.number(sa.lifetime.kilobytes);
  writer.flag(sa.isLifetimeShortened);
  writer.flag(sa.peerSupportsDpd);
  writer.flag(sa.peerSupportsFragmentation);
  writer.uint32(sa.lastFragmentId);
}

export function readSa(reader: RecordReader, { policy, setting }: PeerServices): IsakmpSa {
  const sa = createIsakmpSa({
    isInitiator: reader.flag(),
    mode: reader.flag() ? 'main' : 'aggressive',
    initiatorCookie: reader.requiredBytes(),
    responderCookie: reader.requiredBytes(),
    own: readEndpoint(reader),
    remote: readEndpoint(reader),
    hasMarker: reader.flag(),
    isFirstContact: reader.flag(),
    misbehaviour: setting.misbehaviour,
  });
  sa.isNatted = reader.flag();
  sa.isRemoteNatted = reader.flag();
  sa.authentication = AUTHENTICATIONS[reader.octet()]!;
  adoptTransform(sa, policy.ike[reader.octet()]!, setting.suite);
  sa.keys = {
    skeyidD: reader.requiredBytes(),
    skeyidA: reader.requiredBytes(),
    cipherKey: reader.requiredBytes(),
  };
  sa.iv = reader.requiredBytes();
  if (reader.flag()) sa.remoteIdentity = { idType: reader.octet(), data: reader.requiredBytes() };
  sa.lifetime = { seconds: reader.number(), kilobytes: reader.number() };
  sa.isLifetimeShortened = reader.flag();
  sa.peerSupportsDpd = reader.flag();
  sa.peerSupportsFragmentation = reader.flag();
  sa.lastFragmentId = reader.uint32();
  finishPhase1(sa);
  return sa;
}
