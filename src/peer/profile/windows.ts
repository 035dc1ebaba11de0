/** Windows 2000, XP and Server 2003, whose IKEv1 is one implementation. */
import { NS_PER_S } from '../timer.ts';
import {
  AS_LONG_AS_IT_SENDS,
  AS_RESPONDER,
  BACKOFF_PATTERNS,
  type PeerProfile,
  sourced,
  VENDOR_ID_PATTERNS,
} from './profile.ts';

const schedule = { firstNs: NS_PER_S, factor: 2, maximumNs: Infinity, tries: 6 };
const L2TP_CLIENT = 'Microsoft KB 325158, default encryption settings of the L2TP/IPSec client';

export const windowsXp: PeerProfile = {
  name: 'windows-xp',
  device: 'Windows 2000, XP, Server 2003: L2TP/IPsec client and server',
  values: {
    retransmit: sourced(schedule, AS_RESPONDER),
    responderRetransmit: sourced(
      { messages: ['main-2', 'main-4', 'quick-2'], schedule },
      `${BACKOFF_PATTERNS}; the other messages are assumed to be treated alike`,
    ),
    halfOpenTimeoutNs: sourced(127 * NS_PER_S, AS_LONG_AS_IT_SENDS),
    espLifetimeS: sourced(3600, 'Microsoft KB 2790970: default quick mode lifetime, XP and Server 2003'),
    ike: sourced([{ cipher: '3des-cbc', keyBits: 192, hash: 'sha1', group: 2 }], L2TP_CLIENT),
    esp: sourced([{ encryption: '3des-cbc', keyBits: 192, integrity: 'sha1' }], L2TP_CLIENT),
    encapsulation: sourced('transport', L2TP_CLIENT),
    vendorIds: sourced(
      ['1e2b516905991c7d7c96fcbfb587e46100000004'],
      `${VENDOR_ID_PATTERNS}: Windows 2003 or XP SP2`,
    ),
  },
  gaps: [
    'The real client offers more transforms than the document names.',
    'It has no dead peer detection and no aggressive mode, but ikestorm offers and takes both all the same.',
    'The lifetime of phase 1 was not found in a document of that time.',
    'Server 2003 varies the first wait between 0.5 s and 1.5 s.',
  ],
};
