/**
 * Who may be behind the outer address of a NAT box. The far end sees that address and what a host
 * says of itself, no more; its keys and its confinement are found by these.
 */
import { toHex } from '../ike/wire/octets.ts';
import { Attached, type PlacedGroup } from '../network/attached.ts';
import type { Identity } from '../peer/policy.ts';
import { indexOfAddress } from './address.ts';
import type { AddressPool, ScenarioNetwork } from './scenario.ts';

interface Boxes {
  readonly attached: Attached;
  readonly addresses: AddressPool;
}

export class HiddenHosts {
  readonly #nats: readonly Boxes[];
  readonly #identityOf: (id: number) => Identity;
  /** First host of a box that says that it is somebody; made when somebody says so. */
  readonly #byIdentity = new Map<Boxes, Map<string, number>>();

  constructor(
    network: ScenarioNetwork,
    groups: readonly PlacedGroup[],
    identityOf: (id: number) => Identity,
  ) {
    this.#identityOf = identityOf;
    this.#nats = network.nats.map((nat, index) => ({
      attached: new Attached(nat, groups),
      addresses: network.natAddresses[index]!,
    }));
  }

  /**
   * The host behind `address` that says it is `identity`; one that has not said so is any that is a
   * `caller`, as all that the far end knows of them is the same. Undefined: no such address.
   */
  hostAt(
    address: string,
    identity: Identity | undefined,
    isCaller: (id: number) => boolean,
  ): number | undefined {
    for (const nat of this.#nats) {
      const box = indexOfAddress(nat.addresses, address);
      if (box === undefined || box >= nat.attached.count) continue;
      const known = identity && this.#identitiesOf(nat).get(keyOf(box, identity));
      return known ?? nat.attached.peersOf(box).find(isCaller);
    }
    return undefined;
  }

  #identitiesOf(nat: Boxes): Map<string, number> {
    let known = this.#byIdentity.get(nat);
    if (known !== undefined) return known;
    this.#byIdentity.set(nat, (known = new Map()));
    for (let box = 0; box < nat.attached.count; box++) {
      for (const id of nat.attached.peersOf(box)) {
        const key = keyOf(box, this.#identityOf(id));
        if (!known.has(key)) known.set(key, id);
      }
    }
    return known;
  }
}

function keyOf(box: number, { idType, data }: Identity): string {
  return `${box} ${idType} ${toHex(data)}`;
}
