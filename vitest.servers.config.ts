import { defineConfig } from 'vitest/config';

// The ring that needs real servers: one control plane for the run, a namespace for each test.
export default defineConfig({
  test: {
    include: ['test/servers/**/*.test.ts'],
    globalSetup: ['test/servers/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
