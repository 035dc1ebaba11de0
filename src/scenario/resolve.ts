/** From settings as written (checked, with defaults) to the scenario that a run is planned from. */
import type {
  PeerGroup,
  Scenario,
  Load,
  Executor,
  GroupComputer,
  Authority,
  GroupCertificate,
  GroupRevocation,
  LentNetwork,
  Login,
  Ping,
  StaticKeys,
} from './scenario.ts';
import { resolveMisdeed } from './resolve-misbehave.ts';
import { resolveFault } from './resolve-fault.ts';
import { latencyOf, resolveNetwork } from './resolve-network.ts';
import { serverSchema } from './schema-login.ts';
import { resolveRetry } from './resolve-retry.ts';
import { cpuSchema } from './schema-cpu.ts';
import type { GroupSettings, LoadSettings, ScenarioSettings } from './schema.ts';

import { usualKey } from '../ike/authentication.ts';
import { explicitSchedule } from '../ike/retransmit.ts';
import type { EspKeys } from '../ike/v1/child-sa.ts';
import { fromHex, uint32Octets } from '../ike/wire/octets.ts';
import type { RekeyPolicy, ResponderRetransmit, RetransmitSchedule } from '../peer/policy.ts';
import { NS_PER_S } from '../peer/timer.ts';

type ListSettings = ScenarioSettings['authorities'][string]['revocation-list'];

/** The scenario that the settings describe. The caller has checked them as a whole. */
export function resolveScenario(settings: ScenarioSettings): Scenario {
  return {
    name: settings.name,
    ...(settings.description !== undefined && { description: settings.description }),
    runtime: settings.runtime,
    clock: settings.clock,
    epochMs: settings.epoch ?? DEFAULT_EPOCH_MS,
    ...(settings.seed !== undefined && { seed: settings.seed }),
    ...(settings.workers !== undefined && { workers: settings.workers }),
    crypto: settings.crypto,
    groups: Object.entries(settings.peers).map(([name, group]) => resolveGroup(name, group)),
    authorities: Object.entries(settings.authorities).map(([name, authority]) => ({
      name,
      key: authority.key,
      intermediates: authority.intermediates,
      ...(authority['shared-keys'] !== undefined && { sharedKeys: authority['shared-keys'] }),
      ...(authority.expires !== undefined && { expiresNs: authority.expires }),
      lists: listTimesOf(authority['revocation-list']),
    })),
    segments: settings.segments,
    connections: settings.connections,
    ...(settings.network !== undefined && { network: resolveNetwork(settings.network, settings.faults) }),
    load: resolveLoad(settings.load, initiatorCountOf(settings)),
    faults: settings.faults.map(resolveFault),
    thresholds: settings.thresholds,
    capture: settings.capture,
  };
}

/** Who a peer says it is: of the short form, a text with an @ in it is a user-fqdn, any other an fqdn. */
export function resolveIdentity(identity: GroupSettings['identity']): PeerGroup['identity'] {
  if (identity === undefined || identity === 'address') return { type: 'address', text: '' };
  if (typeof identity !== 'string') return { type: identity.type, text: identity.text ?? '' };
  return { type: identity.includes('@') ? 'user-fqdn' : 'fqdn', text: identity };
}

/** When the measure window of the settings ends, and for ramps the default of its length. */
export function measureNsOf(load: LoadSettings): number {
  if (load.executor !== 'ramping-arrival-rate') return load.measure;
  return load.measure ?? Math.max(0, stagesNs(load) - load['warm-up']);
}

/** When the measure window ends, from the beginning of the run. */
export function windowEndNsOf(load: LoadSettings): number {
  return load['warm-up'] + measureNsOf(load);
}

/** When the run ends at the latest. */
export function runEndNsOf(load: LoadSettings): number {
  return windowEndNsOf(load) + load.drain;
}

/** Length of all stages of a ramp. */
export function stagesNs(load: Extract<LoadSettings, { executor: 'ramping-arrival-rate' }>): number {
  return load.stages.reduce((sum, stage) => sum + stage.duration, 0);
}

