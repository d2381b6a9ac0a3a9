/*
 * The one place that imports TensorFlow.js; everything else of the training room imports from here.
 *
 * `tf` is typed like the package `@tensorflow/tfjs`: ops, chained tensor methods, optimizers, gradients, `tf.layers`,
 * `tf.sequential`. Both backends are registered on import, none is initialised: engine/select-engine.ts does that.
 */
import '@tensorflow/tfjs-backend-cpu';
import { BackendWasm, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from './tf-api.js';

export { BackendWasm, setWasmPaths, tf };
