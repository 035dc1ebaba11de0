/** Datagrams that the kernel threw away because a socket's receive buffer was full, as Linux counts them. */
import { readFileSync } from 'node:fs';
import type { Endpoint } from '../../ike/endpoint.ts';
import { addressOctets } from './address-octets.ts';

/** Sum over sockets bound to `endpoints`; 0 where the system does not tell (no /proc). */
export function kernelDropCount(endpoints: Iterable<Endpoint>): number {
  const tables = { ipv4: new Set<string>(), ipv6: new Set<string>() };
  for (const endpoint of endpoints) {
    const isIpv6 = endpoint.address.includes(':');
    (isIpv6 ? tables.ipv6 : tables.ipv4).add(localAddressField(endpoint));
  }
  return sumDrops('/proc/net/udp', tables.ipv4) + sumDrops('/proc/net/udp6', tables.ipv6);
}

/** Sums the last column of the rows whose `local_address` is in `fields`. Exported for tests. */
export function sumDropColumn(table: string, fields: ReadonlySet<string>): number {
  let sum = 0;
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (fields.has(columns[1] ?? '')) sum += Number(columns.at(-1) ?? 0);
  }
  return sum;
}

function sumDrops(path: string, fields: ReadonlySet<string>): number {
  if (fields.size === 0) return 0;
  try {
    return sumDropColumn(readFileSync(path, 'latin1'), fields);
  } catch {
    return 0;
  }
}

/** `0100007F:01F4`: 32-bit words of the address as the (little-endian) machine holds them, then the port. */
export function localAddressField(endpoint: Pick<Endpoint, 'address' | 'port'>): string {
  const octets = addressOctets(endpoint.address);
  let field = '';
  for (let word = 0; word < octets.length; word += 4) {
    field += Buffer.from(octets.subarray(word, word + 4))
      .reverse()
      .toString('hex');
  }
  return `${field}:${endpoint.port.toString(16).padStart(4, '0')}`.toUpperCase();
}
