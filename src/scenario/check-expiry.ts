/** What cannot be true of certificates that expire in the course of a run. */
import { usesPublicKeyEncryption } from '../ike/authentication.ts';
import { NS_PER_S } from '../peer/timer.ts';
import type { Finding } from './finding.ts';
import { runEndNsOf } from './resolve.ts';
import type { ScenarioPath } from './scenario-error.ts';
import type { ScenarioSettings } from './schema.ts';
import { formatDurationNs } from './unit.ts';

/** Findings about `expires` of authorities and of certificates. */
export function* checkExpiry(settings: ScenarioSettings): Generator<Finding> {
  for (const [name, { expires }] of Object.entries(settings.authorities)) {
    yield* checkTime(settings, expires, ['authorities', name, 'expires']);
  }
  for (const [name, { certificate, authentication }] of Object.entries(settings.peers)) {
    if (certificate === undefined || !('authority' in certificate)) continue;
    const { expires } = certificate;
    const path = ['peers', name, 'certificate', 'expires'];
    yield* checkTime(settings, expires, path);
    if (expires !== undefined && usesPublicKeyEncryption(authentication)) {
      yield {
        path,
        message: `with ${authentication}, certificates are known beforehand, and nobody looks when they expire`,
        hint: 'remove it, or take a method with signatures',
      };
    }
  }
}

function* checkTime(
  { load }: ScenarioSettings,
  expires: number | undefined,
  path: ScenarioPath,
): Generator<Finding> {
  if (expires === undefined) return;
  if (expires % NS_PER_S !== 0) {
    yield {
      path,
      message: `expected whole seconds, found ${formatDurationNs(expires)}`,
      hint: 'certificates tell their validity in seconds',
    };
  }
  const endNs = runEndNsOf(load);
  if (expires < endNs) return;
  yield {
    path,
    message: `the run ends at ${formatDurationNs(endNs)} at the latest, before this`,
    hint: 'let it expire earlier, or remove it',
  };
}