/** How many initiators there are. */
export function initiatorCountOf(settings: ScenarioSettings): number {
  const names = new Set(settings.connections.map((connection) => connection.from));
  let initiators = 0;
  for (const [name, group] of Object.entries(settings.peers)) if (names.has(name)) initiators += group.count;
  return initiators;
}

function resolveGroup(name: string, group: GroupSettings): PeerGroup {
  const { pfs, mode } = group;
  const weights = typeof mode === 'string' ? { main: 0, aggressive: 0, [mode]: 1 } : mode;
  const sum = weights.main + weights.aggressive;
  const retransmit = resolveSchedule(group.retransmit);
  const retry = resolveRetry(group.retry);
  return {
    name,
    role: group.role,
    ...(group.profile !== undefined && { profile: group.profile }),
    count: group.count,
    addresses: group.addresses,
    port: group.port,
    natPort: group['nat-port'],
    identity: resolveIdentity(group.identity),
    ...(group.psk !== undefined && { psk: group.psk }),
    ...(group.segment !== undefined && { segment: group.segment }),
    authentication: group.authentication,
    ...(group['accept-authentication'] !== undefined && {
      acceptedAuthentications: group['accept-authentication'],
    }),
    ...(group.certificate !== undefined && { certificate: resolveCertificate(group) }),
    encryptionProfile: group['encryption-profile'],
    oracle: group.oracle,
    sendCertificate: group['send-certificate'],
    ...(group.login !== undefined && { login: resolveLogin(group.login) }),
    ...(group.users !== undefined && { users: group.users.map(resolveLogin) }),
    ...(group.revocation !== undefined && { revocation: resolveRevocation(group.revocation) }),
    ...(group['login-server'] !== undefined && {
      loginServer: {
        group: group['login-server'].peers,
        timeoutNs: group['login-server'].timeout,
        tries: group['login-server'].tries,
      },
    }),
    ...(group.role === 'server' && { server: resolveServer(group.server) }),
    ...(group.configuration !== undefined && { configuration: group.configuration }),
    ...(group.lend !== undefined && { lend: resolveLend(group.lend) }),
    mode: { main: weights.main / sum, aggressive: weights.aggressive / sum },
    acceptedModes: group['accept-modes'],
    ike: group.ike,
    esp: typeof pfs === 'number' ? group.esp.map((esp) => ({ group: pfs, ...esp })) : group.esp,
    protections: group.protection,
    encapsulation: group.encapsulation,
    children: group.children,
    ...(group['local-network'] !== undefined && { localNetwork: group['local-network'] }),
    ...(group['remote-network'] !== undefined && { remoteNetwork: group['remote-network'] }),
    commitBit: group['commit-bit'],
    ikeLifetimeS: group['ike-lifetime'] / NS_PER_S,
    espLifetimeS: group['esp-lifetime'] / NS_PER_S,
    replayWindow: group['replay-window'],
    ...(group['static-keys'] !== undefined && { staticKeys: resolveStaticKeys(group['static-keys']) }),
    ...(group.ping !== undefined && { ping: resolvePing(group.ping) }),
    ...(group['ike-lifetime-kilobytes'] !== undefined && {
      ikeLifetimeKilobytes: group['ike-lifetime-kilobytes'],
    }),
    ...(group['esp-lifetime-kilobytes'] !== undefined && {
      espLifetimeKilobytes: group['esp-lifetime-kilobytes'],
    }),
    ...(group.rekey !== 'none' && { rekey: resolveRekey(group.rekey) }),
    ...(group.dpd !== 'none' && {
      dpd: { delayNs: group.dpd.delay, retryNs: group.dpd.retry, timeoutNs: group.dpd.timeout },
    }),
    natKeepaliveNs: group['nat-keepalive'],
    retransmit,
    ...(retry !== undefined && { retry }),
    ...(group.misbehave.length > 0 && { misbehaviour: group.misbehave.map(resolveMisdeed) }),
    responderRetransmit: resolveResponderRetransmit(group['responder-retransmit'], retransmit),
    ...(group['repeated-answers'] !== undefined && { repeatedAnswers: group['repeated-answers'] }),
    halfOpenTimeoutNs: group['half-open-timeout'],
    halfOpenLimit: group['half-open-limit'],
    ...(group['half-open-limit-per-address'] !== undefined && {
      halfOpenLimitPerAddress: group['half-open-limit-per-address'],
    }),
    ...(group['vendor-ids'] !== undefined && { vendorIds: group['vendor-ids'] }),
    natTraversal: group['nat-traversal'],
    alwaysMarker: group['always-marker'],
    ...(group.cpu !== undefined && { cpu: resolveCpu(group.cpu) }),
  };
}

