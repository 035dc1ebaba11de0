/** An address and a UDP port as one value, with the address's octets ready for NAT-D hashes and ID payloads. */

export interface Endpoint {
  /** IPv4 in dotted or IPv6 in text form. */
  readonly address: string;
  readonly port: number;
  /** 4 or 16 octets, network order. */
  readonly octets: Uint8Array;
  /** Which peer of the plan this is, where the runtime knows; lets the memory runtime route without a look-up. */
  readonly peer?: number;
}
