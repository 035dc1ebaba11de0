/** Policies of the peers of one group: shared where nothing differs from peer to peer. */
import type { Authentication } from '../ike/authentication.ts';
import { ENCRYPTION_QUIRKS } from '../ike/v1/encryption-quirks.ts';
import { IdentificationType } from '../ike/wire/numbers.ts';
import { concatOctets, fromHex } from '../ike/wire/octets.ts';
import type { Phase1Mode } from '../peer/fact.ts';
import type {
  Identity,
  Limits,
  PeerPolicy,
  PingPolicy,
  Selector,
  UserLookup,
  XauthFactor,
  XauthServer,
} from '../peer/policy.ts';
import { clientNetworkOf, clientOf, createUserLookup } from './login.ts';
import { parseAddress, parseNetwork, prefixMask } from './address.ts';
import { PEERS_MAXIMUM } from './limits.ts';
import type { Login, PeerGroup, Ping, Scenario } from './scenario.ts';
import { expandTemplate, isSameForAll, type TemplateValues } from './template.ts';
import { utf8Octets } from './utf8.ts';

/** What fits the smallest link that IPv6 allows, as other implementations have it. */
const FRAGMENT_OCTETS = 1280;

/** Makes policies for the peers of one group. */
export class GroupPolicy {
  readonly #group: PeerGroup;
  readonly #base: Omit<PeerPolicy, 'identity' | 'mode'>;
  readonly #isInitiator: boolean;
  readonly #isShared: boolean;
  readonly #xauth: { readonly server: XauthServer };
  /** Of the first peer of each mode that was asked for. */
  readonly #patterns = new Map<Phase1Mode, PeerPolicy>();
  /** Of networks that are the same for all peers. */
  readonly #selectors = new Map<string, Selector>();

