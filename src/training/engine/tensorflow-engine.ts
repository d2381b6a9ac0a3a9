import { createRequire } from 'node:module';
import path from 'node:path';
import { AppError } from '../../config/app-error.js';
import { tf } from '../tf.js';
import { findPackage, PACKAGE, type TensorflowPackage, type TensorflowSources } from './native/find-package.js';

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
      `Run "gradwatch engine install", or "npm install ${PACKAGE}" in the project, or set training.engine to "auto".`,
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
    const action = `Run "gradwatch engine install" (or "npm rebuild ${PACKAGE}" there), or set training.engine to "auto".`;
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

/** tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed. */
function restoreUtil(): void {
  const util = createRequire(path.join(__dirname, 'here.js'))('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}
