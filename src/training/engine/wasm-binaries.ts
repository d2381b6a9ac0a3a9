import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const BINARY = 'tfjs-backend-wasm-simd.wasm';
const KERNELS = 'kernels.wasm';

/**
 * Folder (with a separator at its end) of the wasm binaries of TensorFlow.js: beside the bundle, where the build copies
 * them, or in the package, where there is no bundle.
 */
export function wasmBinaryFolder(): string {
  if (existsSync(path.join(__dirname, BINARY))) return __dirname + path.sep;
  const manifest = createRequire(path.join(__dirname, 'here.js')).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  return path.join(path.dirname(manifest), 'dist') + path.sep;
}

/**
 * Our own kernels (src/training/kernels, compiled by the build): beside the bundle, or in dist of the project where there
 * is no bundle.
 */
export function kernelBinary(): string {
  const beside = path.join(__dirname, KERNELS);
  return existsSync(beside) ? beside : path.resolve(__dirname, '../../../dist', KERNELS);
}
