/**
 * What mode-config says (draft-dukes-ike-mode-cfg-02): a client asks for an address and more by
 * attributes without value, the gateway replies with values (pull); or the gateway sets values and
 * the client acknowledges them by attributes without value (push).
 */
import type { Attribute, AttributesPayload } from '../wire/message.ts';
import { uint32Octets } from '../wire/octets.ts';
import { ConfigurationType } from './transaction.ts';

/** draft-dukes-ike-mode-cfg-02 §3.4; from 0x7000 on Cisco's Unity attributes. */
export const ConfigurationAttribute = {
  internalIp4Address: 0x01,
  internalIp4Netmask: 0x02,
  internalIp4Dns: 0x03,
  internalIp4Nbns: 0x04,
  internalAddressExpiry: 0x05,
  internalIp4Dhcp: 0x06,
  applicationVersion: 0x07,
  internalIp6Address: 0x08,
  internalIp6Netmask: 0x09,
  internalIp6Dns: 0x0a,
  internalIp6Nbns: 0x0b,
  internalIp6Dhcp: 0x0c,
  internalIp4Subnet: 0x0d,
  supportedAttributes: 0x0e,
  internalIp6Subnet: 0x0f,
  unityBanner: 0x7000,
  unitySavePassword: 0x7001,
  unityDefaultDomain: 0x7002,
  unitySplitDns: 0x7003,
  unitySplitInclude: 0x7004,
  unityNatPort: 0x7005,
  unityLocalLan: 0x7006,
  unityPfs: 0x7007,
  unityFirewall: 0x7008,
  unityBackupServers: 0x7009,
  unityDdnsHostname: 0x700a,
} as const;

export type AddressFamily = 'ipv4' | 'ipv6';

/** What a gateway tells a client beside its address. */
export interface ClientNetwork {
  /** 4 octets. */
  readonly netmask?: Uint8Array;
  /** Each 4 or 16 octets. */
  readonly dnsServers?: readonly Uint8Array[];
  /** IPv4 networks behind the gateway, address and mask in 8 octets each; Unity's split-include. */
  readonly splitNetworks?: readonly Uint8Array[];
  readonly banner?: Uint8Array;
  readonly addressExpiryS?: number;
}

/** What a client was given. */
export interface ClientConfiguration extends ClientNetwork {
  /** 4 or 16 octets; absent where the gateway had none. */
  readonly address?: Uint8Array;
}

const NO_OCTETS = new Uint8Array(0);
const IPV4_LENGTH = 4;
const IPV6_LENGTH = 16;
const SUBNET_LENGTH = 8;
/** Address and mask, then protocol, source and destination port, each in two octets. */
const SPLIT_NETWORK_LENGTH = 14;

export function familyOf(address: Uint8Array): AddressFamily {
  return address.length === IPV4_LENGTH ? 'ipv4' : 'ipv6';
}

/** Asks for an address, by name when the client had one before, and for what belongs to it. */
export function configurationRequest(
  identifier: number,
  family: AddressFamily,
  wanted: Uint8Array = NO_OCTETS,
): AttributesPayload {
  const types =
    family === 'ipv4'
      ? [
          ConfigurationAttribute.internalIp4Netmask,
          ConfigurationAttribute.internalIp4Dns,
          ConfigurationAttribute.unitySplitInclude,
        ]
      : [ConfigurationAttribute.internalIp6Dns];
  const attributes = types.map((type): Attribute => ({ type, value: NO_OCTETS }));
  attributes.unshift({ type: addressType(family), value: wanted });
  return { kind: 'attributes', messageType: ConfigurationType.request, identifier, attributes };
}

function addressType(family: AddressFamily): number {
  return family === 'ipv4'
    ? ConfigurationAttribute.internalIp4Address
    : ConfigurationAttribute.internalIp6Address;
}

export interface WantedAddress {
  readonly family: AddressFamily;
  /** Absent: any. */
  readonly address?: Uint8Array;
}

/** The first address that a request asks for; undefined when it asks for none. An odd length counts as any address. */
export function wantedAddress(request: AttributesPayload): WantedAddress | undefined {
  for (const { type, value } of request.attributes) {
    const family = familyOfType(type);
    if (family === undefined) continue;
    const length = family === 'ipv4' ? IPV4_LENGTH : IPV6_LENGTH;
    const isGiven =
      typeof value !== 'number' && value.length === length && value.some((octet) => octet !== 0);
    return isGiven ? { family, address: value } : { family };
  }
  return undefined;
}

function familyOfType(type: number): AddressFamily | undefined {
  if (type === ConfigurationAttribute.internalIp4Address) return 'ipv4';
  return type === ConfigurationAttribute.internalIp6Address ? 'ipv6' : undefined;
}

