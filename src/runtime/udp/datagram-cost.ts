/** What it costs to give a datagram to the system and to take one from it, on the loopback interface. */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';

/** A loopback does not lose datagrams that are asked for one by one; a machine that stands still may. */
const PATIENCE_MS = 2_000;

/**
 * CPU time of this process for sending a datagram and receiving it, nanoseconds, as the mean of each of `batches` batches
 * of `count`; each datagram has `octets` octets and is sent when the one before has come. A batch before them does not count.
 * @throws Error when none comes for two seconds.
 */
export async function measureDatagrams(octets: number, count: number, batches: number): Promise<number[]> {
  const receiver = await bind();
  const sender = await bind();
  try {
    const { port } = receiver.address();
    const payload = new Uint8Array(octets);
    const send = (): void => sender.send(payload, port, LOOPBACK);
    await roundTrips(receiver, count, send);
    const meansNs: number[] = [];
    for (let batch = 0; batch < batches; batch++) {
      const start = process.cpuUsage();
      await roundTrips(receiver, count, send);
      const { user, system } = process.cpuUsage(start);
      meansNs.push(((user + system) * 1_000) / count);
    }
    return meansNs;
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
