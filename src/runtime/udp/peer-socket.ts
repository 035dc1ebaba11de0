/**
 * One UDP socket of one peer. Everything about it is synchronous, binding included: the look-up
 * that Node.js does for each address is answered on the spot, because addresses are literals.
 */
import { createSocket, type RemoteInfo, type Socket, type SocketType } from 'node:dgram';
import { isSameEndpoint, type Endpoint } from '../../ike/endpoint.ts';
import { addressOctets } from './address-octets.ts';
import type { EndpointCache } from './endpoint-cache.ts';
import { errorCode, SocketError } from './socket-error.ts';

/** Who hears of what happens at a socket. */
export interface SocketListener {
  onDatagram(peerId: number, from: Endpoint, to: Endpoint, octets: Uint8Array): void;
  /** Nobody listens at `to` (ICMP port unreachable); known only for sockets that talk to one remote end. */
  onUnreachable(peerId: number, to: Endpoint): void;
  onDrop(reason: string): void;
}

export interface SocketOptions {
  readonly peerId: number;
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /**
   * True: hears everybody, as a responder must. False: connected to the end that it sends to, so that
   * the kernel tells us of ICMP errors, up to the moment when that end is addressed at another port.
   */
  readonly isOpen: boolean;
  readonly endpoints: EndpointCache;
  readonly listener: SocketListener;
}

export class PeerSocket {
  /** What it is bound to. */
  readonly endpoint: Endpoint;
  readonly #socket: Socket;
  readonly #options: SocketOptions;
  /** What the socket is connected to at present. */
  #remote: Endpoint | undefined;
  /** What it was connected to last. */
  #counterpart: Endpoint | undefined;
  #isClosed = false;

  /** @throws SocketError when the address and port cannot be bound. */
  constructor(options: SocketOptions) {
    const { address, port, isOpen, peerId } = options;
    this.#options = options;
    this.#socket = createSocket({
      type: socketType(address),
      ipv6Only: address.includes(':'),
      lookup: literalLookup,
    });
    let failure: unknown;
    const onBindError = (error: Error): void => {
      failure = error;
    };
    this.#socket.on('error', onBindError);
    const candidates = port !== 0 || isOpen ? [port] : freePortCandidates(peerId);
    for (const candidate of candidates) {
      failure = undefined;
      this.#socket.bind({ address, port: candidate, exclusive: true });
      if (failure === undefined || errorCode(failure) !== 'EADDRINUSE') break;
    }
    if (failure !== undefined) {
      this.#socket.close();
      throw new SocketError(errorCode(failure), address, port);
    }
    this.#socket.off('error', onBindError);
    this.endpoint = {
      address,
      port: this.#socket.address().port,
      octets: addressOctets(address),
      peer: peerId,
    };
    if (isOpen) this.#enlargeReceiveBuffer();
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('message', (octets, remote) => this.#received(octets, remote));
  }

  /** Octets that the kernel holds for us, as granted. */
  get receiveBufferSize(): number {
    return this.#socket.getRecvBufferSize();
  }

  /** Sends one datagram; what goes wrong is told to the listener, now or later. */
  send(octets: Uint8Array, to: Endpoint): void {
    if (this.#isClosed) return this.#options.listener.onDrop('socket-closed');
    try {
      if (this.#remote === to) this.#socket.send(octets, this.#onSent);
      else if (this.#options.isOpen) this.#socket.send(octets, to.port, to.address, this.#onSent);
      else this.#sendElsewhere(octets, to);
    } catch (error) {
      this.#failed(error);
    }
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    return new Promise((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  /** Without a callback Node.js keeps errors for itself. */
  readonly #onSent = (error: Error | null): void => {
    if (error !== null) this.#failed(error);
  };

  /**
   * To another address: connects to it. To another port of the same address: IKE has floated
   * (RFC 3947 §4), and the other end may answer from either port, so both are heard from now on.
   */
  #sendElsewhere(octets: Uint8Array, to: Endpoint): void {
    const counterpart = this.#counterpart;
    const isSame = counterpart !== undefined && isSameEndpoint(counterpart, to);
    if (isSame && this.#remote !== undefined) {
      this.#remote = to;
      this.#socket.send(octets, this.#onSent);
      return;
    }
    if (this.#remote !== undefined) this.#socket.disconnect();
    this.#remote = undefined;
    if (!isSame && counterpart?.address === to.address) {
      this.#socket.send(octets, to.port, to.address, this.#onSent);
      return;
    }
    this.#socket.connect(to.port, to.address);
    // Where there is no way to `to`, an error event follows and counts it.
    if (!isConnected(this.#socket)) return;
    this.#remote = to;
    this.#counterpart = to;
    this.#socket.send(octets, this.#onSent);
  }

  #received(octets: Buffer, remote: RemoteInfo): void {
    if (this.#isClosed) return;
    const { endpoints, listener, peerId } = this.#options;
    const known = this.#remote;
    const from =
      known !== undefined && isSameEndpoint(known, remote)
        ? known
        : endpoints.endpoint(remote.address, remote.port);
    const view = new Uint8Array(octets.buffer, octets.byteOffset, octets.length);
    listener.onDatagram(peerId, from, this.endpoint, view);
  }

  #failed(error: unknown): void {
    if (this.#isClosed) return;
    const code = errorCode(error);
    const { listener, peerId } = this.#options;
    if (code === 'ECONNREFUSED' && this.#remote !== undefined) listener.onUnreachable(peerId, this.#remote);
    else listener.onDrop(`send-${code}`);
  }

  #enlargeReceiveBuffer(): void {
    try {
      this.#socket.setRecvBufferSize(RECEIVE_BUFFER_OCTETS);
    } catch {
      // The size that the system gives by default works too, with more losses under load.
    }
  }
}

function isConnected(socket: Socket): boolean {
  try {
    socket.remoteAddress();
    return true;
  } catch {
    return false;
  }
}

function socketType(address: string): SocketType {
  return address.includes(':') ? 'udp6' : 'udp4';
}

/** Answers with the literal itself, at once. */
const literalLookup: NonNullable<Parameters<typeof createSocket>[0] & object>['lookup'] = (
  address,
  _options,
  callback,
) => {
  callback(null, address, address.includes(':') ? 6 : 4);
};

/**
 * Ports to try where any free one will do. The kernel's own choice would be lost whenever the
 * socket is connected to another remote end, and the remote end takes the port for our name.
 */
function* freePortCandidates(peerId: number): Generator<number> {
  const count = LAST_DYNAMIC_PORT - FIRST_DYNAMIC_PORT + 1;
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    yield FIRST_DYNAMIC_PORT + ((peerId + attempt) % count);
  }
}

/** Dynamic ports (RFC 6335 §6). */
const FIRST_DYNAMIC_PORT = 49_152;
const LAST_DYNAMIC_PORT = 65_535;
const PORT_ATTEMPTS = 1024;

/** Asked for; the kernel grants at most net.core.rmem_max. */
const RECEIVE_BUFFER_OCTETS = 16 * 1024 * 1024;
