import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    environment: 'node',
    testTimeout: 30_000,
    // tfjs ships ESM without file extensions: let vite resolve it.
    server: { deps: { inline: [/@tensorflow\//] } },
  },
});
