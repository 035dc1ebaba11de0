/** The system that is tested over UDP: parsed, resolved once, and kept away from addresses that are somebody else's. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';

export interface Target {
  readonly address: string;
  /** Absent: as the scenario says. */
  readonly port?: number;
}

/** The target cannot be used. `kind` says whose fault that is. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly kind: 'malformed' | 'public' | 'unresolvable';
  readonly hint: string;

  constructor(kind: TargetError['kind'], message: string, hint: string) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }
}

/**
 * Splits `gw.example`, `192.0.2.1:500`, `[2001:db8::1]:4500` or `2001:db8::1`.
 * @throws TargetError (malformed).
 */
export function parseTarget(text: string): { host: string; port?: number } {
  const bracketed = /^\[(?<host>[^\]]+)\](?::(?<port>\d+))?$/.exec(text);
  const plain = /^(?<host>[^:\s]+)(?::(?<port>\d+))?$/.exec(text);
  const groups = (bracketed ?? plain)?.groups;
  const host = groups?.['host'] ?? (isIPv6(text) ? text : undefined);
  if (host === undefined || (bracketed !== null && !isIPv6(host))) throw malformed(text);
  const digits = groups?.['port'];
  if (digits === undefined) return { host };
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw malformed(text);
  return { host, port };
}

/**
 * Parses `text` and looks the host name up, once for the whole run.
 * @throws TargetError when it is malformed, has no address, or is public and `allowPublic` is false.
 */
export async function resolveTarget(text: string, allowPublic: boolean): Promise<Target> {
  const { host, port } = parseTarget(text);
  const address = isIP(host) === 0 ? await addressOfHost(host) : host;
  assertAllowedTarget(address, allowPublic);
  return port === undefined ? { address } : { address, port };
}

/** @throws TargetError (public) for an address outside loopback, link-local and private networks unless `allowPublic`. */
export function assertAllowedTarget(address: string, allowPublic: boolean): void {
  if (allowPublic || isPrivateAddress(address)) return;
  throw new TargetError(
    'public',
    `${address} is a public address`,
    'a load test can do harm: add --allow-public-target if you may test this system',
  );
}

/** True for loopback, link-local (RFC 3927, RFC 4291 §2.5.6), RFC 1918 and RFC 4193 addresses. */
export function isPrivateAddress(address: string): boolean {
  return PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

async function addressOfHost(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch {
    throw new TargetError(
      'unresolvable',
      `no address found for ${host}`,
      'check the name, or give an IP address',
    );
  }
}

function malformed(text: string): TargetError {
  return new TargetError(
    'malformed',
    `${JSON.stringify(text)} is not a target`,
    'write HOST, HOST:PORT, IPV6 or [IPV6]:PORT, with a port from 1 to 65535',
  );
}

const PRIVATE = new BlockList();
PRIVATE.addSubnet('127.0.0.0', 8, 'ipv4');
PRIVATE.addSubnet('10.0.0.0', 8, 'ipv4');
PRIVATE.addSubnet('172.16.0.0', 12, 'ipv4');
PRIVATE.addSubnet('192.168.0.0', 16, 'ipv4');
PRIVATE.addSubnet('169.254.0.0', 16, 'ipv4');
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');
