import { describe, expect, it } from 'vitest';
import {
  ConfigurationAttribute,
  configurationAck,
  configurationReply,
  configurationRequest,
  configurationSet,
  parseConfiguration,
  wantedAddress,
} from '../../../src/ike/v1/mode-config.ts';
import type { Attribute, AttributesPayload } from '../../../src/ike/wire/message.ts';
import { asciiOctets, fromHex } from '../../../src/ike/wire/octets.ts';

const NOTHING = new Uint8Array(0);
const address = Uint8Array.of(10, 99, 0, 1);
const dns = Uint8Array.of(10, 78, 0, 53);
const dns6 = new Uint8Array(16).fill(7);
const network = Uint8Array.of(10, 78, 0, 0, 255, 255, 255, 0);
const given = {
  address,
  netmask: Uint8Array.of(255, 255, 0, 0),
  dnsServers: [dns, dns6],
  splitNetworks: [network],
};

const payload = (...attributes: Attribute[]): AttributesPayload => ({
  kind: 'attributes',
  messageType: 1,
  identifier: 9,
  attributes,
});
const typesOf = ({ attributes }: AttributesPayload) => attributes.map(({ type }) => type);

describe('a mode-config request', () => {
  it('asks for an address first, and says which when there was one before', () => {
    expect(configurationRequest(9, 'ipv4').attributes[0]).toEqual({ type: 1, value: NOTHING });
    expect(wantedAddress(configurationRequest(9, 'ipv4'))).toEqual({ family: 'ipv4' });
    expect(wantedAddress(configurationRequest(9, 'ipv6'))).toEqual({ family: 'ipv6' });
    expect(wantedAddress(configurationRequest(9, 'ipv4', address))).toEqual({ family: 'ipv4', address });
  });

  it('wants any address when it gives 0.0.0.0 or something of an odd length', () => {
    for (const value of [new Uint8Array(4), fromHex('0a0b'), 5]) {
      expect(wantedAddress(payload({ type: 1, value }))).toEqual({ family: 'ipv4' });
    }
    expect(
      wantedAddress(payload({ type: ConfigurationAttribute.internalIp4Dns, value: NOTHING })),
    ).toBeUndefined();
  });
});

describe('a mode-config reply', () => {
  it('has what was asked for and nothing else, under the same identifier', () => {
    const reply = configurationReply(configurationRequest(9, 'ipv4'), given);
    expect(reply).toMatchObject({ messageType: 2, identifier: 9 });
    expect(parseConfiguration(reply)).toEqual({ ...given, dnsServers: [dns] });
    expect(typesOf(configurationReply(payload({ type: 1, value: NOTHING }), given))).toEqual([1]);
  });

  it('leaves out what is unknown, as vpnc and Android phones ask for much', () => {
    const unity = [0x7000, 0x7001, 0x7002, 0x7003, 0x7004, 0x7005, 0x7006, 0x7007, 0x7fff, 7, 12];
    const asked = payload(...unity.map((type) => ({ type, value: NOTHING })));
    expect(configurationReply(asked, given).attributes).toEqual([
      { type: 0x7004, value: fromHex('0a4e0000 ffffff00 0000 0000 0000') },
    ]);
  });

  it('without an address has none, and no netmask either', () => {
    const { address: _address, ...others } = given;
    const reply = configurationReply(configurationRequest(9, 'ipv4'), others);
    expect(parseConfiguration(reply).address).toBeUndefined();
    expect(typesOf(reply)).toEqual([
      ConfigurationAttribute.internalIp4Dns,
      ConfigurationAttribute.unitySplitInclude,
    ]);
  });

  it('of IPv6 has the name servers of that family', () => {
    const reply = configurationReply(configurationRequest(9, 'ipv6'), { ...given, address: dns6 });
    expect(parseConfiguration(reply)).toEqual({ address: dns6, dnsServers: [dns6], splitNetworks: [] });
  });
});

describe('a mode-config set', () => {
  it('has everything, and is acknowledged by the types of what it has', () => {
    const set = configurationSet(9, { ...given, banner: asciiOctets('hello'), addressExpiryS: 3600 });
    expect(parseConfiguration(set)).toEqual({ ...given, banner: asciiOctets('hello') });
    const ack = configurationAck(set);
    expect(ack).toMatchObject({ messageType: 4, identifier: 9 });
    expect(new Set(typesOf(ack))).toEqual(new Set(typesOf(set)));
    for (const { value } of ack.attributes) expect(value).toEqual(NOTHING);
  });

  it('says plainly that there is no address', () => {
    expect(configurationSet(9, {}).attributes).toEqual([{ type: 1, value: NOTHING }]);
    expect(parseConfiguration(configurationSet(9, {})).address).toBeUndefined();
  });
});

it('attributes of wrong form or length are passed over', () => {
  const odd = payload(
    { type: 1, value: 3 },
    { type: 1, value: fromHex('0a0b0c') },
    { type: 2, value: fromHex('ff') },
    { type: 8, value: fromHex('20010db8') },
    { type: 0x7004, value: fromHex('0a000000ff') },
  );
  expect(parseConfiguration(odd)).toEqual({ dnsServers: [], splitNetworks: [] });
  const prefixed = payload({ type: 8, value: new Uint8Array(17).fill(1) });
  expect(parseConfiguration(prefixed).address).toEqual(new Uint8Array(16).fill(1));
});
