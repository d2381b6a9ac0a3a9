import { build } from 'esbuild';
import { cp, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

/** Bundles a contestant as the product is bundled, with the wasm binaries beside it; returns the file to run. */
export async function bundleContestant(name: string): Promise<string> {
  const folder = path.resolve('test-results', 'bench');
  const outfile = path.join(folder, `${name}.cjs`);
  await build({
    entryPoints: [path.join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    conditions: ['module', 'import', 'node'],
    external: ['@tensorflow/tfjs-node'],
    // As the packed extension: unminified text costs twice its length in memory.
    minify: true,
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': JSON.stringify('production') },
    logLevel: 'error',
  });
  await mkdir(folder, { recursive: true });
  const tfjs = path.join(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
  for (const file of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) await cp(path.join(tfjs, file), path.join(folder, file));
  await cp(path.resolve('dist', 'kernels.wasm'), path.join(folder, 'kernels.wasm'));
  return outfile;
}
