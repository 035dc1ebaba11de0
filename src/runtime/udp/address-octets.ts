/** IP literals as octets, for NAT-D hashes and ID payloads of whoever sends us a datagram. */

/**
 * The 4 or 16 octets of an IPv4 or IPv6 literal, network order; a zone (`%eth0`) is ignored.
 * @throws RangeError for anything that is not an IP literal.
 */
export function addressOctets(address: string): Uint8Array {
  const octets = address.includes(':') ? ipv6Octets(address) : ipv4Octets(address);
  if (octets === undefined) throw new RangeError(`${address} is not an IP address`);
  return octets;
}

function ipv4Octets(address: string): Uint8Array | undefined {
  const parts = address.split('.');
  if (parts.length !== 4) return undefined;
  const octets = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    octets[index] = Number(part);
  }
  return octets;
}

function ipv6Octets(address: string): Uint8Array | undefined {
  const zoneAt = address.indexOf('%');
  const literal = zoneAt < 0 ? address : address.slice(0, zoneAt);
  const halves = literal.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '');
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** The 16-bit groups of one side of `::`; an IPv4 tail (`::ffff:192.0.2.1`) counts as two. */
function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  for (const part of text.split(':')) {
    if (part.includes('.')) {
      const octets = ipv4Octets(part);
      if (octets === undefined) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = octets;
      groups.push((a << 8) | b, (c << 8) | d);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}
