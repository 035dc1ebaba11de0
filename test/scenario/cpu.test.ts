import { describe, expect, it } from 'vitest';
import { bent, firstComplaint, SAMPLE, scenarioOf } from './sample.ts';

const withCpu = (lines: string, head = 'clock: virtual\n') =>
  `${head}${bent(['psk: secret', `psk: secret\n    ${lines}`])}`;

describe('cpu', () => {
  it('has defaults, and those of the profile', () => {
    const group = scenarioOf(withCpu('cpu: { cores: 2 }')).groups[0]!;
    expect(group.cpu).toMatchObject({ cores: 2, threads: 16, card: 'reference', lockSegments: 0 });
    expect(group.cpu?.priorities).toMatchObject({ main: 'low', quick: 'medium', informational: 'high' });
    const profile = scenarioOf(withCpu('profile: strongswan-5.9\n    cpu: { cores: 2 }')).groups[0]!;
    expect(profile.cpu).toMatchObject({ threads: 16, lockSegments: 1 });
    const own = scenarioOf(withCpu('profile: strongswan-5.9\n    cpu: { cores: 2, lock-segments: 4 }'))
      .groups[0]!;
    expect(own.cpu?.lockSegments).toBe(4);
  });

  it('is not there because of a profile', () => {
    expect(
      scenarioOf(bent(['psk: secret', 'psk: secret\n    profile: strongswan-5.9'])).groups[0]?.cpu,
    ).toBeUndefined();
  });

  it('and modelled cryptography need virtual time', () => {
    expect(firstComplaint(withCpu('cpu: { cores: 2 }', ''))).toContain('in real time');
    const complaint = firstComplaint(`crypto: modelled\n${SAMPLE}`);
    expect(complaint).toContain('modelled cryptography');
    expect(complaint).toContain('add clock: virtual');
    expect(scenarioOf(`clock: virtual\ncrypto: modelled\n${SAMPLE}`).crypto).toBe('modelled');
  });

  it('may be shared, has to wake, and collects garbage', () => {
    const cpuOf = (text: string) => scenarioOf(withCpu(`cpu: ${text}`)).groups[0]!.cpu!;
    expect(cpuOf('{ cores: 1 }')).toMatchObject({ isShared: false, wakeNs: 0 });
    expect(cpuOf('{ cores: 1 }').garbage).toBeUndefined();
    expect(
      cpuOf('{ cores: 1, shared: true, wake: 50us, garbage: { every: 40ms, pause: 4ms } }'),
    ).toMatchObject({
      isShared: true,
      wakeNs: 50_000,
      garbage: { everyNs: 40_000_000, pauseNs: 4_000_000 },
    });
    const fault = 'clock: virtual\nfaults: [{ at: 1s, fault: crash, peers: hosts, for: 1s }]\n';
    expect(firstComplaint(withCpu('cpu: { cores: 1, shared: true }', fault))).toContain('share one computer');
  });

  it('leaves a thread for every class', () => {
    const complaint = firstComplaint(
      withCpu('cpu: { cores: 1, threads: 4, own-threads: 2, reserved-threads: { high: 2 } }'),
    );
    expect(complaint).toContain('keep 4 of 4 threads');
  });
});
