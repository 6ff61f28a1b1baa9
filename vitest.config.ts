import { defineConfig } from 'vitest/config'
import { PlainCountReporter } from './test/support/plain-count-reporter.ts'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules', '.uptick'],
    globalSetup: ['test/support/start-servers.ts'],
    // Every file has a database of its own; two cores, one of them for the servers.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', new PlainCountReporter()],
  },
})
