/**
 * A pair of SAs that carries packets between two ends, however its keys came to be: what comes over
 * it, and what goes into it (RFC 4301 §5, RFC 4303 §3.3, §3.4).
 */
import type { Endpoint } from '../../ike/endpoint.ts';
import {
  decodeEcho,
  encodeEcho,
  encodeEchoPacket,
  icmpProtocol,
  type EchoPacket,
} from '../../ike/esp/icmp-echo.ts';
import { decodeInnerPacket, type InnerAddresses } from '../../ike/esp/inner-packet.ts';
import { NextHeader, tunnelNextHeader } from '../../ike/esp/next-header.ts';
import { openPacket, sealPacket } from '../../ike/esp/packet.ts';
import type { EspContent } from '../../ike/esp/padding.ts';
import type { EspDropReason, EspSaState } from '../../ike/esp/sa.ts';
import { firstHostOf, includesAddress, type Selector } from '../../ike/selector.ts';
import type { RandomOctets } from '../../ike/suite.ts';
import { equalOctets } from '../../ike/wire/octets.ts';
import type { DropReason } from '../fact.ts';

export interface Tunnel {
  readonly inbound: EspSaState;
  readonly outbound: EspSaState;
  readonly encapsulation: 'tunnel' | 'transport';
  /** Absent: the addresses of the two ends. */
  readonly localSelector: Selector | undefined;
  readonly remoteSelector: Selector | undefined;
  /** Where its packets come from and go to: ports of UDP, or `PORT_OF_ESP`. */
  readonly own: Endpoint;
  readonly remote: Endpoint;
  /** A NAT may have changed the addresses of the ends. */
  readonly isNatted: boolean;
}

/** What a packet was: an echo, nothing (a dummy), or dropped for a reason. */
export type Arrival = EchoPacket | 'dummy' | DropReason;

/** Opens a packet that came over the tunnel. Any octets are fine. */
export function receiveOver(tunnel: Tunnel, octets: Uint8Array): Arrival {
  const content = openPacket(tunnel.inbound, octets);
  if ('drop' in content) return DROP_OF[content.drop];
  if (content.nextHeader === NextHeader.none) return 'dummy';
  return tunnel.encapsulation === 'tunnel'
    ? arrivalOfPacket(tunnel, content)
    : arrivalOfMessage(tunnel, content);
}

const DROP_OF: Readonly<Record<EspDropReason, DropReason>> = {
  'too-short': 'esp-malformed',
  'wrong-spi': 'esp-unknown-sa',
  misaligned: 'esp-malformed',
  expired: 'esp-expired',
  'too-old': 'esp-too-old',
  replayed: 'esp-replayed',
  'wrong-icv': 'esp-wrong-icv',
  'wrong-padding': 'esp-malformed',
};

function arrivalOfPacket(tunnel: Tunnel, { payload, nextHeader }: EspContent): Arrival {
  const inner = tunnelNextHeader(payload) === nextHeader ? decodeInnerPacket(payload) : undefined;
  if (inner === undefined) return 'esp-unexpected';
  const { addresses, protocol } = inner;
  if (!isProtected(tunnel, addresses)) return 'esp-outside-selectors';
  return arrivalOfIcmp(addresses, protocol, inner.payload);
}

function arrivalOfMessage({ own, remote }: Tunnel, { payload, nextHeader }: EspContent): Arrival {
  return arrivalOfIcmp({ source: remote.octets, destination: own.octets }, nextHeader, payload);
}

function arrivalOfIcmp(addresses: InnerAddresses, protocol: number, message: Uint8Array): Arrival {
  const echo = protocol === icmpProtocol(addresses) ? decodeEcho(message, addresses) : undefined;
  return echo === undefined ? 'esp-unexpected' : { addresses, echo };
}

/** The check of RFC 4301 §5.2 step 4. */
function isProtected(tunnel: Tunnel, { source, destination }: InnerAddresses): boolean {
  const { localSelector, remoteSelector, own, remote, isNatted } = tunnel;
  return isOf(remoteSelector, remote, source, isNatted) && isOf(localSelector, own, destination, isNatted);
}

function isOf(
  selector: Selector | undefined,
  end: Endpoint,
  address: Uint8Array,
  isNatted: boolean,
): boolean {
  if (selector !== undefined) return includesAddress(selector, address);
  return isNatted || equalOctets(address, end.octets);
}

/**
 * Addresses for packets of ours: hosts inside the selectors, or the ends themselves. `to` is a
 * destination instead. Undefined where the selectors name no single host.
 */
export function ownAddresses(tunnel: Tunnel, to?: Uint8Array): InnerAddresses | undefined {
  const { encapsulation, localSelector, remoteSelector, own, remote } = tunnel;
  if (encapsulation === 'transport') return { source: own.octets, destination: remote.octets };
  const source = localSelector === undefined ? own.octets : firstHostOf(localSelector);
  const destination = to ?? (remoteSelector === undefined ? remote.octets : firstHostOf(remoteSelector));
  if (source === undefined || destination === undefined || source.length !== destination.length) {
    return undefined;
  }
  return { source, destination };
}

/** The next ESP packet with an echo in it; undefined when the SA carries nothing any more. */
export function sealEcho(
  tunnel: Tunnel,
  { addresses, echo }: EchoPacket,
  random: RandomOctets,
): Uint8Array | undefined {
  if (tunnel.encapsulation === 'transport') {
    const message = encodeEcho(echo, addresses);
    return sealPacket(tunnel.outbound, message, icmpProtocol(addresses), random);
  }
  const nextHeader = addresses.source.length === 4 ? NextHeader.ipv4 : NextHeader.ipv6;
  return sealPacket(tunnel.outbound, encodeEchoPacket({ addresses, echo }), nextHeader, random);
}
