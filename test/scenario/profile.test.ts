/** What `profile` does to a group, and that every profile can be written as a scenario. */
import { describe, expect, it } from 'vitest';
import { giveUpAfterNs, retransmitWaitNs } from '../../src/ike/retransmit.ts';
import { PROFILES } from '../../src/peer/profile/catalogue.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { profileSettings } from '../../src/scenario/profile-settings.ts';
import { createPopulation } from '../../src/scenario/expand.ts';
import { bent, firstComplaint, SAMPLE, scenarioOf } from './sample.ts';

const hostsWith = (lines: string, settings: readonly string[] = []) =>
  scenarioOf(bent(['psk: secret', `psk: secret\n    ${lines.split('\n').join('\n    ')}`]), settings)
    .groups[0]!;

describe('a profile', () => {
  it('has a name, a device, sources and gaps, and nobody shares its name', () => {
    const names = PROFILES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const profile of PROFILES) {
      expect(profile.name).toMatch(/^[a-z0-9]+(?:[-.][a-z0-9]+)*$/);
      expect(profile.device).not.toBe('');
      expect(profile.gaps.length, profile.name).toBeGreaterThan(0);
      for (const { key, source } of profileSettings(profile))
        expect(source, `${profile.name} ${key}`).not.toBe('');
    }
  });

  it.each(PROFILES.map(({ name }) => name))(
    '%s is valid in a scenario, and says what its data say',
    (name) => {
      const { values } = PROFILES.find((each) => each.name === name)!;
      const group = hostsWith(`profile: ${name}`);
      expect(group.profile).toBe(name);
      const read = {
        halfOpenTimeoutNs: group.halfOpenTimeoutNs,
        halfOpenLimit: group.halfOpenLimit,
        halfOpenLimitPerAddress: group.halfOpenLimitPerAddress,
        repeatedAnswers: group.repeatedAnswers,
        ikeLifetimeS: group.ikeLifetimeS,
        espLifetimeS: group.espLifetimeS,
        rekey: group.rekey ?? 'none',
        dpd: group.dpd ?? 'none',
        natKeepaliveNs: group.natKeepaliveNs,
        ike: group.ike,
        esp: group.esp,
        encapsulation: group.encapsulation,
        vendorIds: group.vendorIds,
      };
      for (const [key, value] of Object.entries(read)) {
        const sourced = values[key as keyof typeof read];
        if (sourced !== undefined) expect(value, key).toEqual(sourced.value);
      }
      const pairs = [
        [group.retransmit, values.retransmit?.value],
        [group.responderRetransmit.schedule, values.responderRetransmit?.value.schedule],
      ] as const;
      for (const [found, expected] of pairs) {
        if (expected === undefined) continue;
        expect(giveUpAfterNs(found)).toBe(giveUpAfterNs(expected));
        expect(found.tries).toBe(expected.tries);
      }
      expect(group.responderRetransmit.messages).toEqual(values.responderRetransmit?.value.messages);
    },
  );

  it('fills in what a group leaves out, and nothing else', () => {
    const group = hostsWith('profile: isakmpd\nike-lifetime: 2h\nretransmit: {tries: 1}');
    expect(group.ikeLifetimeS).toBe(7200);
    expect(group.espLifetimeS).toBe(1200);
    // A mapping stands as a whole: nothing of the profile's schedule is mixed into it.
    expect(group.retransmit).toEqual({
      firstNs: 4 * NS_PER_S,
      factor: 1.8,
      maximumNs: 120 * NS_PER_S,
      tries: 1,
    });
    expect(scenarioOf(SAMPLE).groups[0]).not.toHaveProperty('profile');
  });

  it('can be chosen, and overridden, on the command line', () => {
    const settings = ['peers.hosts.profile=netscreen', 'peers.hosts.half-open-timeout=9s'];
    const group = scenarioOf(SAMPLE, settings).groups[0]!;
    expect(group.retransmit.tries).toBe(11);
    expect(group.halfOpenTimeoutNs).toBe(9 * NS_PER_S);
  });

  it('reaches the policies of the peers', () => {
    const scenario = scenarioOf(bent(['role: gateway', 'role: gateway\n    profile: libreswan-4.10']));
    const policy = createPopulation(scenario).policyOf(4);
    expect(policy.limits).toMatchObject({ halfOpen: 50_000, repeatedAnswers: 2 });
    expect(policy.responderRetransmit?.messages).toEqual(['main-4', 'quick-2']);
    const windows = scenarioOf(bent(['psk: secret', 'psk: secret\n    profile: windows-xp']));
    expect(createPopulation(windows).policyOf(0).vendorIds?.[0]?.length).toBe(20);
  });

  it('says how its clients come back, where they can: when they initiate, and the load does not start them again', () => {
    const lines = 'profile: libreswan-4.10';
    expect(hostsWith(lines).retry).toMatchObject({
      wait: { type: 'growing', firstNs: 0, factor: 1, stepNs: 5 * NS_PER_S, maximumNs: 300 * NS_PER_S },
    });
    expect(hostsWith(lines)).toEqual({ ...hostsWith(`${lines}\nretry: libreswan`) });
    expect(hostsWith(`${lines}\nretry: none`)).not.toHaveProperty('retry');
    expect(hostsWith('profile: strongswan-5.9')).not.toHaveProperty('retry');
    const closed = hostsWith(lines, ['load.executor=per-peer-iterations']);
    expect(closed.profile).toBe('libreswan-4.10');
    expect(closed).not.toHaveProperty('retry');
    const gateways = scenarioOf(bent(['role: gateway', `role: gateway\n    ${lines}`])).groups[1]!;
    expect(gateways.profile).toBe('libreswan-4.10');
    expect(gateways).not.toHaveProperty('retry');
  });

  it('that nobody knows is refused with the one that was meant', () => {
    const text = bent(['psk: secret', 'psk: secret\n    profile: strongswan-5.8']);
    const lines = firstComplaint(text).split('\n');
    expect(lines[0]).toContain('sample.yaml:7:14: peers.hosts.profile: expected strongswan-5.9, ');
    expect(lines[1]).toBe('  hint: did you mean "strongswan-5.9"?');
  });

  it('that contradicts what the group says takes part in the complaint', () => {
    const text = bent(['psk: secret', 'psk: secret\n    profile: strongswan-5.9\n    esp-lifetime: 10m']);
    expect(firstComplaint(text)).toContain(
      'peers.hosts.rekey: margin and fuzz take up to 18m, and esp-lifetime is 10m',
    );
  });
});

describe('schedules of devices', () => {
  const seconds = (name: string): number[] => {
    const schedule = PROFILES.find((each) => each.name === name)?.values.responderRetransmit?.value.schedule;
    if (schedule === undefined) throw new Error(`no profile ${name}`);
    return Array.from({ length: schedule.tries }, (_, i) => retransmitWaitNs(schedule, i) / NS_PER_S);
  };

  it.each([
    ['strongswan-5.9', [4, 7.2, 12.96, 23.328, 41.9904]],
    ['libreswan-4.10', [0.5, 1, 2, 4, 8, 16]],
    ['isakmpd', [7, 9, 11]],
    ['windows-xp', [1, 2, 4, 8, 16, 32]],
    ['cisco-ios', [10, 10, 10, 10, 10]],
    ['cisco-pix-6.3', [5, 5, 5, 5, 5]],
    ['cisco-vpn-3000', [8, 8, 8]],
    ['netscreen', [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]],
    ['solaris', [0.5, 1, 2, 4, 8]],
  ])('%s', (name, waits) => {
    expect(seconds(name)).toEqual(waits);
  });
});
