// Builds every bundle of Gradwatch into dist/: extension, trainer, command line, dashboard, and the wasm binaries beside them.
import { build, context } from 'esbuild';
import { cp, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const common = { bundle: true, minify: production, sourcemap: production ? false : 'linked', logLevel: 'warning', target: 'es2022' };
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // The ESM builds of tfjs: the CommonJS ones leave the chained tensor methods out.
  mainFields: ['module', 'main'],
  conditions: ['module', 'import', 'node'],
  external: ['vscode', '@tensorflow/tfjs-node'],
};

/** Copies what bundles load at run time. */
async function copyAssets() {
  await mkdir('dist', { recursive: true });
  const wasm = path.join(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
  for (const name of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) await cp(path.join(wasm, name), path.join('dist', name));
}

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension/extension.ts' } },
  { ...node, entryPoints: { trainer: 'src/training/trainer.ts' } },
  { ...node, entryPoints: { cli: 'src/training/cli.ts' }, banner: { js: '#!/usr/bin/env node' } },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    entryPoints: { dashboard: 'webview-ui/main.ts' },
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  },
].map((options) => ({ ...options, outdir: 'dist' }));

if (!watch) await rm('dist', { recursive: true, force: true });
await copyAssets();
if (watch) {
  for (const options of bundles) await (await context(options)).watch();
} else {
  await Promise.all(bundles.map((options) => build(options)));
}
