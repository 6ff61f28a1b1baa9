import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one plain line: `tests: 12 passed, 0 failed, 1 skipped`. */
export class PlainCountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      // A file that could not even be collected has no tests to count.
      if (module.errors().length > 0) count.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed' || state === 'failed' || state === 'skipped') count[state]++
      }
    }
    const { passed, failed, skipped } = count
    // After the other reporters, and past any buffering of theirs.
    process.on('exit', () => {
      process.stdout.write(`\ntests: ${passed} passed, ${failed} failed, ${skipped} skipped\n`)
    })
  }
}
