import type { BackendWasm } from '../../tf.js';
import { tf } from '../../tf.js';

/** The engines whose tensors lie in memory of this process that JavaScript can address. */
export type HostEngine = 'wasm' | 'cpu';
export type HostArray = Float32Array | Int32Array | Uint8Array;

/** What this code uses of the cpu backend of tfjs. */
interface CpuBackend extends tf.KernelBackend {
  data: { get(id: object): { values: HostArray } };
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: HostArray): tf.TensorInfo;
}

const isWasm = (backend: unknown): backend is BackendWasm => 'wasm' in (backend as object);

/** Number of values of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Float32 values of a tensor, in place: on wasm a view of the heap, valid until the next allocation. */
export function floats(backend: unknown, tensor: tf.TensorInfo): Float32Array {
  return view(backend, tensor) as Float32Array;
}

/** Int32 values of a tensor, in place, as `floats`. */
export function integers(backend: unknown, tensor: tf.TensorInfo): Int32Array {
  return view(backend, tensor) as Int32Array;
}

function view(backend: unknown, tensor: tf.TensorInfo): HostArray {
  if (!isWasm(backend)) return (backend as CpuBackend).data.get(tensor.dataId).values;
  const { memoryOffset } = backend.dataIdMap.get(tensor.dataId);
  const length = sizeOf(tensor.shape);
  const { buffer } = (backend.wasm as unknown as { HEAPU8: Uint8Array }).HEAPU8;
  if (tensor.dtype === 'int32') return new Int32Array(buffer, memoryOffset, length);
  if (tensor.dtype === 'bool') return new Uint8Array(buffer, memoryOffset, length);
  return new Float32Array(buffer, memoryOffset, length);
}

/** A new tensor of zeros. On wasm this may move the heap: take views only after the last allocation. */
export function allocate(backend: unknown, shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): tf.TensorInfo {
  if (isWasm(backend)) {
    const made = backend.makeOutput([...shape], dtype);
    view(backend, made).fill(0);
    return made;
  }
  const length = sizeOf(shape);
  const values = dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
  return (backend as CpuBackend).makeTensorInfo([...shape], dtype, values);
}

/** Gives back a tensor that `allocate` or a kernel function made. */
export function release(backend: unknown, tensor: tf.TensorInfo): void {
  (backend as tf.KernelBackend).disposeData(tensor.dataId);
}

/** Whether all tensors that are given hold float32. */
export function isFloat(...tensors: readonly (tf.TensorInfo | undefined)[]): boolean {
  return tensors.every((tensor) => tensor === undefined || tensor.dtype === 'float32');
}

/** Whether a bias, if there is one, holds one value for each channel, which is how kernels read it. */
export function isPerChannel(bias: tf.TensorInfo | undefined, channels: number | undefined): boolean {
  return bias === undefined || (bias.shape.length === 1 && bias.shape[0] === channels);
}

/** The inputs of a kernel that always has these. */
export type Inputs<Names extends string> = Record<Names, tf.TensorInfo>;

export interface KernelArguments {
  inputs: Record<string, tf.TensorInfo>;
  attrs: Record<string, unknown>;
  backend: unknown;
}
export type Kernel = (args: KernelArguments) => tf.TensorInfo;

/** Registers `kernel` under a name, in place of the one tfjs has there. */
export function setKernel(kernelName: string, engine: HostEngine, kernel: Kernel): void {
  const stock = tf.getKernel(kernelName, engine) as tf.KernelConfig | undefined;
  if (stock !== undefined) tf.unregisterKernel(kernelName, engine);
  // The stock kernel's setup stays: `kernel` may call the stock one.
  tf.registerKernel({ ...stock, kernelName, backendName: engine, kernelFunc: kernel as unknown as tf.KernelFunc });
}

/** The kernel tfjs has under a name. */
export function stockKernel(kernelName: string, engine: HostEngine): Kernel {
  const config = tf.getKernel(kernelName, engine) as tf.KernelConfig | undefined;
  if (config === undefined) throw new Error(`tfjs has no kernel ${kernelName} for ${engine}`);
  return config.kernelFunc as unknown as Kernel;
}

/** Whether any entry is NaN. */
export function hasNaN(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) return true;
  }
  return false;
}
