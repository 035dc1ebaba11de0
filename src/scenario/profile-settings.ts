/** What a profile says, in the words of a scenario: the keys that a group with this profile may leave out. */
import type { PeerProfile, ProfileValues, Sourced } from '../peer/profile/profile.ts';
import { NS_PER_S } from '../peer/timer.ts';
import { PROFILES } from '../peer/profile/catalogue.ts';
import type { RetransmitSchedule } from '../peer/policy.ts';
import { formatEspTransform, formatIkeTransform } from './keyword.ts';
import { DURATION_MAXIMUM_NS } from './limits.ts';
import type { ScenarioInput } from './schema.ts';
import { isClosedExecutor } from './schema-load.ts';
import { formatDurationNs } from './unit.ts';

type GroupInput = ScenarioInput['peers'][string];

/** How each value of a profile is written in a scenario. */
const WRITTEN: { readonly [Key in keyof ProfileValues]: (value: ProfileValues[Key]) => Partial<GroupInput> } =
  {
    retransmit: (value) => ({ retransmit: writtenSchedule(value) }),
    responderRetransmit: ({ messages, schedule }) => ({
      // As the device does it, also where a cautious responder would not.
      'responder-retransmit': {
        messages: [...messages],
        schedule: writtenSchedule(schedule),
        'to-unproven': 'as-scheduled',
      },
    }),
    repeatedAnswers: (value) => ({ 'repeated-answers': value }),
    halfOpenTimeoutNs: (value) => ({ 'half-open-timeout': formatDurationNs(value) }),
    halfOpenLimit: (value) => ({ 'half-open-limit': value }),
    halfOpenLimitPerAddress: (value) => ({ 'half-open-limit-per-address': value }),
    ikeLifetimeS: (value) => ({ 'ike-lifetime': formatDurationNs(value * NS_PER_S) }),
    espLifetimeS: (value) => ({ 'esp-lifetime': formatDurationNs(value * NS_PER_S) }),
    rekey: (value) => ({
      rekey:
        value === 'none'
          ? value
          : { margin: formatDurationNs(value.marginNs), fuzz: `${Math.round(value.fuzz * 100)}%` },
    }),
    dpd: (value) => ({
      dpd:
        value === 'none'
          ? value
          : {
              delay: formatDurationNs(value.delayNs),
              retry: formatDurationNs(value.retryNs),
              timeout: formatDurationNs(value.timeoutNs),
            },
    }),
    natKeepaliveNs: (value) => ({ 'nat-keepalive': formatDurationNs(value) }),
    retry: ({ firstNs, stepNs, maximumNs }) => ({
      retry: {
        wait: {
          first: formatDurationNs(firstNs),
          step: formatDurationNs(stepNs),
          max: formatDurationNs(maximumNs),
        },
      },
    }),
    computer: ({ threads, lockSegments }) => ({
      cpu: { threads, 'lock-segments': lockSegments } as NonNullable<GroupInput['cpu']>,
    }),
    ike: (value) => ({ ike: value.map(formatIkeTransform) }),
    esp: (value) => ({ esp: value.map(formatEspTransform) }),
    encapsulation: (value) => ({ encapsulation: value }),
    vendorIds: (value) => ({ 'vendor-ids': [...value] }),
  };

/** One line of a profile: the key of a scenario with its value, and where that is known from. */
export interface ProfileSetting {
  readonly key: string;
  readonly value: unknown;
  readonly source: string;
}

/** What the profile says, in the order of scenario keys. */
export function profileSettings({ values }: PeerProfile): ProfileSetting[] {
  return (Object.keys(WRITTEN) as (keyof ProfileValues)[]).flatMap((name) =>
    writtenValue(name, values[name]),
  );
}

/**
 * Adds to each group of a scenario as written, which is changed, the keys that it leaves out and its
 * profile has. A mapping that the group writes, such as `retransmit`, stands as a whole. What is not of
 * the form of a scenario is left as it is, for the schema to complain about.
 */
export function applyProfiles(scenario: unknown): void {
  const comers = comersBack(membersOf(scenario));
  for (const [name, group] of Object.entries(membersOf(membersOf(scenario)['peers']))) {
    const members = membersOf(group);
    const profile = PROFILES.find((each) => each.name === members['profile']);
    if (profile === undefined) continue;
    for (const { key, value } of profileSettings(profile)) {
      if (key === 'cpu') {
        // A profile says how a computer works, never that there is one.
        addMissing(membersOf(members[key]), membersOf(value));
        continue;
      }
      if (key === 'retry' && !comers.has(name)) continue;
      if (!Object.hasOwn(members, key)) members[key] = structuredClone(value);
    }
  }
}

/** Groups whose peers may come back by themselves: those that initiate, unless the load starts whoever failed again anyway. */
function comersBack({ load, connections }: Record<string, unknown>): ReadonlySet<unknown> {
  if (isClosedExecutor(membersOf(load)['executor']) || !Array.isArray(connections)) return new Set();
  return new Set(connections.map((connection) => membersOf(connection)['from']));
}

function addMissing(members: Record<string, unknown>, values: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(values)) {
    if (!Object.hasOwn(members, key)) members[key] = value;
  }
}

function writtenValue<Key extends keyof ProfileValues>(
  name: Key,
  sourced: Sourced<ProfileValues[Key]> | undefined,
): ProfileSetting[] {
  if (sourced === undefined) return [];
  const { value, source } = sourced;
  return Object.entries(WRITTEN[name](value)).map(([key, written]) => ({ key, value: written, source }));
}

function writtenSchedule({ firstNs, factor, maximumNs, tries, waitsNs }: RetransmitSchedule) {
  if (waitsNs !== undefined) return waitsNs.map(formatDurationNs);
  const max = formatDurationNs(Math.min(maximumNs, DURATION_MAXIMUM_NS));
  return { first: formatDurationNs(firstNs), factor, max, tries };
}

/** The value itself when it is a mapping, else an empty one. */
function membersOf(value: unknown): Record<string, unknown> {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping ? (value as Record<string, unknown>) : {};
}
