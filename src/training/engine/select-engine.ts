import { AppError } from '../../config/app-error.js';
import type { EngineChoice } from '../../config/training-schema.js';
import { setWasmPaths, tf } from '../tf.js';
import { registerKernels } from './register-kernels.js';
import { wasmBinaryFolder } from './wasm-binaries.js';

export type EngineName = 'tensorflow' | 'wasm' | 'cpu';

/** What the run asks of an engine. */
export interface EngineNeeds {
  /** Trainable weights of the model, where known. */
  parameters?: number;
}

export interface EngineOptions {
  /** Folder of an installed `@tensorflow/tfjs-node`, or of a project that has one. */
  tensorflowPath?: string;
  /** Folder of the config: its node_modules is searched too. */
  projectDir?: string;
}

export interface SelectedEngine {
  engine: EngineName;
  /** One sentence for the user: why this engine. */
  reason: string;
}

/**
 * Makes one engine the backend of TensorFlow.js in this process and registers the kernels of ours that it needs.
 *
 * @throws AppError `engine-unavailable` where the engine asked for cannot run here.
 */
export async function selectEngine(choice: EngineChoice, _needs: EngineNeeds = {}, _options: EngineOptions = {}): Promise<SelectedEngine> {
  // Silences the advice tfjs prints on first use; its checks and results do not depend on it.
  tf.env().set('PROD', true);
  if (choice === 'cpu') return startCpu('asked for by training.engine');
  const failure = await startWasm();
  if (failure === null) {
    const why =
      choice === 'wasm' ? 'asked for by training.engine' : 'WebAssembly with SIMD, built in, the fastest engine that needs no installation';
    return { engine: 'wasm', reason: why };
  }
  if (choice === 'wasm') {
    throw new AppError('engine-unavailable', `The wasm engine does not start here: ${failure}.`, 'Set training.engine to "cpu".', {
      path: ['training', 'engine'],
    });
  }
  return startCpu(`the wasm engine does not start here (${failure}); this one is slow`);
}

async function startCpu(reason: string): Promise<SelectedEngine> {
  await tf.setBackend('cpu');
  await tf.ready();
  registerKernels('cpu');
  return { engine: 'cpu', reason };
}

/** Null on success, else why not. */
async function startWasm(): Promise<string | null> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = new Set<unknown>(events.flatMap((event) => process.listeners(event as 'uncaughtException')));
  try {
    if (tf.findBackend('wasm') === null) setWasmPaths(wasmBinaryFolder());
    if (!(await tf.setBackend('wasm'))) return 'its binary could not be loaded';
    await tf.ready();
    registerKernels('wasm');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    // The loader of the binary takes over uncaught errors of the whole process; give them back.
    for (const event of events) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before.has(listener)) process.removeListener(event, listener);
      }
    }
  }
}