function resolveStaticKeys(keys: NonNullable<GroupSettings['static-keys']>): StaticKeys {
  const { secret = '', out, back, 'change-every': changeEveryNs, skew } = keys;
  if (out !== undefined && back !== undefined) {
    return { type: 'given', out: espKeysOf(out), back: espKeysOf(back) };
  }
  return {
    type: 'derived',
    secret,
    ...(changeEveryNs !== undefined && { changeEveryNs }),
    skewNs: skew,
  };
}

type GivenSa = NonNullable<NonNullable<GroupSettings['static-keys']>['out']>;

function espKeysOf({ spi, 'encryption-key': encryption = '', 'integrity-key': integrity }: GivenSa): EspKeys {
  return { spi: uint32Octets(spi), encryptionKey: fromHex(encryption), integrityKey: fromHex(integrity) };
}

function resolvePing({ count, interval, timeout, size, to }: NonNullable<GroupSettings['ping']>): Ping {
  return {
    count,
    intervalNs: interval,
    timeoutNs: timeout,
    dataOctets: size,
    ...(to !== undefined && { to }),
  };
}

function resolveRekey(rekey: Exclude<GroupSettings['rekey'], 'none'>): RekeyPolicy {
  const { margin: marginNs, fuzz, 'margin-kilobytes': marginKilobytes } = rekey;
  return { marginNs, fuzz, ...(marginKilobytes !== undefined && { marginKilobytes }) };
}

/** A computer of which nothing but its cores is said: every other key of `cpu` has its default. */
export function usualComputer(cores: number): GroupComputer {
  return resolveCpu(cpuSchema.unwrap().parse({ cores }));
}

function resolveCpu(cpu: NonNullable<GroupSettings['cpu']>): GroupComputer {
  const { cores, threads, card, speed, sharing, priorities } = cpu;
  return {
    ...{ cores, threads, card, speed, sharing, priorities },
    isShared: cpu.shared,
    sliceNs: cpu.slice,
    ownThreads: cpu['own-threads'],
    reservedThreads: cpu['reserved-threads'],
    blockingNs: cpu.blocking,
    receiveQueue: cpu['receive-queue'],
    ...(cpu['job-load-limit'] !== undefined && { jobLoadLimit: cpu['job-load-limit'] }),
    lockSegments: cpu['lock-segments'],
    wakeNs: cpu.wake,
    ...(cpu.garbage !== undefined && { garbage: { everyNs: cpu.garbage.every, pauseNs: cpu.garbage.pause } }),
  };
}

/** The group has a certificate. */
function resolveCertificate({ certificate, authentication }: GroupSettings): GroupCertificate {
  if (certificate === undefined) throw new TypeError('there is no certificate');
  if ('authority' in certificate) {
    const { authority, key, keys, expires, revoked } = certificate;
    return {
      ...{ type: 'issued', authority, key: key ?? usualKey(authentication) ?? 'rsa-2048', keys },
      ...(expires !== undefined && { expiresNs: expires }),
      ...(revoked !== undefined && { revoked }),
    };
  }
  const { chain, trust, revocations, 'private-key': privateKey } = certificate;
  return {
    type: 'files',
    ...(chain !== undefined && privateKey !== undefined && { own: { chain, privateKey } }),
    trust,
    ...(revocations !== undefined && { revocations }),
  };
}

