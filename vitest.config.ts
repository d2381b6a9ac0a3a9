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
    globalSetup: ['test/harness/temp-folder.ts', 'test/harness/compile-kernels.ts'],
    // tfjs is some thousand files of ESM without extensions: bundled once, loaded in a tenth of the time.
    deps: {
      optimizer: {
        ssr: {
          enabled: true,
          include: [
            '@tensorflow/tfjs-core',
            '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops',
            '@tensorflow/tfjs-layers',
            '@tensorflow/tfjs-backend-cpu',
            '@tensorflow/tfjs-backend-wasm',
          ],
        },
      },
    },
    // The loader of the wasm binary needs `require` and `__dirname`, which only inlined modules have.
    server: { deps: { inline: [/@tensorflow_tfjs-backend-wasm/] } },
    projects: [
      project('unit', 30 * secondMs),
      project('trainer', 60 * secondMs, true),
      project('page', 60 * secondMs, true),
      project('e2e', 180 * secondMs, true),
      project('package', 180 * secondMs, true),
    ],
  },
});
