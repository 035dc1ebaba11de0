import type { Endpoint } from '../../src/ike/endpoint.ts';

export function ipv4(address: string, port: number): Endpoint {
  return { address, port, octets: Uint8Array.from(address.split('.'), Number) };
}

/** `groups` are all eight, without shortening. */
export function ipv6(groups: readonly number[], port: number): Endpoint {
  const octets = Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
  return { address: groups.map((group) => group.toString(16)).join(':'), port, octets };
}
