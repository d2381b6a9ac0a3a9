import { defineConfig } from 'vitest/config';

const secondMs = 1000;

/** One project per kind of test that vitest runs; the tests inside the extension host have a runner of their own. */
const project = (name: string, testTimeout: number, alone = false) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: 2 * testTimeout,
    // Tests that start editors or browsers share two cores badly.
    ...(alone ? { fileParallelism: false } : {}),
  },
});

export default defineConfig({
  // As esbuild.mjs does: the ESM builds of tfjs, so that one copy of tfjs-core serves its ops, layers and backends.
  resolve: { mainFields: ['module', 'main'] },
  ssr: { resolve: { mainFields: ['module', 'main'] } },
  test: {
    environment: 'node',
    // tfjs ships ESM without file extensions: let vite resolve it.
    server: { deps: { inline: [/@tensorflow\//] } },
    projects: [
      project('unit', 30 * secondMs),
      project('trainer', 60 * secondMs, true),
      project('page', 60 * secondMs, true),
      project('e2e', 180 * secondMs, true),
      project('package', 180 * secondMs, true),
    ],
  },
});
