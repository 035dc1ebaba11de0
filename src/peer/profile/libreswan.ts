/** libreswan 4.10, IKEv1. */
import { NS_PER_S } from '../timer.ts';
import { type PeerProfile, sourced } from './profile.ts';

// Given up a minute after the first sending: the wait after the sixth repetition is cut to that.
const schedule = { firstNs: NS_PER_S / 2, factor: 2, maximumNs: 28.5 * NS_PER_S, tries: 6 };

export const libreswan410: PeerProfile = {
  name: 'libreswan-4.10',
  device: 'libreswan 4.10 (pluto), IKEv1',
  values: {
    retransmit: sourced(
      schedule,
      'libreswan 4.10, retransmit.c and pluto_constants.h: 0.5 s doubling, 60 s in all',
    ),
    responderRetransmit: sourced(
      { messages: ['main-4', 'quick-2'], schedule },
      'libreswan 4.10, ikev1.c: the first answer of phase 1 is never repeated by a timer, later ones are',
    ),
    repeatedAnswers: sourced(
      2,
      'libreswan 4.10, pluto_constants.h: MAXIMUM_v1_ACCEPTED_DUPLICATES, not for first answers (ikev1.c)',
    ),
    halfOpenTimeoutNs: sourced(
      60 * NS_PER_S,
      'libreswan, timer.c: unfinished IKEv1 states end with retransmit-timeout, 60 s',
    ),
    halfOpenLimit: sourced(50_000, 'libreswan 4.10, pluto_constants.h: new ones are refused from there on'),
    ikeLifetimeS: sourced(8 * 3600, 'libreswan 4.10, ipsec.conf(5): ikelifetime'),
    espLifetimeS: sourced(8 * 3600, 'libreswan 4.10, ipsec.conf(5): salifetime'),
    rekey: sourced(
      { marginNs: 540 * NS_PER_S, fuzz: 1 },
      'libreswan 4.10, ipsec.conf(5): rekeymargin, rekeyfuzz',
    ),
    dpd: sourced('none', 'libreswan 4.10, ipsec.conf(5): off unless dpddelay and dpdtimeout are set'),
    natKeepaliveNs: sourced(20 * NS_PER_S, 'from memory of ipsec.conf(5): keep-alive; not looked up'),
    retry: sourced(
      { firstNs: 0, stepNs: 5 * NS_PER_S, maximumNs: 300 * NS_PER_S },
      'libreswan 4.10, pluto_constants.h: REVIVE_CONN_DELAY, REVIVE_CONN_DELAY_MAX; ipsec.conf(5): keyingtries is %forever; with auto=start',
    ),
  },
  gaps: ['Default proposals and vendor IDs of its own are not part of the profile.'],
};
