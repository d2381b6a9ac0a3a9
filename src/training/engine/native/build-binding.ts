import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../config/app-error.js';
import type { NativeLibrary } from './native-library.js';
import { runProcess } from './run-process.js';

/** The binding's folder: N-API 8, which every supported Node has; its loader looks there. */
const BINDING = path.join('lib', 'napi-v8', 'tfjs_binding.node');
const LIBRARIES = path.join('deps', 'lib');

export interface BindingParts {
  /** Folder of tfjs-node. */
  package: string;
  /** Folder of the package node-api-headers. */
  apiHeaders: string;
  library: NativeLibrary;
}

/**
 * Arguments of the C++ compiler for the binding of tfjs-node: two source files of the package, N-API headers of a package, TensorFlow's own
 * headers. The library is found at run time beside the binding, so that the whole folder can be moved.
 */
export function compilerArguments(parts: BindingParts, platform: NodeJS.Platform = process.platform): string[] {
  const at = (...names: string[]): string => path.join(parts.package, ...names);
  const origin = platform === 'darwin' ? '@loader_path' : '$ORIGIN';
  const names = parts.library.libraries.map((file) => path.basename(file));
  return [
    '-std=c++17',
    '-O2',
    '-fPIC',
    '-shared',
    '-DNAPI_VERSION=8',
    `-I${path.join(parts.apiHeaders, 'include')}`,
    `-I${parts.library.include}`,
    at('binding', 'tfjs_backend.cc'),
    at('binding', 'tfjs_binding.cc'),
    '-o',
    at(BINDING),
    ...(platform === 'darwin'
      ? ['-undefined', 'dynamic_lookup', ...names.map((name) => at(LIBRARIES, name))]
      : [`-L${at(LIBRARIES)}`, ...names.map((name) => `-l:${name}`)]),
    `-Wl,-rpath,${origin}/../../deps/lib`,
  ];
}

/** Puts the libraries beside the binding (links, or copies where links are not allowed) and compiles it. */
export async function buildBinding(parts: BindingParts, signal?: AbortSignal): Promise<void> {
  const compiler = await findCompiler(process.env, signal);
  await mkdir(path.join(parts.package, path.dirname(BINDING)), { recursive: true });
  await linkLibraries(parts);
  const end = await runProcess(compiler, compilerArguments(parts), { signal });
  if (end.code === 0) return;
  const reason = end.tail.find((line) => /error/i.test(line)) ?? end.tail.at(-1) ?? 'no message';
  throw new AppError(
    'engine-unavailable',
    `The binding to TensorFlow does not compile with "${compiler}": ${reason.trim()}.`,
    'Try another TensorFlow, for example "pip install tensorflow-cpu" in a new environment, then "gradwatch engine install --python PYTHON".',
  );
}

async function linkLibraries({ package: folder, library }: BindingParts): Promise<void> {
  const target = path.join(folder, LIBRARIES);
  // Downloaded into their place.
  if (library.libraries.every((file) => path.dirname(file) === target)) return;
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const file of library.libraries) {
    const place = path.join(target, path.basename(file));
    await symlink(path.resolve(file), place).catch(() => cp(file, place, { dereference: true }));
  }
}

/** `$CXX`, or the first C++ compiler that answers. */
async function findCompiler(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  const candidates = [env['CXX'], 'c++', 'g++', 'clang++'].filter((name): name is string => name !== undefined && name !== '');
  for (const name of candidates) if ((await runProcess(name, ['--version'], { signal })).code === 0) return name;
  throw new AppError(
    'engine-unavailable',
    'There is no C++ compiler here to build the binding to TensorFlow with.',
    compilerAdvice(process.platform),
  );
}

function compilerAdvice(platform: NodeJS.Platform): string {
  const install = platform === 'darwin' ? 'xcode-select --install' : 'sudo apt-get install g++';
  return `Install one, for example with "${install}", then run "gradwatch engine install" again.`;
}
