// Builds every bundle of Gradwatch into dist/: extension, trainer, command line, dashboard; the wasm binaries, the JSON
// Schema of the config and the licences of what is bundled beside them.
//   node esbuild.mjs [--production] [--watch] [--if-stale]
import { build, context } from 'esbuild';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compileKernels } from './scripts/compile-kernels.mjs';
import { isStale, STAMP } from './scripts/stale.mjs';
import { thirdPartyLicenses } from './scripts/third-party-licenses.mjs';

const require = createRequire(import.meta.url);
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
  target: 'es2022',
  metafile: true,
  legalComments: 'none', // THIRD_PARTY_LICENSES.txt has them all
  define: { 'process.env.NODE_ENV': JSON.stringify(production ? 'production' : 'development') },
};
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

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension/extension.ts' } },
  { ...node, entryPoints: { trainer: 'src/training/trainer.ts' } },
  { ...node, entryPoints: { cli: 'src/training/cli.ts' }, banner: { js: '#!/usr/bin/env node' } },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    entryPoints: {
      dashboard: 'webview-ui/main.ts',
      'dashboard.zh-cn': 'webview-ui/language/chinese-page.ts',
      report: 'webview-ui/styles/report.css',
    },
    charset: 'utf8',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  },
].map((options) => ({ ...options, outdir: 'dist' }));

/** Copies what bundles load at run time. */
async function copyAssets() {
  const wasm = path.join(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
  for (const name of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) await cp(path.join(wasm, name), path.join('dist', name));
}

/** The JSON Schema that package.json contributes, made from the schema in zod. */
async function writeJsonSchema() {
  const { outputFiles } = await build({
    ...node,
    entryPoints: ['src/config/json-schema.ts'],
    write: false,
    metafile: false,
    sourcemap: false,
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(module, module.exports, require);
  await writeFile('dist/gradwatch.schema.json', module.exports.jsonSchemaText());
}

async function buildAll() {
  if (process.argv.includes('--if-stale')) {
    if (!(await isStale())) return;
    console.error('Building dist/ ...');
  }
  // Development builds write over the old files: an editor or a test may be running from them.
  await rm(production ? 'dist' : STAMP, { recursive: true, force: true });
  await mkdir('dist', { recursive: true });
  const [results] = await Promise.all([
    Promise.all(bundles.map((options) => build(options))),
    copyAssets(),
    writeJsonSchema(),
    compileKernels('dist'),
  ]);
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile('dist/THIRD_PARTY_LICENSES.txt', await thirdPartyLicenses(inputs));
  await writeFile(STAMP, production ? 'production\n' : 'development\n');
}

async function watchAll() {
  await mkdir('dist', { recursive: true });
  await Promise.all([copyAssets(), writeJsonSchema(), compileKernels('dist')]);
  for (const options of bundles) await (await context({ ...options, logLevel: 'info' })).watch();
}

try {
  await (watch ? watchAll() : buildAll());
} catch (error) {
  // esbuild has printed its own errors, each with file, line and column.
  const count = error.errors?.length ?? 0;
  console.error(count > 0 ? `The build failed with ${count} error${count === 1 ? '' : 's'}.` : error);
  process.exitCode = 1;
}
