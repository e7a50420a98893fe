import { defineConfig } from 'vitest/config';

// The ring in a real VS Code; one at a time, for each takes a browser, a workbench and an extension host.
export default defineConfig({
  test: {
    include: ['test/host/**/*.test.ts'],
    globalSetup: ['test/host/setup.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