/** The reply to a request: what was asked for, as far as there is something to say; the rest is left out. */
export function configurationReply(
  request: AttributesPayload,
  given: ClientConfiguration,
): AttributesPayload {
  const asked = new Set(request.attributes.map(({ type }) => type));
  const attributes = attributesOf(given).filter(({ type }) => asked.has(type));
  return {
    kind: 'attributes',
    messageType: ConfigurationType.reply,
    identifier: request.identifier,
    attributes,
  };
}

/** Everything there is to say, unasked. Without an address, an address attribute without value says that there is none. */
export function configurationSet(identifier: number, given: ClientConfiguration): AttributesPayload {
  const attributes = attributesOf(given);
  if (given.address === undefined) attributes.unshift({ type: addressType('ipv4'), value: NO_OCTETS });
  return { kind: 'attributes', messageType: ConfigurationType.set, identifier, attributes };
}

/** The acknowledgement of a SET: the attributes that were taken, without values. */
export function configurationAck(set: AttributesPayload): AttributesPayload {
  const types = new Set(set.attributes.map(({ type }) => type));
  const attributes = Array.from(types, (type): Attribute => ({ type, value: NO_OCTETS }));
  return {
    kind: 'attributes',
    messageType: ConfigurationType.ack,
    identifier: set.identifier,
    attributes,
  };
}

function attributesOf(given: ClientConfiguration): Attribute[] {
  const attributes: Attribute[] = [];
  const { address } = given;
  const add = (type: number, value: Uint8Array | undefined) => {
    if (value !== undefined) attributes.push({ type, value });
  };
  if (address !== undefined) {
    add(addressType(familyOf(address)), address);
    if (familyOf(address) === 'ipv4') add(ConfigurationAttribute.internalIp4Netmask, given.netmask);
    if (given.addressExpiryS !== undefined)
      add(ConfigurationAttribute.internalAddressExpiry, uint32Octets(given.addressExpiryS));
  }
  for (const server of given.dnsServers ?? []) {
    const isIpv4 = familyOf(server) === 'ipv4';
    add(isIpv4 ? ConfigurationAttribute.internalIp4Dns : ConfigurationAttribute.internalIp6Dns, server);
  }
  add(ConfigurationAttribute.unityBanner, given.banner);
  for (const network of given.splitNetworks ?? []) {
    const value = new Uint8Array(SPLIT_NETWORK_LENGTH);
    value.set(network);
    add(ConfigurationAttribute.unitySplitInclude, value);
  }
  return attributes;
}

/**
 * What a REPLY or SET gives; attributes that are not known or of a wrong length are passed over.
 * The octets are copies.
 */
export function parseConfiguration({ attributes }: AttributesPayload): ClientConfiguration {
  let address: Uint8Array | undefined;
  let netmask: Uint8Array | undefined;
  let banner: Uint8Array | undefined;
  const dnsServers: Uint8Array[] = [];
  const splitNetworks: Uint8Array[] = [];
  for (const { type, value } of attributes) {
    if (typeof value === 'number' || value.length === 0) continue;
    switch (type) {
      case ConfigurationAttribute.internalIp4Address:
        if (value.length === IPV4_LENGTH) address ??= value.slice();
        break;
      case ConfigurationAttribute.internalIp6Address:
        // Some write the prefix length after it, as IKEv2 does.
        if (value.length >= IPV6_LENGTH) address ??= value.slice(0, IPV6_LENGTH);
        break;
      case ConfigurationAttribute.internalIp4Netmask:
        if (value.length === IPV4_LENGTH) netmask = value.slice();
        break;
      case ConfigurationAttribute.internalIp4Dns:
      case ConfigurationAttribute.internalIp6Dns:
        dnsServers.push(value.slice());
        break;
      case ConfigurationAttribute.unityBanner:
        banner = value.slice();
        break;
      case ConfigurationAttribute.unitySplitInclude:
        splitNetworks.push(...splitNetworksOf(value));
        break;
    }
  }
  return {
    ...(address !== undefined && { address }),
    ...(netmask !== undefined && { netmask }),
    ...(banner !== undefined && { banner }),
    dnsServers,
    splitNetworks,
  };
}

function splitNetworksOf(value: Uint8Array): Uint8Array[] {
  const networks: Uint8Array[] = [];
  for (let at = 0; at + SPLIT_NETWORK_LENGTH <= value.length; at += SPLIT_NETWORK_LENGTH) {
    networks.push(value.slice(at, at + SUBNET_LENGTH));
  }
  return networks;
}
