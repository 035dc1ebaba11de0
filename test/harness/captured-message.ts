/** From captured datagrams to IKEv1 messages: markers off, fragments together, repetitions known. */
import { decodeMessage } from '../../src/ike/wire/decode.ts';
import { FragmentReassembler } from '../../src/ike/wire/fragment.ts';
import { decodeHeader } from '../../src/ike/wire/header.ts';
import type { Header } from '../../src/ike/wire/message.ts';
import { hasNonEspMarker, stripNonEspMarker } from '../../src/ike/wire/non-esp-marker.ts';
import { HeaderFlag, PayloadType } from '../../src/ike/wire/numbers.ts';
import { toHex } from '../../src/ike/wire/octets.ts';
import { WireError } from '../../src/ike/wire/wire-error.ts';
import type { CapturedDatagram } from './capture.ts';

export interface CapturedMessage {
  /** Counts the messages of a capture from 0. */
  readonly index: number;
  /** What it came in; the last one when it came in fragments. */
  readonly datagram: CapturedDatagram;
  readonly header: Header;
  /** The whole message and nothing after it, without non-ESP marker. */
  readonly octets: Uint8Array;
  /** The first message with the same octets: this one is a retransmission or was captured twice. */
  readonly repeats: CapturedMessage | undefined;
}

/** A datagram that should be a message and is none, most often because the capture cut it. */
export interface BrokenDatagram {
  readonly datagram: CapturedDatagram;
  readonly problem: string;
}

const IKE_PORT = 500;
const NAT_PORT = 4500;

/** What may be a message in a datagram; undefined for ESP and keepalives (RFC 3948 §2). */
function isakmpOctets({ source, destination, payload }: CapturedDatagram): Uint8Array | undefined {
  const ports = [source.port, destination.port];
  if (ports.includes(NAT_PORT)) return hasNonEspMarker(payload) ? stripNonEspMarker(payload) : undefined;
  // Ports that somebody chose for a test: a cookie does not begin with four zero octets, a marker does.
  return ports.includes(IKE_PORT) ? payload : stripNonEspMarker(payload);
}

/**
 * Messages of version 1 in the order of the capture. A message in IKE fragments appears after the
 * messages that carry its fragments.
 */
export function messagesOf(datagrams: readonly CapturedDatagram[]): (CapturedMessage | BrokenDatagram)[] {
  const messages: (CapturedMessage | BrokenDatagram)[] = [];
  const firstOf = new Map<string, CapturedMessage>();
  const reassemblers = new Map<string, FragmentReassembler>();

  const take = (datagram: CapturedDatagram, octets: Uint8Array): void => {
    const header = decodeHeader(octets);
    if (header.version >> 4 !== 1) return;
    const whole = octets.subarray(0, header.length);
    const key = toHex(whole);
    const repeats = firstOf.get(key);
    const message = { index: messages.length, datagram, header, octets: whole, repeats };
    if (repeats === undefined) firstOf.set(key, message);
    messages.push(message);
    const isEncrypted = (header.flags & HeaderFlag.encryption) !== 0;
    if (isEncrypted || header.nextPayload !== PayloadType.fragment) return;
    const sender = `${key.slice(0, 32)} ${datagram.source.address} ${datagram.source.port}`;
    const reassembler = reassemblers.get(sender) ?? new FragmentReassembler();
    reassemblers.set(sender, reassembler);
    for (const payload of decodeMessage(whole).payloads) {
      if (payload.kind !== 'fragment') continue;
      const outcome = reassembler.add(payload);
      if (outcome.type === 'complete') take(datagram, outcome.octets);
    }
  };

  for (const datagram of datagrams) {
    const octets = isakmpOctets(datagram);
    if (octets === undefined) continue;
    try {
      take(datagram, octets);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      messages.push({ datagram, problem: error.message });
    }
  }
  return messages;
}
