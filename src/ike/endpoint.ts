/** An address and a UDP port as one value, with the address's octets ready for NAT-D hashes and ID payloads. */

export interface Endpoint {
  /** IPv4 in dotted or IPv6 in text form. */
  readonly address: string;
  /** UDP port, or `PORT_OF_ESP`. */
  readonly port: number;
  /** 4 or 16 octets, network order. */
  readonly octets: Uint8Array;
  /** Which peer of the plan this is, where the runtime knows; lets the memory runtime route without a look-up. */
  readonly peer?: number;
}

/**
 * In place of a port: there is no UDP, the octets are an ESP packet by itself (IP protocol 50,
 * RFC 4303 §2). Both ends of a datagram have it or neither.
 */
export const PORT_OF_ESP = 0;

/** Whether both are one address and port. */
export function isSameEndpoint(
  one: Pick<Endpoint, 'address' | 'port'>,
  other: Pick<Endpoint, 'address' | 'port'>,
): boolean {
  return one.port === other.port && one.address === other.address;
}
