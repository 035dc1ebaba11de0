/** Quick mode with an address from mode-config: the client's side of its child SAs is that address alone. */
import type { Phase2Setting } from '../ike/v1/quick-mode.ts';
import type { Selector } from '../ike/selector.ts';
import { IdentificationType } from '../ike/wire/numbers.ts';

function addressSelector(address: Uint8Array): Selector {
  const isIpv4 = address.length === 4;
  return {
    idType: isIpv4 ? IdentificationType.ipv4Address : IdentificationType.ipv6Address,
    data: address,
  };
}

/** All addresses of the family of one. */
function everywhere(address: Uint8Array): Selector {
  const isIpv4 = address.length === 4;
  return {
    idType: isIpv4 ? IdentificationType.ipv4Subnet : IdentificationType.ipv6Subnet,
    data: new Uint8Array(2 * address.length),
  };
}

/** Of the client that was given an address. It asks for everything where its policy names no network. */
export function clientTunnelSetting(setting: Phase2Setting, address: Uint8Array): Phase2Setting {
  const { remoteSelector = everywhere(address) } = setting.policy;
  return withSelectors(setting, { localSelector: addressSelector(address), remoteSelector });
}

/** Of the gateway that gave it: the client may use no other one. */
export function gatewayTunnelSetting(setting: Phase2Setting, address: Uint8Array): Phase2Setting {
  const { localSelector } = setting.policy;
  return withSelectors(setting, {
    ...(localSelector !== undefined && { localSelector }),
    remoteSelector: addressSelector(address),
  });
}

function withSelectors(
  setting: Phase2Setting,
  selectors: { readonly localSelector?: Selector; readonly remoteSelector: Selector },
): Phase2Setting {
  const { esp, protections, encapsulation, espLifetimeS, espLifetimeKilobytes } = setting.policy;
  const lifetime = { espLifetimeS, ...(espLifetimeKilobytes !== undefined && { espLifetimeKilobytes }) };
  const offered = protections === undefined ? {} : { protections };
  return { ...setting, policy: { esp, ...offered, encapsulation, ...lifetime, ...selectors } };
}
