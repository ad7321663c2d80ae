import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/servers.ts'],
    setupFiles: ['test/support/watch-answers.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    // As many as the checks have cores: what a test waits for (PostgreSQL, a process that starts) leaves the other one room.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
