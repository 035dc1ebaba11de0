/**
 * What a worker writes while it captures: the datagrams it sees, in order of time, in a simple form
 * that is cheap to write and survives a kill (a cut last record is noticed and left out).
 *
 *    0      length of what follows (4, big-endian)
 *    4      time on the run's clock, nanoseconds (8)
 *    12     flags (1): 01 retransmission, 02 IPv6
 *    13     source port (2), destination port (2)
 *    17     source address (4 or 16), destination address (4 or 16)
 *    then   UDP payload
 */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Ns } from '../peer/timer.ts';
import type { WireDatagram } from '../runtime/runtime.ts';

const LENGTH_OCTETS = 4;
const FIXED_OCTETS = 13;
const FLAG = { retransmission: 0x01, ipv6: 0x02 } as const;
const TWO_TO_32 = 0x1_0000_0000;
const BATCH_OCTETS = 64 * 1024;
/** Longest UDP payload that IPv4 carries. */
const MAXIMUM_PAYLOAD_OCTETS = 65507;
/** A record that claims to be longer is damage. */
export const MAXIMUM_RECORD_OCTETS = LENGTH_OCTETS + FIXED_OCTETS + 32 + MAXIMUM_PAYLOAD_OCTETS;

export interface CaptureRecord {
  readonly timeNs: Ns;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly isRetransmission: boolean;
  readonly payload: Uint8Array;
}

export interface CapturePartWriter {
  /** Appends a datagram; times must not go back. What cannot be on a wire (mixed families, over 65507 octets) is left out. */
  write(datagram: WireDatagram): void;
  /** Hands what is left to the sink. */
  flush(): void;
}

/** Collects records and gives them to `sink` in batches of about 64 KiB. The sink must use the octets before it returns. */
export function createCapturePartWriter(sink: (octets: Uint8Array) => void): CapturePartWriter {
  const batch = new Uint8Array(BATCH_OCTETS + MAXIMUM_RECORD_OCTETS);
  const view = new DataView(batch.buffer);
  let used = 0;
  const flush = () => {
    if (used > 0) sink(batch.subarray(0, used));
    used = 0;
  };
  return {
    write(datagram) {
      const { from, to, octets } = datagram;
      if (from.octets.length !== to.octets.length || octets.length > MAXIMUM_PAYLOAD_OCTETS) return;
      used = putRecord(batch, view, used, datagram);
      if (used >= BATCH_OCTETS) flush();
    },
    flush,
  };
}

function putRecord(batch: Uint8Array, view: DataView, start: number, datagram: WireDatagram): number {
  const { timeNs, from, to, octets, isRetransmission } = datagram;
  const addressOctets = from.octets.length;
  const length = FIXED_OCTETS + 2 * addressOctets + octets.length;
  view.setUint32(start, length);
  view.setUint32(start + 4, Math.floor(timeNs / TWO_TO_32));
  view.setUint32(start + 8, timeNs % TWO_TO_32);
  view.setUint8(
    start + 12,
    (isRetransmission ? FLAG.retransmission : 0) | (addressOctets === 16 ? FLAG.ipv6 : 0),
  );
  view.setUint16(start + 13, from.port);
  view.setUint16(start + 15, to.port);
  batch.set(from.octets, start + 17);
  batch.set(to.octets, start + 17 + addressOctets);
  batch.set(octets, start + 17 + 2 * addressOctets);
  return start + LENGTH_OCTETS + length;
}

/** How many octets the record at `offset` takes with its length field; undefined when even that field is cut. */
export function recordOctetsAt(octets: Uint8Array, offset: number): number | undefined {
  if (octets.length - offset < LENGTH_OCTETS) return undefined;
  return LENGTH_OCTETS + new DataView(octets.buffer, octets.byteOffset + offset).getUint32(0);
}

/** Decodes one whole record (`recordOctetsAt` octets); undefined when its fields do not fit its length. The payload is a view. */
export function decodeCaptureRecord(octets: Uint8Array): CaptureRecord | undefined {
  if (octets.length < LENGTH_OCTETS + FIXED_OCTETS) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const flags = view.getUint8(12);
  const addressOctets = (flags & FLAG.ipv6) === 0 ? 4 : 16;
  const payloadAt = 17 + 2 * addressOctets;
  const payloadOctets = octets.length - payloadAt;
  if (payloadOctets < 0 || payloadOctets > MAXIMUM_PAYLOAD_OCTETS) return undefined;
  return {
    timeNs: view.getUint32(4) * TWO_TO_32 + view.getUint32(8),
    source: endpointOf(octets.subarray(17, 17 + addressOctets), view.getUint16(13)),
    destination: endpointOf(octets.subarray(17 + addressOctets, payloadAt), view.getUint16(15)),
    isRetransmission: (flags & FLAG.retransmission) !== 0,
    payload: octets.subarray(payloadAt),
  };
}

/** The text form is for messages only, so IPv6 is not shortened. */
function endpointOf(octets: Uint8Array, port: number): Endpoint {
  if (octets.length === 4) return { address: octets.join('.'), port, octets };
  const groups: string[] = [];
  for (let at = 0; at < octets.length; at += 2) {
    groups.push((((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)).toString(16));
  }
  return { address: groups.join(':'), port, octets };
}
