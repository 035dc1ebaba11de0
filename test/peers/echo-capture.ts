/** The echoes in the capture of a run, as tshark opens them with the keys of the run. */
import { join } from 'node:path';
import { readWithTshark } from '../export/tshark.ts';

const ECHO = {
  IPv4: { protocol: 'icmp', type: 'icmp.type', checksum: 'icmp.checksum.status', request: '8', reply: '0' },
  IPv6: {
    protocol: 'icmpv6',
    type: 'icmpv6.type',
    checksum: 'icmpv6.checksum.status',
    request: '128',
    reply: '129',
  },
} as const;
const GOOD = '1';

/** Those whose ICV and checksum are right. */
export function readEchoes(
  folder: string,
  version: keyof typeof ECHO,
): { requests: number; replies: number } {
  const { protocol, type, checksum, request, reply } = ECHO[version];
  const rows = readWithTshark(join(folder, 'capture.pcapng'), {
    fields: ['esp.icv_good', checksum, type],
    options: [
      ...['-o', 'esp.enable_encryption_decode:TRUE', '-o', 'esp.enable_authentication_check:TRUE'],
      ...['-Y', protocol],
    ],
    configFolder: folder,
  });
  const right = rows.filter(([icv, sum]) => icv === '1' && sum === GOOD);
  const ofType = (wanted: string) => right.filter(([, , found]) => found === wanted).length;
  return { requests: ofType(request), replies: ofType(reply) };
}
