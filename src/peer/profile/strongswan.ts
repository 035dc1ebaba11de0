/** strongSwan 5.9 as ipsec.conf configures it, whose margins are the same for both phases. */
import { NS_PER_S } from '../timer.ts';
import { type PeerProfile, sourced } from './profile.ts';

const schedule = { firstNs: 4 * NS_PER_S, factor: 1.8, maximumNs: Infinity, tries: 5 };

export const strongswan59: PeerProfile = {
  name: 'strongswan-5.9',
  device: 'strongSwan 5.9 (charon) with the defaults of ipsec.conf',
  values: {
    retransmit: sourced(
      schedule,
      'strongswan.conf(5) 5.9.8: retransmit_timeout, retransmit_base, retransmit_tries',
    ),
    responderRetransmit: sourced(
      { messages: ['aggressive-2', 'quick-2'], schedule },
      'strongSwan 5.9.8, task_manager_v1.c: only exchanges of three messages are repeated by the responder',
    ),
    halfOpenTimeoutNs: sourced(30 * NS_PER_S, 'strongswan.conf(5) 5.9.8: half_open_timeout'),
    halfOpenLimitPerAddress: sourced(
      5,
      'strongswan.conf(5) 5.9.8: block_threshold; also for IKEv1 (receiver.c)',
    ),
    computer: sourced(
      { threads: 16, lockSegments: 1 },
      'strongswan.conf(5) 5.9.8: threads, ikesa_table_segments; only where the group has cpu',
    ),
    ikeLifetimeS: sourced(3 * 3600, 'ipsec.conf(5): ikelifetime'),
    espLifetimeS: sourced(3600, 'ipsec.conf(5): lifetime'),
    rekey: sourced({ marginNs: 540 * NS_PER_S, fuzz: 1 }, 'ipsec.conf(5): margintime, rekeyfuzz'),
    dpd: sourced('none', 'ipsec.conf(5): dpdaction is none unless configured'),
    natKeepaliveNs: sourced(20 * NS_PER_S, 'strongswan.conf(5) 5.9.8: keep_alive'),
  },
  gaps: [
    'swanctl.conf has other lifetimes: 4 h and 1 h to rekeying, with margins of a tenth each.',
    'Once dpdaction is set, questions come every 30 s and the peer is given up after 150 s (IKEv1).',
    'Nothing comes back after a loss (dpdaction, closeaction) unless configured. keyingtries is not part of it: `retry` would follow losses, too.',
    'Default proposals and vendor IDs of its own are not part of the profile.',
    'Messages that wait in its queue count as half open; here only with cpu.',
    'Some of its threads do long-running jobs for the daemon itself; cpu.own-threads can say how many.',
  ],
};
