/** Cisco's IKEv1 responders, as ike-scan measured them. */
import { explicitSchedule } from '../../ike/retransmit.ts';
import type { ResponderRetransmit } from '../policy.ts';
import { NS_PER_S } from '../timer.ts';
import {
  AS_LONG_AS_IT_SENDS,
  AS_RESPONDER,
  BACKOFF_PATTERNS,
  type PeerProfile,
  sourced,
  VENDOR_ID_PATTERNS,
} from './profile.ts';

const every = (seconds: number, times: number) =>
  explicitSchedule(Array.from({ length: times }, () => seconds * NS_PER_S));
const responder = (schedule: ResponderRetransmit['schedule']): ResponderRetransmit => ({
  messages: ['main-2', 'main-4', 'aggressive-2', 'quick-2'],
  schedule,
});
const ALIKE = 'the other messages are assumed to be treated alike';

const iosSchedule = every(10, 5);
export const ciscoIos: PeerProfile = {
  name: 'cisco-ios',
  device: 'Cisco IOS 12.1 to 15.0',
  values: {
    retransmit: sourced(iosSchedule, AS_RESPONDER),
    responderRetransmit: sourced(
      responder(iosSchedule),
      `${BACKOFF_PATTERNS}, on IOS 12.1(27a), 12.2(29), 12.3(17a), 12.4(13a) and 15.0(1)M; ${ALIKE}`,
    ),
    halfOpenTimeoutNs: sourced(60 * NS_PER_S, AS_LONG_AS_IT_SENDS),
    ikeLifetimeS: sourced(86_400, 'Cisco IOS Security Command Reference: lifetime (ISAKMP policy)'),
    espLifetimeS: sourced(3600, 'Cisco 7100 Series VPN Configuration Guide: default lifetimes'),
  },
  gaps: [
    'SAs are also limited by traffic (4,608,000 kilobytes), which does not exist here.',
    'Child SAs are replaced 30 s before their end, phase 1 is not; a profile has one margin for both, so none is set.',
    'Call admission control is off unless configured.',
    'Default proposals were DES for long, which ikestorm does not speak; none are set.',
  ],
};

const pixSchedule = every(5, 5);
export const ciscoPix63: PeerProfile = {
  name: 'cisco-pix-6.3',
  device: 'Cisco PIX 6.3',
  values: {
    retransmit: sourced(pixSchedule, AS_RESPONDER),
    responderRetransmit: sourced(
      responder(pixSchedule),
      `${BACKOFF_PATTERNS}, on a PIX 520 with 6.3(5); ${ALIKE}`,
    ),
    halfOpenTimeoutNs: sourced(30 * NS_PER_S, AS_LONG_AS_IT_SENDS),
  },
  gaps: [
    'Lifetimes, dead peer detection, keepalives and proposals were not found in a document of that release.',
  ],
};

const concentratorSchedule = every(8, 3);
export const ciscoVpn3000: PeerProfile = {
  name: 'cisco-vpn-3000',
  device: 'Cisco VPN 3000 Concentrator 3.6 to 4.7, PIX 7.0',
  values: {
    retransmit: sourced(concentratorSchedule, AS_RESPONDER),
    responderRetransmit: sourced(
      responder(concentratorSchedule),
      `${BACKOFF_PATTERNS}, on VPN 3000 3.6.3, VPN 3005 4.7.2 and PIX 7.0(7); ${ALIKE}`,
    ),
    halfOpenTimeoutNs: sourced(32 * NS_PER_S, AS_LONG_AS_IT_SENDS),
    vendorIds: sourced(
      ['12f5f28c457168a9702d9fe274cc0100', '1f07f70eaa6514d3b0fa96542a500407'],
      `${VENDOR_ID_PATTERNS}: Cisco Unity, VPN Concentrator 4.0.7`,
    ),
  },
  gaps: ['Lifetimes, dead peer detection, keepalives and proposals were not looked up.'],
};
