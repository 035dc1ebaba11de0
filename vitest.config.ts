import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real implementations are met by `npm run test:peers`, which has a configuration of its own.
    exclude: ['test/peers/**', '**/node_modules/**'],
    pool: 'forks',
    // No test replaces modules or leaves globals changed, and loading them anew for each file takes longer than the tests.
    isolate: false,
    // All cores: much of the time goes by in waiting for programs and sockets.
    maxWorkers: '100%',
    globalSetup: ['test/harness/build.ts'],
    reporters: ['default', './test/harness/plain-count-reporter.ts'],
    // Only for what hangs: tests do not look at the clock, and on a busy machine one of five seconds takes a minute.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
