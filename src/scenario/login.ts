/** Users of XAUTH and networks of mode-config, from what a scenario says to what a peer's policy holds. */
import { fromHex, toHex } from '../ike/wire/octets.ts';
import type {
  AddressRange,
  ClientNetworkPolicy,
  UserLookup,
  UserSecret,
  XauthClient,
} from '../peer/policy.ts';
import { parseAddress } from './address.ts';
import type { LentNetwork, Login } from './scenario.ts';
import { expandTemplate, type TemplateValues } from './template.ts';

const ENCODER = new TextEncoder();

/** The user of one peer. */
export function clientOf(login: Login, values: TemplateValues): XauthClient {
  return { user: ENCODER.encode(expandTemplate(login.user, values)), secret: secretOf(login, values) };
}

function secretOf({ password, totp }: Login, values: TemplateValues): UserSecret {
  return {
    ...(password !== undefined && { password: ENCODER.encode(expandTemplate(password, values)) }),
    ...(totp !== undefined && { totp: { ...totp, key: fromHex(totp.secret) } }),
  };
}

/** Looks users up in a table that is made at the first question: a million of them cost nothing until then. */
export function createUserLookup(clients: () => Iterable<XauthClient>): UserLookup {
  let table: Map<string, UserSecret> | undefined;
  return (user) => {
    if (table === undefined) {
      table = new Map();
      for (const client of clients()) table.set(toHex(client.user), client.secret);
    }
    return table.get(toHex(user));
  };
}

/** What a gateway lends, as its policy wants it. */
export function clientNetworkOf({ addresses, dns }: LentNetwork): ClientNetworkPolicy {
  const first = parseAddress(addresses.first);
  if (first === undefined) throw new TypeError(`${addresses.text} was not checked`);
  const range: AddressRange = { first, count: addresses.size };
  const dnsServers = (dns ?? []).map(parseAddress).filter((octets) => octets !== undefined);
  return { addresses: [range], ...(dnsServers.length > 0 && { dnsServers }) };
}
