// Compiles src/training/kernels (AssemblyScript) to one WebAssembly module that works in the memory of tfjs-wasm.
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import asc from 'assemblyscript/asc';

const SOURCE = 'src/training/kernels';

/** Writes `<folder>/kernels.wasm` from the folder `source`; with `ifStale` only where a source is newer. */
export async function compileKernels(folder, { ifStale = false, source = SOURCE } = {}) {
  const target = path.join(folder, 'kernels.wasm');
  if (ifStale && (await isFresh(target, source))) return;
  const files = new Map();
  const { error, stderr } = await asc.main(
    [
      `${source}/index.ts`,
      ...['--runtime', 'stub', '--importMemory', '--noExportMemory', '--initialMemory', '1'],
      ...['--enable', 'simd', '-O3', '--noAssert', '--outFile', 'kernels.wasm', '--textFile', 'kernels.wat'],
    ],
    { writeFile: (name, contents) => void files.set(name, contents) },
  );
  if (error !== null) throw new Error(`The kernels do not compile.\n${stderr.toString()}`);
  // Static data would be written over the memory of tfjs when the module is loaded.
  if (/\(data\b/.test(String(files.get('kernels.wat'))))
    throw new Error('The kernels hold static data: a function of the library brought it in.');
  await writeFile(target, files.get('kernels.wasm'));
}

async function isFresh(target, source) {
  const made = await stat(target).catch(() => null);
  if (made === null) return false;
  const sources = await readdir(source);
  const times = await Promise.all(sources.map(async (name) => (await stat(path.join(source, name))).mtimeMs));
  return Math.max(...times) < made.mtimeMs;
}
