/** racoon of the ipsec-tools. */
import { explicitSchedule } from '../../ike/retransmit.ts';
import { NS_PER_S } from '../timer.ts';
import { BACKOFF_PATTERNS, type PeerProfile, sourced, VENDOR_ID_PATTERNS } from './profile.ts';

const schedule = explicitSchedule([10, 10, 10, 10, 10].map((seconds) => seconds * NS_PER_S));

export const racoon: PeerProfile = {
  name: 'racoon',
  device: 'racoon (ipsec-tools 0.6 and later)',
  values: {
    retransmit: sourced(schedule, 'racoon.conf(5): timer counter 5, interval 10 seconds'),
    responderRetransmit: sourced(
      { messages: ['main-2', 'main-4', 'aggressive-2', 'quick-2'], schedule },
      `${BACKOFF_PATTERNS}, on racoon 0.6.6; the other messages are assumed to be treated alike`,
    ),
    halfOpenTimeoutNs: sourced(
      60 * NS_PER_S,
      'as long as it was seen to send; racoon.conf(5) names 15 seconds for a whole phase 1, which does not fit that',
    ),
    dpd: sourced('none', 'racoon.conf(5): dpd_delay is 0'),
    natKeepaliveNs: sourced(20 * NS_PER_S, 'racoon.conf(5): natt_keepalive'),
    vendorIds: sourced(['7003cbc1097dbe9c2600ba6983bc8b35'], `${VENDOR_ID_PATTERNS}: KAME/racoon`),
  },
  gaps: [
    'Releases before 2006 repeat every 20 s (KAME/racoon-1 in ike-backoff-patterns).',
    'Lifetimes and proposals have no defaults: they come from the configuration of each peer.',
    'With dpd_delay set, questions are repeated every 5 s and five go without an answer.',
  ],
};
