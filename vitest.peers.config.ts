import { defineConfig } from 'vitest/config';
import { ProofReporter } from './test/proof/reporter.ts';

/** Tests with real IKE implementations: need root, network namespaces and the packages that `.ci/run` installs. */
export default defineConfig({
  test: {
    include: ['test/peers/**/*.test.ts'],
    pool: 'forks',
    // One file at a time: the daemons have fixed ports inside a namespace, but the machine's cores are shared.
    fileParallelism: false,
    // Of the tests that may run at the same time: they mostly wait.
    maxConcurrency: 3,
    globalSetup: ['test/harness/build.ts'],
    reporters: ['default', './test/harness/plain-count-reporter.ts', new ProofReporter()],
    // Only for what hangs: on a machine with much else to do a test of five seconds takes a minute.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
