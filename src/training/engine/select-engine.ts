import { AppError } from '../../config/app-error.js';
import type { EngineChoice } from '../../config/training-schema.js';
import { setWasmPaths, tf } from '../tf.js';
import { registerKernels } from './register-kernels.js';
import type { TensorflowSources } from './native/find-package.js';
import { startTensorflow } from './tensorflow-engine.js';
import { wasmBinaryFolder } from './wasm-binaries.js';

export type EngineName = 'tensorflow' | 'wasm' | 'cpu';

export interface SelectedEngine {
  engine: EngineName;
  /** One sentence for the user: why this engine. */
  reason: string;
}

const ASKED = 'asked for by training.engine';

/**
 * Makes one engine the backend of TensorFlow.js in this process and registers the kernels of ours that it needs.
 *
 * `auto` is wasm here, and cpu where wasm does not start; whether tensorflow is faster for a model is measured once the model is
 * there (native/choose-native.ts). An engine that is asked for is never replaced by another.
 *
 * @throws AppError `engine-unavailable` where the engine asked for cannot run here
 */
export async function selectEngine(choice: EngineChoice, sources: TensorflowSources = {}): Promise<SelectedEngine> {
  // Silences the advice tfjs prints on first use; its checks and results do not depend on it.
  tf.env().set('PROD', true);
  if (choice === 'cpu') return startCpu(ASKED);
  if (choice === 'tensorflow') {
    const { version, from } = await startTensorflow(sources);
    registerKernels('tensorflow');
    return { engine: 'tensorflow', reason: `${ASKED}: tfjs-node ${version} in ${from}` };
  }
  const failure = await startWasm();
  if (failure === null) {
    const why = 'WebAssembly with SIMD, built in: the fastest engine that needs no installation';
    return { engine: 'wasm', reason: choice === 'wasm' ? ASKED : why };
  }
  if (choice === 'wasm') {
    throw new AppError('engine-unavailable', `The wasm engine does not start here: ${failure}.`, 'Set training.engine to "cpu".', {
      path: ['training', 'engine'],
    });
  }
  return startCpu(`the wasm engine does not start here (${failure}); this one is slow`);
}

/** Back to the wasm engine, after loading tensorflow has overwritten gradients and then failed. */
export async function returnToWasm(): Promise<void> {
  registerKernels('tensorflow');
  await tf.setBackend('wasm');
}

async function startCpu(reason: string): Promise<SelectedEngine> {
  await tf.setBackend('cpu');
  await tf.ready();
  registerKernels('cpu');
  return { engine: 'cpu', reason };
}

/** Null on success, else why not. */
async function startWasm(): Promise<string | null> {
  const restoreListeners = rememberListeners();
  try {
    if (tf.engine().registry.wasm === undefined) setWasmPaths(wasmBinaryFolder());
    if (!(await tf.setBackend('wasm'))) return 'its binary could not be loaded';
    await tf.ready();
    registerKernels('wasm');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    restoreListeners();
  }
}

/** The loader of the wasm binary takes over the uncaught errors of the whole process: gives them back. */
function rememberListeners(): () => void {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const listeners = (event: string) => process.listeners(event as 'uncaughtException');
  const before = new Map(events.map((event) => [event, new Set<unknown>(listeners(event))]));
  return () => {
    for (const event of events) {
      for (const listener of listeners(event)) if (before.get(event)?.has(listener) !== true) process.removeListener(event, listener);
    }
  };
}
