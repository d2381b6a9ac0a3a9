import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compileKernels } from '../../scripts/compile-kernels.mjs';

const require = createRequire(import.meta.url);
const folderOf = (name: string): string => path.dirname(require.resolve(`${name}/package.json`));

/** Specs of operations, optimizers and gradients; the others test the engine, files and platforms, which kernels do not touch. */
const ABOUT_KERNELS = /^\.\/(ops|optimizers|gradients|tensor_|variable)/;

/** The globals of jasmine come before the specs, and so does the engine; specs.ts runs them all. */
function entry(): string {
  const list = readFileSync(path.join(folderOf('@tensorflow/tfjs-core'), 'dist', 'tests.js'), 'utf8');
  const files = [...list.matchAll(/^import '([^']+)';/gm)].map((match) => match[1] ?? '').filter((file) => ABOUT_KERNELS.test(file));
  const specs = files.map((file) => `@tensorflow/tfjs-core/dist/${file.slice('./'.length)}.js`);
  return ['./jasmine-globals.js', './engine-under-test.js', ...specs, './specs.js'].map((file) => `import '${file}';`).join('\n');
}

/** ESM has none of these; the loader of the wasm binary needs them. */
const COMMONJS_NAMES = `
import { createRequire as createRequireHere } from 'node:module';
import { fileURLToPath as pathOfUrl } from 'node:url';
import { dirname as folderOfFile } from 'node:path';
const require = createRequireHere(import.meta.url);
const __filename = pathOfUrl(import.meta.url);
const __dirname = folderOfFile(__filename);
`;

/** Writes the specs, the engine and its binaries to `folder`; returns the file to run. */
export async function bundleSpecs(folder: string): Promise<string> {
  const outfile = path.join(folder, 'specs.mjs');
  await build({
    stdin: { contents: entry(), resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    // tfjs-core declares its specs free of side effects: they would be left out.
    ignoreAnnotations: true,
    banner: { js: COMMONJS_NAMES },
  });
  await compileKernels(folder);
  const name = 'tfjs-backend-wasm-simd.wasm';
  await cp(path.join(folderOf('@tensorflow/tfjs-backend-wasm'), 'dist', name), path.join(folder, name));
  return outfile;
}
