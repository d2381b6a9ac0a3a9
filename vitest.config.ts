import { defineConfig } from 'vitest/config';

export default defineConfig({
  // As esbuild.mjs does: the ESM builds of tfjs, so that one copy of tfjs-core serves its ops, layers and backends.
  resolve: { mainFields: ['module', 'main'] },
  ssr: { resolve: { mainFields: ['module', 'main'] } },
  test: {
    include: ['test/unit/**/*.test.ts'],
    environment: 'node',
    testTimeout: 30_000,
    // tfjs ships ESM without file extensions: let vite resolve it.
    server: { deps: { inline: [/@tensorflow\//] } },
  },
});
