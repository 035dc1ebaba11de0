/** Juniper NetScreen (ScreenOS), as ike-scan measured it. */
import { explicitSchedule } from '../../ike/retransmit.ts';
import { NS_PER_S } from '../timer.ts';
import { AS_LONG_AS_IT_SENDS, AS_RESPONDER, BACKOFF_PATTERNS, type PeerProfile, sourced } from './profile.ts';

const schedule = explicitSchedule(Array.from({ length: 11 }, () => 4 * NS_PER_S));

export const netscreen: PeerProfile = {
  name: 'netscreen',
  device: 'Juniper NetScreen (ScreenOS 5.1)',
  values: {
    retransmit: sourced(schedule, AS_RESPONDER),
    responderRetransmit: sourced(
      { messages: ['main-2', 'main-4', 'aggressive-2', 'quick-2'], schedule },
      `${BACKOFF_PATTERNS}, on a NetScreen 500 and a 5GT with 5.1.0r1.0; the other messages are assumed to be treated alike`,
    ),
    halfOpenTimeoutNs: sourced(48 * NS_PER_S, AS_LONG_AS_IT_SENDS),
  },
  gaps: [
    'Lifetimes, dead peer detection, keepalives, proposals and vendor IDs were not found in a document.',
  ],
};
