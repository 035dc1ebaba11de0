/** What it costs to give a datagram to the system and to take one from it, on the loopback interface. */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';

export interface DatagramCost {
  /** CPU time of this process for sending one and receiving one, together. */
  readonly roundNs: number;
}

/** A loopback does not lose datagrams that are asked for one by one; a machine that stands still may. */
const PATIENCE_MS = 2_000;

/**
 * Sends `count` datagrams of `octets` to itself twice, each when the one before has come; the second time counts.
 * @throws Error when none comes for two seconds.
 */
export async function measureDatagrams(octets: number, count: number): Promise<DatagramCost> {
  const receiver = await bind();
  const sender = await bind();
  try {
    const { port } = receiver.address();
    const payload = new Uint8Array(octets);
    const send = (): void => sender.send(payload, port, LOOPBACK);
    await roundTrips(receiver, count, send);
    const start = process.cpuUsage();
    await roundTrips(receiver, count, send);
    const { user, system } = process.cpuUsage(start);
    return { roundNs: ((user + system) * 1_000) / count };
  } finally {
    receiver.close();
    sender.close();
  }
}

/** Promises cost as much as datagrams, so there is one for all of them. */
function roundTrips(receiver: Socket, count: number, send: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = count;
    let lastLeft = left;
    const watch = setInterval(() => {
      if (left === lastLeft) stop(new Error('datagrams to the loopback interface do not come back'));
      lastLeft = left;
    }, PATIENCE_MS);
    const stop = (error?: Error): void => {
      clearInterval(watch);
      receiver.removeAllListeners('message');
      if (error === undefined) resolve();
      else reject(error);
    };
    receiver.on('message', () => {
      left--;
      if (left === 0) stop();
      else send();
    });
    send();
  });
}

async function bind(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  return socket;
}

const LOOPBACK = '127.0.0.1';
