/** What Wireshark makes of a capture, with the keys of a run. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { endProcess, finished, type NetworkNamespace, waitUntil } from './namespace.ts';

/** Fields of one packet; a field that occurs several times has all its values. */
export interface DissectedPacket {
  readonly exchangeType: number;
  readonly isEncrypted: boolean;
  /** Numbers of all payloads that the dissector saw, decrypted ones and proposals (2) and transforms (3) included. */
  readonly payloadTypes: readonly number[];
  readonly isMalformed: boolean;
  readonly protocols: string;
}

/** Writes the table with which Wireshark decrypts IKEv1: one line of initiator cookie and key Ka for each SA. */
export function writeDecryptionTable(
  directory: string,
  keys: Iterable<readonly [cookie: string, key: string]>,
): void {
  mkdirSync(directory, { recursive: true });
  const lines = Array.from(keys, ([cookie, key]) => `${cookie},${key}\n`);
  writeFileSync(`${directory}/ikev1_decryption_table`, lines.join(''));
}

/** Captures what passes the loopback of a namespace until `stop` is called. */
export async function capture(namespace: NetworkNamespace, file: string): Promise<{ stop(): Promise<void> }> {
  const child = namespace.start('tshark', ['-i', 'lo', '-w', file, '-q', 'udp']);
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  await waitUntil('tshark captures', () => output.includes('Capture started'));
  return {
    async stop() {
      // dumpcap hands packets over in blocks; the last one needs a moment.
      await new Promise((resolve) => setTimeout(resolve, 500));
      await endProcess(child, 'SIGINT');
    },
  };
}

/** Field names by tshark 4.0; repeated values come comma-separated. */
const FIELDS = {
  exchangeType: 'isakmp.exchangetype',
  flags: 'isakmp.flag_e',
  payloads: 'isakmp.typepayload',
  malformed: '_ws.malformed',
  protocols: 'frame.protocols',
} as const;

/**
 * Dissects all packets of `captureFile`. `wiresharkDirectory` holds `ikev1_decryption_table`;
 * UDP ports in `ports` are read as IKE, those in `encapsulatedPorts` as IKE and ESP in UDP.
 */
export async function dissect(
  captureFile: string,
  wiresharkDirectory: string | undefined,
  ports: readonly number[] = [],
  encapsulatedPorts: readonly number[] = [],
): Promise<DissectedPacket[]> {
  const parameters = [
    `-r${captureFile}`,
    '-Tfields',
    '-Eseparator=|',
    '-Eoccurrence=a',
    ...ports.flatMap((port) => ['-d', `udp.port==${port},isakmp`]),
    ...encapsulatedPorts.flatMap((port) => ['-d', `udp.port==${port},udpencap`]),
    ...Object.values(FIELDS).flatMap((field) => ['-e', field]),
  ];
  const child = spawn('tshark', parameters, {
    env: {
      ...process.env,
      ...(wiresharkDirectory === undefined ? {} : { WIRESHARK_CONFIG_DIR: wiresharkDirectory }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { code, stdout, stderr } = await finished(child, 60_000);
  if (code !== 0) throw new Error(`tshark ended with ${String(code)}:\n${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(parsePacket);
}

function parsePacket(line: string): DissectedPacket {
  const [exchangeType = '', flags = '', payloads = '', malformed = '', protocols = ''] = line.split('|');
  return {
    exchangeType: Number(exchangeType.split(',')[0]),
    isEncrypted: flags.includes('1') || flags.includes('True'),
    payloadTypes: payloads
      .split(',')
      .filter((part) => part !== '')
      .map(Number),
    isMalformed: malformed !== '' || protocols.includes('malformed'),
    protocols,
  };
}
