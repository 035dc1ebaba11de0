/** Sun Solaris, as ike-scan measured it. */
import { explicitSchedule } from '../../ike/retransmit.ts';
import { NS_PER_S } from '../timer.ts';
import { AS_LONG_AS_IT_SENDS, AS_RESPONDER, BACKOFF_PATTERNS, type PeerProfile, sourced } from './profile.ts';

const schedule = explicitSchedule([0.5, 1, 2, 4, 8].map((seconds) => seconds * NS_PER_S));

export const solaris: PeerProfile = {
  name: 'solaris',
  device: 'Sun Solaris 9 and 10 (in.iked)',
  values: {
    retransmit: sourced(schedule, AS_RESPONDER),
    responderRetransmit: sourced(
      { messages: ['main-2', 'main-4', 'aggressive-2', 'quick-2'], schedule },
      `${BACKOFF_PATTERNS}, on Solaris 9 and 10; the other messages are assumed to be treated alike`,
    ),
    halfOpenTimeoutNs: sourced(24 * NS_PER_S, AS_LONG_AS_IT_SENDS),
  },
  gaps: ['Lifetimes, dead peer detection, keepalives, proposals and vendor IDs were not looked up.'],
};
