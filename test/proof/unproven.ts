/** Why cells of docs/interoperability.md have no proof. */
import type { FeatureId } from './feature.ts';
import type { PeerName, PeerRole } from './proof.ts';

export interface Unproven {
  /** Default: all. */
  readonly peer?: PeerName;
  /** Default: both. */
  readonly role?: PeerRole;
  readonly features: readonly FeatureId[];
  /** A sentence for readers. */
  readonly why: string;
}

const NOT_TRIED = 'Not tried yet with this one in this role.';
const NO_ELLIPTIC_PFS: readonly FeatureId[] = ['pfs-ecp256', 'pfs-ecp384', 'pfs-ecp521', 'pfs-x25519'];

export const UNPROVEN: readonly Unproven[] = [
  {
    features: ['public-key-encryption'],
    why: 'No implementation that Debian has can do it. It is tried between two ends of ours only.',
  },
  {
    peer: 'libreswan',
    features: ['main-ecdsa-256', 'main-ecdsa-384', 'main-ecdsa-521', 'aggressive-ecdsa-256'],
    why: 'libreswan signs with ECDSA in IKEv2 only.',
  },
  {
    peer: 'libreswan',
    features: ['main-hybrid', 'aggressive-hybrid'],
    why: 'libreswan has no hybrid authentication.',
  },
  {
    peer: 'libreswan',
    features: ['ike-modp768', 'ike-modp1024', 'pfs-modp768', 'pfs-modp1024'],
    why: 'This build of libreswan has no groups 1 and 2.',
  },
  {
    peer: 'libreswan',
    features: NO_ELLIPTIC_PFS,
    why: 'libreswan takes no elliptic curves for PFS with IKEv1 ("ESP DH algorithm is not supported by IKEv1").',
  },
  {
    peer: 'libreswan',
    features: ['fragmentation'],
    why: 'Long messages with certificates arrive, but its log does not tell whether in fragments.',
  },
  {
    peer: 'libreswan',
    features: ['equal-keys'],
    why: 'libreswan keeps its keys in NSS and does not tell them; its calculator `cavp` agrees on those of phase 1.',
  },
  {
    peer: 'libreswan',
    role: 'initiator',
    features: ['several-children'],
    why: 'Each of its connections has one child.',
  },
  {
    peer: 'libreswan',
    features: ['nat-traversal'],
    why: 'There is no NAT between it and us in these tests.',
  },
  {
    peer: 'libreswan',
    features: ['esp-esn'],
    why: 'libreswan does not take the attribute with IKEv1 ("unsupported IPsec attribute ESN_64BIT_SEQNUM").',
  },
  {
    peer: 'vpnc',
    features: [
      ...(['main-psk', 'main-rsa', 'main-ecdsa-256', 'main-ecdsa-384', 'main-ecdsa-521'] as const),
      ...(['main-xauth-psk', 'main-xauth-rsa', 'main-hybrid', 'wrong-psk-main'] as const),
    ],
    why: 'vpnc has no main mode.',
  },
  {
    peer: 'vpnc',
    features: ['aggressive-psk'],
    why: 'With vpnc a user always logs in after phase 1.',
  },
  {
    peer: 'vpnc',
    features: ['aggressive-rsa', 'aggressive-ecdsa-256', 'aggressive-xauth-rsa'],
    why: 'vpnc has no certificates of clients ("not implemented yet").',
  },
  {
    peer: 'vpnc',
    features: ['untrusted-certificate', 'expired-certificate'],
    why: 'When it was tried, vpnc took a certificate from an authority that it had not been told to trust.',
  },
  {
    peer: 'vpnc',
    features: ['mode-config-push'],
    why: 'vpnc asks for its address itself.',
  },
  {
    peer: 'vpnc',
    features: [
      ...(['ike-sha256', 'ike-sha384', 'ike-sha512', 'esp-sha256', 'esp-sha384', 'esp-sha512'] as const),
      ...(['ike-modp3072', 'ike-modp4096', 'ike-ecp256', 'ike-ecp384', 'ike-ecp521', 'ike-x25519'] as const),
      ...(['esp-null', 'esp-esn', 'esp-aes128gcm16', 'esp-aes192gcm16', 'esp-aes256gcm16'] as const),
      ...(['pfs-modp3072', 'pfs-modp4096'] as const),
      ...NO_ELLIPTIC_PFS,
    ],
    why: 'vpnc does not offer it.',
  },
  {
    peer: 'vpnc',
    features: ['several-children', 'fragmentation', 'equal-keys'],
    why: 'vpnc makes one child, its messages are short, and it writes no keys.',
  },
  {
    peer: 'vpnc',
    features: ['rekey-phase1-theirs', 'rekey-phase2-theirs'],
    why: 'vpnc lets the lifetimes of a gateway pass without replacing anything before.',
  },
  {
    role: 'initiator',
    features: ['rekey-phase1-ours', 'rekey-phase2-ours'],
    why: 'A gateway of ikestorm replaces nothing by itself: the end that began does.',
  },
  {
    peer: 'strongSwan',
    features: ['mode-config-dns'],
    why: NOT_TRIED,
  },
  {
    peer: 'strongSwan',
    role: 'initiator',
    features: ['untrusted-certificate', 'expired-certificate', 'ipv6', 'dpd-theirs'],
    why: NOT_TRIED,
  },
  {
    peer: 'libreswan',
    features: [
      ...(['wrong-password', 'untrusted-certificate', 'expired-certificate'] as const),
      ...(['mode-config-dns', 'ipv6'] as const),
      ...(['rekey-phase1-theirs', 'rekey-phase2-theirs', 'dpd-ours', 'dpd-theirs', 'dead-peer'] as const),
    ],
    why: NOT_TRIED,
  },
  {
    peer: 'libreswan',
    role: 'responder',
    features: ['rekey-phase1-ours', 'rekey-phase2-ours', 'delete-theirs'],
    why: NOT_TRIED,
  },
  {
    peer: 'libreswan',
    role: 'initiator',
    features: ['no-ike-proposal', 'no-esp-proposal', 'wrong-network', 'delete-ours'],
    why: NOT_TRIED,
  },
  {
    peer: 'vpnc',
    features: [
      ...(['no-ike-proposal', 'no-esp-proposal', 'wrong-network', 'ipv6', 'ike-md5', 'esp-md5'] as const),
      ...(['dpd-ours', 'dpd-theirs', 'dead-peer', 'delete-ours'] as const),
    ],
    why: NOT_TRIED,
  },
];
