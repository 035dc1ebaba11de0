import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ProofReporter } from './test/proof/reporter.ts';

/** Files that wait longest, longest first: what begins last would else keep everybody waiting in the end. */
const FIRST = [
  'libreswan-impaired-gateway',
  'profile',
  'lifecycle',
  'libreswan-impaired-client',
  'libreswan-lifecycle',
  'nat',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = FIRST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return index === -1 ? FIRST.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

/** Tests with real IKE implementations: need root, network namespaces and the packages that `.ci/run` installs. */
export default defineConfig({
  test: {
    include: ['test/peers/**/*.test.ts'],
    pool: 'forks',
    // More than there are processors: tests have namespaces of their own, and mostly wait for daemons and timers.
    maxWorkers: 3,
    // Of the tests of a file that may run at the same time.
    maxConcurrency: 4,
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/harness/build.ts', 'test/peers/setup.ts'],
    reporters: ['default', './test/harness/plain-count-reporter.ts', new ProofReporter()],
    // Only for what hangs: on a machine with much else to do a test of five seconds takes a minute.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
