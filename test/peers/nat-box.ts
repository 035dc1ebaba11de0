/**
 * A NAT of the kernel (nftables, masquerade) in a namespace of its own, with one network behind it and one in front.
 * What leaves has the address of the box and any port, also for ports of IKE.
 */
import { execFileSync } from 'node:child_process';
import type { TestContext } from 'vitest';
import { NetworkNamespace } from './namespace.ts';

/** The address that everybody behind the box seems to have. */
export const NAT_ADDRESS = '10.77.0.2';
/** In front of the box: where gateways are. */
export const FRONT_ADDRESS = '10.77.0.1';
/** Behind the box; further ones of 192.168.1.0/24 may be set. */
export const BEHIND_ADDRESS = '192.168.1.2';
const BOX_ADDRESS = '192.168.1.1';

const RULES = [
  'add table ip nat',
  'add chain ip nat leaving { type nat hook postrouting priority 100 ; }',
  'add rule ip nat leaving oifname front ip protocol udp masquerade to :40000-49999 random',
];

export interface NatPlaces {
  readonly behind: NetworkNamespace;
  readonly front: NetworkNamespace;
}

/** Gone with the test. The box forgets who was silent for `timeoutS`, and then gives another port. */
export function openNat(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  timeoutS: number,
): NatPlaces {
  const [behind, box, front] = ['behind', 'box', 'front'].map((name) => new NetworkNamespace(name)) as [
    NetworkNamespace,
    NetworkNamespace,
    NetworkNamespace,
  ];
  onTestFinished(async () => {
    for (const namespace of [behind, front, box]) await namespace.remove();
  });
  behind.connect(box, [`${BEHIND_ADDRESS}/24`], [`${BOX_ADDRESS}/24`], 'behind');
  front.connect(box, [`${FRONT_ADDRESS}/24`], [`${NAT_ADDRESS}/24`], 'front');
  execFileSync('ip', ['-n', behind.name, 'route', 'add', 'default', 'via', BOX_ADDRESS]);
  const inBox = (command: string, ...parameters: readonly string[]): void => {
    execFileSync('ip', ['netns', 'exec', box.name, command, ...parameters]);
  };
  for (const rule of RULES) inBox('nft', rule);
  const settings = [
    ['net/ipv4/ip_forward', 1],
    ['net/netfilter/nf_conntrack_udp_timeout', timeoutS],
    ['net/netfilter/nf_conntrack_udp_timeout_stream', timeoutS],
  ] as const;
  for (const [name, value] of settings) inBox('sh', '-c', `echo ${value} > /proc/sys/${name}`);
  return { behind, front };
}
