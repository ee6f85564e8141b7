import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** The suites that need the stack deployed: its own, and the conformance suite on the deployed API. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/deploy/**/*.test.ts', 'test/conformance/**/*.test.ts'],
    globalSetup: ['test/deploy/deployed-stack.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
})
