/*
 * Starts the wasm engine, with our kernels where CONFORMANCE_KERNELS is "own", and makes it the one that specs run on.
 * tfjs makes a new backend for every group of specs; our kernels move to it.
 */
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { registerKernels } from '../../src/training/engine/register-kernels.js';
import { wasmBinaryFolder } from '../../src/training/engine/wasm-binaries.js';
import { setWasmPaths, tf } from '../../src/training/tf.js';

setWasmPaths(wasmBinaryFolder());
await tf.setBackend('wasm');
await tf.ready();
if (process.env.CONFORMANCE_KERNELS === 'own') registerKernels('wasm');
setTestEnvs([{ name: 'wasm', backendName: 'wasm', isDataSync: true }]);