  /** `users` are those that connect to the group; it may name others. */
  constructor(group: PeerGroup, scenario: Scenario, users: UserLookup) {
    this.#group = group;
    this.#isInitiator = scenario.connections.some(({ from }) => from === group.name);
    const callers = callersOf(group, scenario);
    this.#base = {
      ike: group.ike,
      esp: group.esp,
      protections: group.protections,
      encapsulation: group.encapsulation,
      authentication: group.authentication,
      acceptedAuthentications: group.acceptedAuthentications ?? methodsOf([group, ...callers]),
      encryption: {
        quirks: ENCRYPTION_QUIRKS[group.encryptionProfile],
        oracle: group.oracle,
        ...(group.sendCertificate && { showsCertificate: true }),
      },
      ...(group.configuration !== undefined && { configuration: group.configuration }),
      ...(group.lend !== undefined && { clientNetwork: clientNetworkOf(group.lend) }),
      acceptedModes: group.acceptedModes,
      children: group.children,
      commitBit: group.commitBit,
      ikeLifetimeS: group.ikeLifetimeS,
      espLifetimeS: group.espLifetimeS,
      ...(group.ikeLifetimeKilobytes !== undefined && { ikeLifetimeKilobytes: group.ikeLifetimeKilobytes }),
      ...(group.espLifetimeKilobytes !== undefined && { espLifetimeKilobytes: group.espLifetimeKilobytes }),
      retransmit: group.retransmit,
      responderRetransmit: group.responderRetransmit,
      ...(group.vendorIds !== undefined && { vendorIds: group.vendorIds.map(fromHex) }),
      halfOpenTimeoutNs: group.halfOpenTimeoutNs,
      initialContact: this.#isInitiator,
      natTraversal: group.natTraversal,
      natPort: group.natPort,
      alwaysMarker: group.alwaysMarker,
      ...(group.rekey !== undefined && { rekey: group.rekey }),
      ...(group.dpd !== undefined && { dpd: group.dpd }),
      natKeepaliveNs: group.natKeepaliveNs,
      fragmentOctets: FRAGMENT_OCTETS,
      limits: limitsOf(group),
      replayWindow: group.replayWindow,
      ...(this.#isInitiator && scenario.load.holdNs !== undefined && { holdNs: scenario.load.holdNs }),
      // Both ends have the same keys; one of them is enough for a key table.
      reportKeys: scenario.reportsAllKeys === true || (scenario.capture && this.#isInitiator),
    };
    this.#xauth = { server: serverOf(group, callers, users) };
    this.#isShared =
      group.identity.type !== 'address' &&
      [
        group.identity.text,
        group.localNetwork,
        group.remoteNetwork,
        group.login?.user,
        group.login?.password,
        group.ping?.to,
      ].every((template) => template === undefined || isSameForAll(template));
  }

  /** The policy of one peer; the same object for all peers of a mode when nothing else differs. */
  at(values: TemplateValues, mode: Phase1Mode): PeerPolicy {
    const pattern = this.#patterns.get(mode);
    if (pattern === undefined) {
      const first: PeerPolicy = { ...this.#base, mode, ...this.#ownPartOf(values) };
      this.#patterns.set(mode, first);
      return first;
    }
    return this.#isShared ? pattern : withOwnPart(pattern, this.#ownPartOf(values));
  }

  /** What may differ from peer to peer. */
  #ownPartOf(values: TemplateValues): OwnPart {
    const { localNetwork, remoteNetwork, login, ping } = this.#group;
    return {
      identity: identityOf(this.#group.identity, values),
      xauth: login === undefined ? this.#xauth : { ...this.#xauth, client: clientOf(login, values) },
      ...(ping !== undefined && this.#isInitiator && { ping: pingOf(ping, values) }),
      ...(localNetwork !== undefined && { localSelector: this.#selectorOf(localNetwork, values) }),
      ...(remoteNetwork !== undefined && { remoteSelector: this.#selectorOf(remoteNetwork, values) }),
    };
  }

  #selectorOf(template: string, values: TemplateValues): Selector {
    if (template.includes('{')) return selectorOf(template, values);
    let selector = this.#selectors.get(template);
    if (selector === undefined) this.#selectors.set(template, (selector = selectorOf(template, values)));
    return selector;
  }
}

/**
 * A copy of `pattern`, which has all the keys of `own`, with another own part. Copied whole and then
 * changed: a literal of two dozen spread and added keys takes ten times as long.
 */
function withOwnPart(pattern: PeerPolicy, own: OwnPart): PeerPolicy {
  const policy: Writable<PeerPolicy> = { ...pattern };
  policy.identity = own.identity;
  policy.xauth = own.xauth;
  if (own.ping !== undefined) policy.ping = own.ping;
  if (own.localSelector !== undefined) policy.localSelector = own.localSelector;
  if (own.remoteSelector !== undefined) policy.remoteSelector = own.remoteSelector;
  return policy;
}

type OwnPart = Pick<PeerPolicy, 'identity' | 'ping' | 'localSelector' | 'remoteSelector'> &
  Required<Pick<PeerPolicy, 'xauth'>>;
type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function methodsOf(groups: readonly PeerGroup[]): Authentication[] {
  return [...new Set(groups.map(({ authentication }) => authentication))];
}

/** The groups that connect to a group. */
function callersOf(group: PeerGroup, scenario: Scenario): PeerGroup[] {
  const names = scenario.connections.filter(({ to }) => to === group.name).map(({ from }) => from);
  return scenario.groups.filter(({ name }) => names.includes(name));
}

/** What users are asked for: a password, a one-time code, or both when somebody has each. */
function factorsOf(logins: readonly Login[]): XauthFactor[] {
  const factors: XauthFactor[] = [];
  if (logins.length === 0 || logins.some(({ password }) => password !== undefined)) factors.push('password');
  if (logins.some(({ totp }) => totp !== undefined)) factors.push('passcode');
  return factors;
}

/** Lets in the users that the group names, or else those of its callers. */
function serverOf({ users }: PeerGroup, callers: readonly PeerGroup[], ofCallers: UserLookup): XauthServer {
  if (users !== undefined) {
    const lookup = createUserLookup(() => users.map((user) => clientOf(user, NOBODY)));
    return { users: lookup, factors: factorsOf(users) };
  }
  const logins = callers.map(({ login }) => login).filter((login) => login !== undefined);
  return { users: ofCallers, factors: factorsOf(logins) };
}

/** The identity of one peer as it goes into its ID payload; texts in UTF-8. */
export function identityOf(identity: PeerGroup['identity'], values: TemplateValues): Identity {
  if (identity.type === 'address') {
    const data = parseAddress(values.address) as Uint8Array;
    return {
      idType: data.length === 4 ? IdentificationType.ipv4Address : IdentificationType.ipv6Address,
      data,
    };
  }
  return {
    idType: ID_TYPE[identity.type],
    data: utf8Octets(expandTemplate(identity.text, values)),
  };
}

function selectorOf(template: string, values: TemplateValues): Selector {
  return networkSelector(expandTemplate(template, values));
}

/** A network as quick mode's ID payloads name it: a single address as such, as charon does. */
export function networkSelector(text: string): Selector {
  const { octets, prefixLength } = parseNetwork(text);
  const isIpv4 = octets.length === 4;
  if (prefixLength === octets.length * 8) {
    return { idType: isIpv4 ? IdentificationType.ipv4Address : IdentificationType.ipv6Address, data: octets };
  }
  return {
    idType: isIpv4 ? IdentificationType.ipv4Subnet : IdentificationType.ipv6Subnet,
    data: concatOctets(octets, prefixMask(octets.length, prefixLength)),
  };
}

function pingOf({ to, ...ping }: Ping, values: TemplateValues): PingPolicy {
  if (to === undefined) return ping;
  return { ...ping, to: parseAddress(expandTemplate(to, values)) as Uint8Array };
}

function limitsOf(group: PeerGroup): Limits {
  return {
    halfOpen: group.halfOpenLimit,
    ...(group.halfOpenLimitPerAddress !== undefined && { halfOpenPerAddress: group.halfOpenLimitPerAddress }),
    ...(group.repeatedAnswers !== undefined && { repeatedAnswers: group.repeatedAnswers }),
    exchangesPerSa: Math.max(EXCHANGES_PER_SA_MINIMUM, group.children),
    established: PEERS_MAXIMUM,
    childrenPerSa: Math.max(CHILDREN_PER_SA_MINIMUM, group.children),
  };
}

const ID_TYPE = {
  fqdn: IdentificationType.fqdn,
  'user-fqdn': IdentificationType.userFqdn,
  'key-id': IdentificationType.keyId,
} as const;
/** Users that are written out are the same for everybody; their texts may still have placeholders. */
const NOBODY: TemplateValues = { index: 0, address: '', group: '' };
const EXCHANGES_PER_SA_MINIMUM = 32;
const CHILDREN_PER_SA_MINIMUM = 256;
