import { mkdir } from 'node:fs/promises';
import { compileKernels } from '../../scripts/compile-kernels.mjs';

/** The kernels of the wasm engine, where tests that do not run from a bundle look for them. */
export async function setup(): Promise<void> {
  await mkdir('dist', { recursive: true });
  await compileKernels('dist', { ifStale: true });
}
