import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real implementations are met by `npm run test:peers`, which has a configuration of its own.
    exclude: ['test/peers/**', '**/node_modules/**'],
    pool: 'forks',
    globalSetup: ['test/harness/build.ts'],
    reporters: ['default', './test/harness/plain-count-reporter.ts'],
    testTimeout: 30_000,
  },
});
