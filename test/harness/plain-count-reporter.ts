/** Ends every test run with one line that programs and people can read: `12 passed, 0 failed`. */
import type { Reporter, TestModule } from 'vitest/node';

export default class PlainCountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    let skipped = 0;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else if (state === 'failed') failed++;
        else skipped++;
      }
      // A hook that fails takes its tests away; they count as skipped, so that the suite has to count as failed.
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      // A file that could not be loaded has no tests that could fail.
      failed += module.errors().length;
    }
    const suffix = skipped > 0 ? `, ${skipped} skipped` : '';
    process.stdout.write(`${passed} passed, ${failed} failed${suffix}\n`);
  }
}
