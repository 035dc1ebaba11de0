/** How a test says what it proves; collected for docs/interoperability.md when it has passed. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { TestRunner } from 'vitest';
import type { FeatureId } from '../proof/feature.ts';
import type { PeerName, PeerRole } from '../proof/proof.ts';
import { unpackDebianPackage } from './debian-package.ts';
import { libreswanProgram } from './libreswan.ts';

const PROGRAMS: Readonly<Record<PeerName, () => string>> = {
  strongSwan: () => '/usr/lib/ipsec/charon',
  libreswan: () => libreswanProgram('pluto'),
  vpnc: () => join(unpackDebianPackage('vpnc'), 'usr/sbin/vpnc'),
};

const versions = new Map<PeerName, string>();

/** Asked once in each process. */
function versionOf(peer: PeerName): string {
  const known = versions.get(peer);
  if (known !== undefined) return known;
  const output = execFileSync(PROGRAMS[peer](), ['--version'], { encoding: 'utf8' });
  const version = /\d+(?:\.\d+)+/.exec(output)?.[0];
  if (version === undefined) throw new Error(`${peer} does not tell its version: ${output}`);
  versions.set(peer, version);
  return version;
}

/** Call at the beginning of a test, before it waits for anything: if it passes, `peer` in its `role` has proven `features`. */
export function proves(peer: PeerName, role: PeerRole, features: readonly FeatureId[]): void {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) throw new Error('only a test can prove something');
  const proofs = features.map((feature) => ({ feature, peer, role, version: versionOf(peer) }));
  test.meta.proofs = [...(test.meta.proofs ?? []), ...proofs];
}
