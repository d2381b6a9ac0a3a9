import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { defaultInstallFolder } from './install-folder.js';

export const PACKAGE = '@tensorflow/tfjs-node';

export interface TensorflowSources {
  /** Folder of an installed `@tensorflow/tfjs-node`, or of a project that has one. */
  tensorflowPath?: string | undefined;
  /** Folder of the config. Its node_modules is searched where the workspace is trusted: the package is native code. */
  projectDir?: string | undefined;
  trusted?: boolean | undefined;
  /** Beside Gradwatch itself. */
  ownDir?: string;
  /** Where `gradwatch engine install` puts it. */
  installDir?: string;
  env?: NodeJS.ProcessEnv;
}

/** One folder that is looked at, in the order of looking. */
export interface SearchPlace {
  folder: string;
  /** Who named it, for the user. */
  from: string;
}

/** Where the package was found. */
export interface TensorflowPackage {
  /** Main file of the package. */
  main: string;
  version: string;
  /** Folder of the package. */
  from: string;
}

/**
 * The folder the user set, the project with the folders above it, Gradwatch's own, and the one `engine install` fills. A project that is
 * not trusted is left out.
 */
export function searchPlaces(sources: TensorflowSources): SearchPlace[] {
  const { tensorflowPath, projectDir, trusted, ownDir = __dirname, installDir, env = process.env } = sources;
  const places: { folder: string | undefined; from: string }[] = [
    { folder: tensorflowPath, from: 'gradwatch.tensorflowPath' },
    { folder: env['GRADWATCH_TENSORFLOW'] || undefined, from: 'GRADWATCH_TENSORFLOW' },
    { folder: trusted === true ? projectDir : undefined, from: 'the project and the folders above it' },
    { folder: ownDir, from: 'beside Gradwatch' },
    { folder: installDir ?? defaultInstallFolder(env), from: 'gradwatch engine install' },
  ];
  return places.flatMap(({ folder, from }) => (folder === undefined ? [] : [{ folder, from }]));
}

/** The first place that has the package, or null. */
export function findPackage(sources: TensorflowSources): TensorflowPackage | null {
  for (const { folder } of searchPlaces(sources)) {
    const found = packageIn(folder);
    if (found !== null) return found;
  }
  return null;
}

/** The package, where `folder` is it or has it among its modules. */
export function packageIn(folder: string): TensorflowPackage | null {
  const manifest = manifestIn(folder);
  if (manifest === null) return null;
  const { name, version, main } = readManifest(manifest);
  if (name !== PACKAGE) return null;
  const from = path.dirname(manifest);
  return { main: path.join(from, main ?? 'index.js'), version: version ?? '', from };
}

/** The native part, which the vendor's download or `gradwatch engine install` adds to the package; null where it is missing. */
export function bindingOf({ from }: TensorflowPackage): string | null {
  const lib = path.join(from, 'lib');
  if (!existsSync(lib)) return null;
  const bindings = readdirSync(lib).map((folder) => path.join(lib, folder, 'tfjs_binding.node'));
  return bindings.find((file) => existsSync(file)) ?? null;
}

function manifestIn(folder: string): string | null {
  const own = path.join(folder, 'package.json');
  if (existsSync(own) && readManifest(own).name === PACKAGE) return own;
  try {
    return createRequire(path.join(folder, 'here.js')).resolve(`${PACKAGE}/package.json`);
  } catch {
    return null;
  }
}

interface Manifest {
  name?: string;
  version?: string;
  main?: string;
}

/** A manifest that cannot be read names no package. */
function readManifest(file: string): Manifest {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch {
    return {};
  }
}
