/** The methods whose costs are compared. */
import { Group } from '../src/ike/wire/numbers.ts';
import { benchPolicy, type VillagePlan } from './negotiation.ts';

export interface Method extends Omit<VillagePlan, 'hostCount'> {
  readonly name: string;
}

const aes128Sha256 = { cipher: 'aes-cbc', keyBits: 128, hash: 'sha256' } as const;
const espAes128Sha256 = { encryption: 'aes-cbc', keyBits: 128, integrity: 'sha256' } as const;

function preSharedKeyMethods(): Method[] {
  const withGroup = (group: number) => ({ ike: [{ ...aes128Sha256, group }] });
  const withPfs = (group: number) => ({ ...withGroup(group), esp: [{ ...espAes128Sha256, group }] });
  return [
    { name: 'main mode, pre-shared key, x25519', policy: benchPolicy() },
    { name: 'aggressive mode, pre-shared key, x25519', policy: benchPolicy({ mode: 'aggressive' }) },
    { name: '... x25519 with PFS', policy: benchPolicy(withPfs(Group.x25519)) },
    { name: '... modp2048', policy: benchPolicy(withGroup(Group.modp2048)) },
    { name: '... modp2048 with PFS', policy: benchPolicy(withPfs(Group.modp2048)) },
    { name: '... modp4096', policy: benchPolicy(withGroup(Group.modp4096)) },
    { name: '... ecp256', policy: benchPolicy(withGroup(Group.ecp256)) },
    { name: '... ecp384', policy: benchPolicy(withGroup(Group.ecp384)) },
  ];
}

/** All methods, the one that others are compared with first. */
export async function createMethods(): Promise<Method[]> {
  return preSharedKeyMethods();
}
