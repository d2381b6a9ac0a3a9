/**
 * The engine that tests of what every engine does run on: wasm, or, where GRADWATCH_TENSORFLOW names a folder with
 * `@tensorflow/tfjs-node`, the native one.
 */
export const ENGINE_UNDER_TEST = process.env['GRADWATCH_TENSORFLOW'] === undefined ? 'wasm' : 'tensorflow';

/** Every engine that is here. */
export const ENGINES_HERE = ENGINE_UNDER_TEST === 'wasm' ? (['wasm', 'cpu'] as const) : (['wasm', 'cpu', 'tensorflow'] as const);
