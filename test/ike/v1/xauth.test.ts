import { describe, expect, it } from 'vitest';
import {
  credentialsReply,
  credentialsRequest,
  declineReply,
  isXauth,
  parseCredentials,
  parseStatus,
  statusAck,
  statusSet,
  XauthAttribute,
  XauthType,
} from '../../../src/ike/v1/xauth.ts';
import { configurationRequest } from '../../../src/ike/v1/mode-config.ts';
import type { Attribute, AttributesPayload } from '../../../src/ike/wire/message.ts';
import { asciiOctets } from '../../../src/ike/wire/octets.ts';

const user = asciiOctets('alice');
const password = asciiOctets('wonderland');
const passcode = asciiOctets('755224');
const NOTHING = new Uint8Array(0);

const request = (...attributes: Attribute[]): AttributesPayload => ({
  kind: 'attributes',
  messageType: 1,
  identifier: 77,
  attributes,
});
const typesOf = ({ attributes }: AttributesPayload) => attributes.map(({ type }) => type);

describe('XAUTH credentials', () => {
  it.each([
    [['password'], [XauthAttribute.userName, XauthAttribute.userPassword]],
    [['passcode'], [XauthAttribute.type, XauthAttribute.userName, XauthAttribute.passcode]],
    [
      ['password', 'passcode'],
      [XauthAttribute.userName, XauthAttribute.userPassword, XauthAttribute.passcode],
    ],
  ] as const)('are asked for as %j', (factors, types) => {
    expect(typesOf(credentialsRequest(1, factors))).toEqual(types);
    expect(typesOf(credentialsRequest(1, factors, asciiOctets('hello')))).toEqual([
      ...types,
      XauthAttribute.message,
    ]);
  });

  it('come back under the identifier of the request, as they were asked for', () => {
    const reply = credentialsReply(credentialsRequest(77, ['password']), { user, password });
    expect(reply).toMatchObject({ messageType: 2, identifier: 77 });
    expect(reply && parseCredentials(reply)).toEqual({ user, password });
    const both = credentialsReply(credentialsRequest(1, ['password', 'passcode']), {
      user,
      password,
      passcode,
    });
    expect(both && parseCredentials(both)).toEqual({ user, password, passcode });
  });

  it('answer neither message nor domain nor what is unknown', () => {
    const reply = credentialsReply(
      request(
        { type: XauthAttribute.type, value: XauthType.generic },
        { type: XauthAttribute.message, value: asciiOctets('Enter your password') },
        { type: XauthAttribute.domain, value: NOTHING },
        { type: 0x4fff, value: 1 },
        { type: XauthAttribute.userName, value: NOTHING },
        { type: XauthAttribute.userPassword, value: NOTHING },
      ),
      { user, password },
    );
    expect(reply && typesOf(reply)).toEqual([
      XauthAttribute.type,
      XauthAttribute.userName,
      XauthAttribute.userPassword,
    ]);
  });

  it.each([XauthType.radiusChap, XauthType.sKey, 9, NOTHING])('cannot be given for type %s', (value) => {
    const asked = request(
      { type: XauthAttribute.type, value },
      { type: XauthAttribute.userPassword, value: NOTHING },
    );
    expect(credentialsReply(asked, { user, password })).toBeUndefined();
    expect(parseStatus(declineReply(asked))).toBe(false);
    expect(declineReply(asked).identifier).toBe(77);
  });

  it('lose the zero octet that some clients put at the end', () => {
    const zeroEnded = request(
      { type: XauthAttribute.userName, value: asciiOctets('mpa') },
      { type: XauthAttribute.userPassword, value: asciiOctets('mpa\0') },
    );
    expect(parseCredentials(zeroEnded)).toEqual({ user: asciiOctets('mpa'), password: asciiOctets('mpa') });
  });

  it('are none without a name, or with a number for one', () => {
    expect(parseCredentials(request({ type: XauthAttribute.userPassword, value: password }))).toBeUndefined();
    expect(parseCredentials(request({ type: XauthAttribute.userName, value: 7 }))).toBeUndefined();
  });
});

describe('XAUTH status', () => {
  it.each([true, false])('%s is told and acknowledged', (isOk) => {
    const set = statusSet(5, isOk);
    expect([set.messageType, parseStatus(set)]).toEqual([3, isOk]);
    expect(statusAck(set)).toMatchObject({ messageType: 4, identifier: 5, attributes: set.attributes });
  });

  it('is read in the variable form too, and is none without the attribute', () => {
    expect(parseStatus(request({ type: XauthAttribute.status, value: Uint8Array.of(0, 1) }))).toBe(true);
    expect(parseStatus(request({ type: XauthAttribute.status, value: NOTHING }))).toBe(false);
    expect(parseStatus(request({ type: XauthAttribute.userName, value: user }))).toBeUndefined();
  });
});

it('XAUTH is told from mode-config', () => {
  expect(isXauth(credentialsRequest(1, ['password']))).toBe(true);
  expect(isXauth(statusSet(1, true))).toBe(true);
  expect(isXauth(configurationRequest(1, 'ipv4'))).toBe(false);
  expect(isXauth(request())).toBe(false);
});
