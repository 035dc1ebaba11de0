/** An endpoint in a record: IPv4 addresses are written from their octets, others are kept as they are written. */
import type { Endpoint } from '../../ike/endpoint.ts';
import type { RecordReader } from './record-reader.ts';
import type { RecordWriter } from './record-writer.ts';

const IPV4_OCTETS = 4;
/** Number of a peer that is not known. */
const NO_PEER = 0xffff_ffff;

export function writeEndpoint(writer: RecordWriter, { address, port, octets, peer }: Endpoint): void {
  const isPlain = octets.length === IPV4_OCTETS && address === dotted(octets);
  writer.flag(isPlain);
  writer.bytes(octets);
  if (!isPlain) writer.text(address);
  writer.uint32(port);
  writer.uint32(peer ?? NO_PEER);
}

export function readEndpoint(reader: RecordReader): Endpoint {
  const isPlain = reader.flag();
  const octets = reader.requiredBytes();
  const address = isPlain ? dotted(octets) : reader.text();
  const port = reader.uint32();
  const peer = reader.uint32();
  return peer === NO_PEER ? { address, port, octets } : { address, port, octets, peer };
}

function dotted(octets: Uint8Array): string {
  return `${octets[0]}.${octets[1]}.${octets[2]}.${octets[3]}`;
}
