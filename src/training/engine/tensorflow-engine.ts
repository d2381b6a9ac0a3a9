import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AppError } from '../../config/app-error.js';
import { tf } from '../tf.js';

const PACKAGE = '@tensorflow/tfjs-node';

export interface TensorflowSources {
  /** Folder of an installed `@tensorflow/tfjs-node`, or of a project that has one. */
  tensorflowPath?: string;
  /** Folder of the config. Its node_modules is searched where the workspace is trusted: the package is native code. */
  projectDir?: string;
  trusted?: boolean;
  /** Where to look last: beside Gradwatch itself. */
  ownDir?: string;
}

/** Where the package was found. */
export interface TensorflowPackage {
  /** Main file of the package. */
  main: string;
  version: string;
  from: string;
}

/**
 * Loads tfjs-node and makes its backend the one of our tfjs. All copies of tfjs-core of one process share one engine, one
 * kernel and one gradient registry (on globalThis), so its backend is registered with ours; loading it also overwrites
 * registered kernels and gradients with its own copies, so the caller must register ours again.
 *
 * @throws AppError `engine-unavailable` at ["training", "engine"], with what to do
 */
export async function startTensorflow(sources: TensorflowSources): Promise<TensorflowPackage> {
  const found = findPackage(sources);
  if (found === null) {
    const where = sources.trusted === true ? 'in this project' : 'by Gradwatch (the project is not trusted, so it was not searched)';
    throw unavailable(
      `${PACKAGE} is not found ${where}.`,
      `Run "npm install ${PACKAGE}" in the project, or set gradwatch.tensorflowPath, or set training.engine to "auto".`,
    );
  }
  if (found.version !== tf.version_core) {
    const message = `${PACKAGE} ${found.version} in ${found.from} does not go with TensorFlow.js ${tf.version_core}, which Gradwatch is built with.`;
    throw unavailable(message, `Run "npm install ${PACKAGE}@${tf.version_core}", or set training.engine to "auto".`);
  }
  restoreUtil();
  // Its notes about CPU features are not ours to print.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    createRequire(found.main)(found.main);
    if (!(await tf.setBackend('tensorflow'))) throw new Error('its backend does not start');
    await tf.ready();
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0]?.replace(/[.\s]+$/, '');
    const action = `Run "npm rebuild ${PACKAGE} --build-addon-from-source" (docs/engines.md tells how without a download), or set training.engine to "auto".`;
    throw unavailable(`${PACKAGE} in ${found.from} does not load: ${reason}.`, action, cause);
  }
  return found;
}

function unavailable(message: string, action: string, cause?: unknown): AppError {
  return new AppError(
    'engine-unavailable',
    `The tensorflow engine cannot run here: ${message}`,
    action,
    { path: ['training', 'engine'] },
    { cause },
  );
}

/** Looks in the folder the user set, in the project, and beside ourselves. */
export function findPackage({ tensorflowPath, projectDir, trusted, ownDir = __dirname }: TensorflowSources): TensorflowPackage | null {
  const folders = [tensorflowPath, trusted === true ? projectDir : undefined, ownDir];
  for (const folder of folders) {
    if (folder === undefined) continue;
    const manifest = manifestIn(folder);
    if (manifest === null) continue;
    const { name, version, main } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string; version?: string; main?: string };
    if (name !== PACKAGE) continue;
    const from = path.dirname(manifest);
    return { main: path.join(from, main ?? 'index.js'), version: version ?? '', from };
  }
  return null;
}

/** The package.json of tfjs-node, where `folder` is it or has it. */
function manifestIn(folder: string): string | null {
  const own = path.join(folder, 'package.json');
  if (existsSync(own) && (JSON.parse(readFileSync(own, 'utf8')) as { name?: string }).name === PACKAGE) return own;
  try {
    return createRequire(path.join(folder, 'here.js')).resolve(`${PACKAGE}/package.json`);
  } catch {
    return null;
  }
}

/** tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed. */
function restoreUtil(): void {
  const util = createRequire(path.join(__dirname, 'here.js'))('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}
