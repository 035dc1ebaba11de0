/** Why a UDP socket could not be had, in words that help. */

export class SocketError extends Error {
  override readonly name = 'SocketError';
  /** System error code: `EADDRINUSE`. */
  readonly code: string;
  readonly address: string;
  readonly port: number;
  /** What the person at the keyboard can do about it; empty when we do not know. */
  readonly hint: string;

  constructor(code: string, address: string, port: number) {
    super(`cannot bind UDP ${formatEndpoint(address, port)}: ${meaningOf(code)}`);
    this.code = code;
    this.address = address;
    this.port = port;
    this.hint = hintFor(code, address, port);
  }
}

/** `192.0.2.1:500` or `[2001:db8::1]:500`. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The code of a Node.js system error; `UNKNOWN` when it carries none. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

function meaningOf(code: string): string {
  const meaning = MEANINGS.get(code);
  return meaning === undefined ? code : `${meaning} (${code})`;
}

const MEANINGS = new Map([
  ['EADDRNOTAVAIL', 'this machine does not have the address'],
  ['EADDRINUSE', 'something else uses the port'],
  ['EACCES', 'no permission'],
  ['EMFILE', 'too many open files'],
  ['ENFILE', 'too many open files on this machine'],
  ['EAFNOSUPPORT', 'the address family is switched off'],
]);

function hintFor(code: string, address: string, port: number): string {
  switch (code) {
    case 'EADDRNOTAVAIL':
      return address.includes(':')
        ? `add it to an interface (ip -6 addr add ${address}/128 dev lo) or use ::1`
        : `use a pool on loopback such as 127.10.0.0/16, or add the address to an interface (ip addr add ${address}/32 dev lo)`;
    case 'EADDRINUSE':
      return port === 500 || port === 4500
        ? `stop the IKE daemon that runs here (see: ss -lunp sport = :${port}) or use another address or port`
        : `use another port, or port 0 for any free one (see: ss -lunp sport = :${port})`;
    case 'EACCES':
      return port < 1024
        ? 'ports below 1024 need root or CAP_NET_BIND_SERVICE, or sysctl net.ipv4.ip_unprivileged_port_start; use a higher port'
        : '';
    case 'EMFILE':
      return 'each peer needs a socket: raise the limit (ulimit -n) or simulate fewer peers';
    case 'ENFILE':
      return 'raise fs.file-max or simulate fewer peers';
    default:
      return '';
  }
}
