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
      ...(['ike-ecp256', 'ike-ecp384', 'ike-ecp521', 'ike-x25519'] as const),
      ...(['esp-esn', 'esp-aes128gcm16', 'esp-aes192gcm16', 'esp-aes256gcm16'] as const),
      ...(['ping-aes128gcm16', 'ping-aes192gcm16', 'ping-aes256gcm16'] as const),
      ...(['ping-sha256', 'ping-sha384', 'ping-sha512'] as const),
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
    peer: 'libreswan',
    features: ['expired-certificate'],
    why: 'libreswan does not load an expired certificate of its own; one of ikestorm was not tried with it.',
  },
  {
    peer: 'libreswan',
    role: 'responder',
    features: ['rekey-phase1-theirs', 'rekey-phase2-theirs'],
    why: NOT_TRIED,
  },
  {
    peer: 'libreswan',
    role: 'initiator',
    features: ['wrong-password'],
    why: NOT_TRIED,
  },
  {
    peer: 'libreswan',
    features: ['nat-rebinding'],
    why: NOT_TRIED,
  },
  {
    peer: 'vpnc',
    features: ['real-nat', 'nat-rebinding', 'rekey-phase1-ours', 'rekey-phase2-ours'],
    why: NOT_TRIED,
  },
  {
    peer: 'strongSwan',
    role: 'responder',
    features: ['ipcomp-chosen'],
    why: NOT_TRIED,
  },
  {
    peer: 'vpnc',
    features: ['dpd-theirs'],
    why: 'vpnc does not show what it asks and what it is answered.',
  },
  {
    peer: 'vpnc',
    features: ['ipv6'],
    why: 'vpnc speaks IPv4 only.',
  },
  {
    peer: 'vpnc',
    features: ['initial-contact-theirs', 'ping-rekeyed'],
    why: 'vpnc neither says that it is new nor replaces SAs.',
  },
  {
    peer: 'libreswan',
    features: [
      ...(['ping-aes128', 'ping-aes192', 'ping-aes256', 'ping-3des', 'ping-null'] as const),
      ...(['ping-aes128gcm16', 'ping-aes192gcm16', 'ping-aes256gcm16', 'ping-rekeyed'] as const),
      ...(['ping-md5', 'ping-sha1', 'ping-sha256', 'ping-sha384', 'ping-sha512'] as const),
    ],
    why: 'libreswan leaves ESP to the kernel, and the kernel of these tests has none.',
  },
  {
    features: ['ping-static'],
    why: 'strongSwan and vpnc take no keys by hand; libreswan and `ip xfrm` leave ESP to the kernel, which has none here.',
  },
  {
    peer: 'vpnc',
    features: ['ah-refused', 'ipcomp-alternative'],
    why: 'vpnc offers ESP alone.',
  },
  {
    peer: 'libreswan',
    role: 'initiator',
    features: ['ipcomp-alternative'],
    why: 'libreswan offers ESP with IPComp only, when it does, and is refused.',
  },
  {
    role: 'initiator',
    features: ['ah-chosen', 'ipcomp-chosen'],
    why: 'It is the responder that chooses; ikestorm never chooses them.',
  },
  {
    role: 'responder',
    features: ['commit-bit'],
    why: 'No implementation that Debian has sets it; it is tried between two ends of ours.',
  },
  {
    role: 'initiator',
    features: ['initial-contact-ours'],
    why: 'The initiator says it; this is the column of those to whom the other end came.',
  },
  {
    role: 'responder',
    features: ['initial-contact-theirs'],
    why: 'The initiator says it; this is the column of those to whom ikestorm came.',
  },
  {
    peer: 'libreswan',
    role: 'responder',
    features: ['initial-contact-ours'],
    why: 'libreswan ignores it in main mode ("ignoring informational payload IPSEC_INITIAL_CONTACT").',
  },
];
