import { appendFile, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileKernels } from '../../scripts/compile-kernels.mjs';

let folder: string;
let source: string;
beforeEach(async () => {
  // Inside the project: the compiler reads paths relative to it.
  await mkdir('test-results', { recursive: true });
  folder = await mkdtemp(path.join('test-results', 'kernels-'));
  source = path.join(folder, 'source');
  await cp('src/training/kernels', source, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('compiling the kernels', () => {
  it('makes a small module that brings no memory and no data of its own', async () => {
    await compileKernels(folder, { source });
    const binary = await readFile(path.join(folder, 'kernels.wasm'));
    expect(binary.length).toBeLessThan(60 * 1024);
    const module = new WebAssembly.Module(binary);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  });

  it('fails where a kernel holds static data, which would overwrite memory of tfjs', async () => {
    const table = 'const table: StaticArray<f64> = [1, 2, 3];\nexport function look(i: i32): f64 {\n  return table[i];\n}\n';
    await appendFile(path.join(source, 'index.ts'), table);
    await expect(compileKernels(folder, { source })).rejects.toThrow('static data');
  });
});
