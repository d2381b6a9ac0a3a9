import { existsSync } from 'node:fs';
import path from 'node:path';

/** TensorFlow's C library and headers on this machine. */
export interface NativeLibrary {
  /** Full paths: the library that exports the C API first, then what it needs. */
  libraries: string[];
  /** Folder that holds `tensorflow/c/c_api.h`. */
  include: string;
}

const HEADER = path.join('tensorflow', 'c', 'c_api.h');
/** A Python wheel has the first, the vendor's archive the second. */
const NAMES: Readonly<Partial<Record<NodeJS.Platform, { main: readonly string[]; framework: readonly string[] }>>> = {
  linux: {
    main: ['libtensorflow_cc.so.2', 'libtensorflow.so.2', 'libtensorflow.so'],
    framework: ['libtensorflow_framework.so.2', 'libtensorflow_framework.so'],
  },
  darwin: {
    main: ['libtensorflow_cc.2.dylib', 'libtensorflow.2.dylib', 'libtensorflow.dylib'],
    framework: ['libtensorflow_framework.2.dylib', 'libtensorflow_framework.dylib'],
  },
};

/** Whether a binding can be built against a library of the user's on this platform. */
export function canBuild(platform: NodeJS.Platform): boolean {
  return NAMES[platform] !== undefined;
}

/**
 * Looks in a folder laid out as the Python package `tensorflow` (libraries beside `include/`) or as the vendor's archive (`lib/` and
 * `include/`). Returns the library, or the sentence that says what is missing.
 */
export function libraryIn(folder: string, platform: NodeJS.Platform = process.platform): NativeLibrary | string {
  const names = NAMES[platform];
  if (names === undefined) return `a binding cannot be built on ${platform}`;
  const libraryFolders = [folder, path.join(folder, 'lib')];
  const find = (candidates: readonly string[]): string | undefined =>
    candidates.flatMap((name) => libraryFolders.map((place) => path.join(place, name))).find((file) => existsSync(file));
  const main = find(names.main);
  if (main === undefined) return `${folder} has no ${names.main[0]} and no ${names.main[1]}`;
  const framework = find(names.framework);
  const include = [path.join(folder, 'include'), folder].find((place) => existsSync(path.join(place, HEADER)));
  if (include === undefined) return `${folder} has no ${path.join('include', HEADER)}`;
  return { libraries: framework === undefined ? [main] : [main, framework], include };
}