function listTimesOf({ every, valid }: ListSettings): Authority['lists'] {
  return { everyNs: every, validNs: valid ?? every };
}

function resolveRevocation({
  policy,
  server,
  timeout,
  tries,
  cache,
}: NonNullable<GroupSettings['revocation']>): GroupRevocation {
  return {
    isStrict: policy === 'strict',
    ...(server !== undefined && { server: { group: server, timeoutNs: timeout, tries } }),
    ...(cache !== undefined && { cacheNs: cache }),
  };
}

function resolveLogin({ user, password, totp }: NonNullable<GroupSettings['login']>): Login {
  return {
    user,
    ...(password !== undefined && { password }),
    ...(totp !== undefined && {
      totp: {
        secret: totp.secret,
        hash: totp.hash,
        digits: totp.digits,
        periodS: totp.period / NS_PER_S,
        skewPeriods: totp.skew,
      },
    }),
  };
}

/** A server that is not described is as the schema has it. */
function resolveServer(server: GroupSettings['server']): NonNullable<PeerGroup['server']> {
  const { service, capacity, queue } = server ?? serverSchema.parse({})!;
  return { service: latencyOf(service), capacity, queueLimit: queue };
}

function resolveLend({ addresses, dns }: NonNullable<GroupSettings['lend']>): LentNetwork {
  return { addresses, ...(dns !== undefined && { dns }) };
}

function resolveSchedule(schedule: GroupSettings['retransmit']): RetransmitSchedule {
  if (Array.isArray(schedule)) return explicitSchedule(schedule);
  const { first, factor, max, tries } = schedule;
  return { firstNs: first, factor, maximumNs: max, tries };
}

function resolveResponderRetransmit(
  setting: GroupSettings['responder-retransmit'],
  retransmit: RetransmitSchedule,
): ResponderRetransmit {
  if (setting === 'none') return { messages: [], schedule: retransmit };
  const schedule = setting.schedule === undefined ? retransmit : resolveSchedule(setting.schedule);
  return { messages: setting.messages, schedule, toUnproven: setting['to-unproven'] };
}

function resolveLoad(load: LoadSettings, initiators: number): Load {
  return {
    executor: resolveExecutor(load, initiators),
    warmUpNs: load['warm-up'],
    measureNs: measureNsOf(load),
    drainNs: load.drain,
    ...(load.hold !== undefined && { holdNs: load.hold }),
    sendLagLimitNs: load['send-lag-limit'],
  };
}

function resolveExecutor(load: LoadSettings, initiators: number): Executor {
  switch (load.executor) {
    case 'storm':
      return { type: 'storm', spreadNs: load.spread };
    case 'constant-arrival-rate':
      return { type: 'constant-arrival-rate', rateHz: load.rate };
    case 'ramping-arrival-rate':
      return {
        type: 'ramping-arrival-rate',
        startHz: load['start-rate'],
        stages: load.stages.map((stage) => ({ durationNs: stage.duration, targetHz: stage.target })),
      };
    case 'poisson':
      return {
        type: 'poisson',
        rateHz: load.rate,
        ...(load['warm-up-rate'] !== undefined && { warmUpRateHz: load['warm-up-rate'] }),
      };
    case 'constant-peers':
      return { type: 'constant-peers', peers: load.peers ?? initiators, thinkTimeNs: load['think-time'] };
    case 'per-peer-iterations':
      return {
        type: 'per-peer-iterations',
        peers: load.peers ?? initiators,
        iterations: load.iterations,
        thinkTimeNs: load['think-time'],
      };
  }
}

/** The first of January 2026, so that runs of any day are the same. */
const DEFAULT_EPOCH_MS = Date.UTC(2026, 0, 1);
