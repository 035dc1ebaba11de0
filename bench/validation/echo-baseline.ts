/** How long a datagram to the other core and back takes where nobody does anything else: what system and generator add by themselves. */
import { runPinned, GATEWAY_CORE, GENERATOR_CORE } from './site.ts';
import type { Site } from './site.ts';

export interface EchoBaseline {
  readonly p50Us: number;
  readonly p99Us: number;
}

const PORT = 7_007;
const ECHOES = 5_000;
const OCTETS = 200;

const SERVER = `
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (octets, from) => {
  if (octets.length === 0) return socket.close();
  socket.send(octets, from.port, from.address);
});
socket.bind(${PORT}, '127.0.0.1', () => console.log('bound'));
`;

const CLIENT = `
const socket = require('node:dgram').createSocket('udp4');
const octets = Buffer.alloc(${OCTETS});
const times = [];
let sent = 0n;
const send = () => { sent = process.hrtime.bigint(); socket.send(octets, ${PORT}, '127.0.0.1'); };
socket.on('message', () => {
  times.push(Number(process.hrtime.bigint() - sent));
  if (times.length < ${ECHOES}) return send();
  socket.send(Buffer.alloc(0), ${PORT}, '127.0.0.1', () => socket.close());
  const warm = times.slice(times.length / 5).sort((a, b) => a - b);
  const quantile = (share) => warm[Math.floor(warm.length * share)] / 1000;
  console.log(JSON.stringify({ p50Us: quantile(0.5), p99Us: quantile(0.99) }));
});
setTimeout(send, 500);
`;

/** Round trips between two processes of Node.js on the two cores of the validation. */
export async function measureEcho(site: Site): Promise<EchoBaseline> {
  const server = runPinned(site, GATEWAY_CORE, ['-e', SERVER]);
  const { stdout, stderr } = await runPinned(site, GENERATOR_CORE, ['-e', CLIENT]);
  await server;
  try {
    return JSON.parse(stdout) as EchoBaseline;
  } catch {
    throw new Error(`no echo came back:\n${stderr}`);
  }
}
