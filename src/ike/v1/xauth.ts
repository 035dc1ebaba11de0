/**
 * What XAUTH says in transaction exchanges (draft-ietf-ipsec-isakmp-xauth-06): the gateway asks for
 * a user's credentials by attributes without value, the client replies with values; the gateway
 * sets the status, the client acknowledges it. One identifier goes through both exchanges.
 */
import type { Attribute, AttributesPayload } from '../wire/message.ts';
import { ConfigurationType } from './transaction.ts';
import type { Credentials } from './user-secret.ts';

export const XauthAttribute = {
  type: 0x4088,
  userName: 0x4089,
  userPassword: 0x408a,
  passcode: 0x408b,
  message: 0x408c,
  challenge: 0x408d,
  domain: 0x408e,
  status: 0x408f,
  nextPin: 0x4090,
  answer: 0x4091,
} as const;

export const XauthType = { generic: 0x00, radiusChap: 0x01, otp: 0x02, sKey: 0x03 } as const;

const Status = { fail: 0x00, ok: 0x01 } as const;
const NO_OCTETS = new Uint8Array(0);

/** What a gateway asks for beside the user's name. */
export type XauthFactor = 'password' | 'passcode';

/** Whether a payload is of XAUTH rather than of mode-config. */
export function isXauth({ attributes }: AttributesPayload): boolean {
  return attributes.some(({ type }) => type >= XauthAttribute.type && type <= XauthAttribute.answer);
}

/** Asks for credentials; a `message` is for the user to read. The type is said where it is not the generic one. */
export function credentialsRequest(
  identifier: number,
  factors: readonly XauthFactor[],
  message?: Uint8Array,
): AttributesPayload {
  const attributes: Attribute[] = [{ type: XauthAttribute.userName, value: NO_OCTETS }];
  if (factors.includes('password')) attributes.push({ type: XauthAttribute.userPassword, value: NO_OCTETS });
  else attributes.unshift({ type: XauthAttribute.type, value: XauthType.otp });
  if (factors.includes('passcode')) attributes.push({ type: XauthAttribute.passcode, value: NO_OCTETS });
  if (message !== undefined) attributes.push({ type: XauthAttribute.message, value: message });
  return { kind: 'attributes', messageType: ConfigurationType.request, identifier, attributes };
}

/**
 * The reply of a client: what was asked for, as far as it has it. A client with one secret gives
 * that for password and passcode alike. Undefined for a type that it does not know, and when it
 * is asked for no secret that it has.
 */
export function credentialsReply(
  request: AttributesPayload,
  credentials: Credentials,
): AttributesPayload | undefined {
  const { user, password, passcode } = credentials;
  const attributes: Attribute[] = [];
  let hasSecret = false;
  for (const { type, value } of request.attributes) {
    switch (type) {
      case XauthAttribute.type:
        if (value !== XauthType.generic && value !== XauthType.otp) return undefined;
        attributes.push({ type, value });
        break;
      case XauthAttribute.userName:
        attributes.push({ type, value: user });
        break;
      case XauthAttribute.userPassword:
      case XauthAttribute.passcode: {
        const secret = type === XauthAttribute.passcode ? (passcode ?? password) : (password ?? passcode);
        if (secret === undefined) break;
        attributes.push({ type, value: secret });
        hasSecret = true;
        break;
      }
    }
  }
  return hasSecret ? reply(request, attributes) : undefined;
}

/** The reply of a client that cannot give what it is asked for. */
export function declineReply(request: AttributesPayload): AttributesPayload {
  return reply(request, [{ type: XauthAttribute.status, value: Status.fail }]);
}

function reply({ identifier }: AttributesPayload, attributes: Attribute[]): AttributesPayload {
  return { kind: 'attributes', messageType: ConfigurationType.reply, identifier, attributes };
}

/** What a client replied; undefined without a user's name. Zero octets that some clients put at the end are cut off. */
export function parseCredentials({ attributes }: AttributesPayload): Credentials | undefined {
  const valueOf = (wanted: number): Uint8Array | undefined => {
    const value = attributes.find(({ type }) => type === wanted)?.value;
    return value === undefined || typeof value === 'number' ? undefined : withoutZeroEnd(value);
  };
  const user = valueOf(XauthAttribute.userName);
  if (user === undefined) return undefined;
  const password = valueOf(XauthAttribute.userPassword);
  const passcode = valueOf(XauthAttribute.passcode);
  return { user, ...(password !== undefined && { password }), ...(passcode !== undefined && { passcode }) };
}

function withoutZeroEnd(octets: Uint8Array): Uint8Array {
  return octets.length > 0 && octets[octets.length - 1] === 0 ? octets.subarray(0, -1) : octets;
}

/** Tells the client how it went. */
export function statusSet(identifier: number, isOk: boolean): AttributesPayload {
  const value = isOk ? Status.ok : Status.fail;
  return {
    kind: 'attributes',
    messageType: ConfigurationType.set,
    identifier,
    attributes: [{ type: XauthAttribute.status, value }],
  };
}

/** Whether a SET says that the user is let in; undefined when it says nothing of it. */
export function parseStatus({ attributes }: AttributesPayload): boolean | undefined {
  const value = attributes.find(({ type }) => type === XauthAttribute.status)?.value;
  if (value === undefined) return undefined;
  return typeof value === 'number' ? value === Status.ok : value.length > 0 && value.at(-1) === Status.ok;
}

/** Acknowledges a status by repeating it. */
export function statusAck({ identifier, attributes }: AttributesPayload): AttributesPayload {
  return {
    kind: 'attributes',
    messageType: ConfigurationType.ack,
    identifier,
    attributes: attributes.filter(({ type }) => type === XauthAttribute.status),
  };
}
