/** All profiles. OpenIKED is not among them: it speaks IKEv2 only. */
import { ciscoIos, ciscoPix63, ciscoVpn3000 } from './cisco.ts';
import { isakmpd } from './isakmpd.ts';
import { libreswan410 } from './libreswan.ts';
import { netscreen } from './netscreen.ts';
import type { PeerProfile } from './profile.ts';
import { racoon } from './racoon.ts';
import { solaris } from './solaris.ts';
import { strongswan59 } from './strongswan.ts';
import { windowsXp } from './windows.ts';

export const PROFILES: readonly PeerProfile[] = [
  strongswan59,
  libreswan410,
  racoon,
  isakmpd,
  windowsXp,
  ciscoIos,
  ciscoPix63,
  ciscoVpn3000,
  netscreen,
  solaris,
];
