/** isakmpd of OpenBSD. */
import { explicitSchedule } from '../../ike/retransmit.ts';
import { NS_PER_S } from '../timer.ts';
import { BACKOFF_PATTERNS, type PeerProfile, sourced } from './profile.ts';

const schedule = explicitSchedule([7, 9, 11].map((seconds) => seconds * NS_PER_S));

export const isakmpd: PeerProfile = {
  name: 'isakmpd',
  device: 'isakmpd (OpenBSD), three retransmissions as in its sample configuration',
  values: {
    retransmit: sourced(
      schedule,
      'isakmpd, transport.c: 5 + 2 s for each try; sample configuration: Retransmits=3',
    ),
    responderRetransmit: sourced(
      { messages: ['main-2', 'main-4', 'aggressive-2', 'quick-2'], schedule },
      `isakmpd, transport.c, and ${BACKOFF_PATTERNS}; it was measured on main-2 alone`,
    ),
    halfOpenTimeoutNs: sourced(120 * NS_PER_S, 'isakmpd.conf(5): Exchange-max-time'),
    ikeLifetimeS: sourced(3600, 'isakmpd.conf(5): Default-phase-1-lifetime'),
    espLifetimeS: sourced(1200, 'isakmpd.conf(5): Default-phase-2-lifetime'),
    dpd: sourced('none', 'isakmpd.conf(5): DPD-check-interval is 0'),
  },
  gaps: [
    'Without configuration the code allows 10 tries.',
    'Default proposals, rekeying and keepalives were not looked up.',
  ],
};
