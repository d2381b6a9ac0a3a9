import { readFileSync } from 'node:fs';
import type { BackendWasm } from '../../tf.js';
import { tf } from '../../tf.js';
import { kernelBinary } from '../wasm-binaries.js';

/** A byte address in the heap of tfjs-wasm. */
export type Address = number;

/** Bytes of a float32 and of a float64. */
export const FLOAT = 4;
export const DOUBLE = 8;

/** What src/training/kernels/index.ts exports; arguments, shapes and maths are described there. Flags are 0 or 1. */
export interface KernelExports {
  activate: (kind: number, rows: number, n: number, at: Address, row: number) => void;
  activationGradient: (...args: number[]) => void;
  averagePool: (...args: number[]) => void;
  averagePoolGradient: (...args: number[]) => void;
  maxPool: (...args: number[]) => void;
  maxPoolGradient: (...args: number[]) => void;
  depthwise: (...args: number[]) => void;
  depthwiseInputGradient: (...args: number[]) => void;
  depthwiseFilterGradient: (...args: number[]) => void;
  repeatChannels: (to: Address, src: Address, n: number, M: number) => void;
  sumGroups: (to: Address, src: Address, n: number, M: number) => void;
  gatherRows: (to: Address, x: Address, ids: Address, n: number, rows: number, inner: number) => number;
  scatterAdd: (to: Address, x: Address, ids: Address, n: number, segments: number, inner: number) => void;
  softmaxRows: (...args: number[]) => void;
  softmaxGradient: (...args: number[]) => void;
  batchNorm: (...args: number[]) => void;
  batchNormGradient: (...args: number[]) => void;
  batchNormSums: (...args: number[]) => void;
  layerNorm: (...args: number[]) => void;
  layerNormGradient: (...args: number[]) => void;
  layerNormSums: (...args: number[]) => void;
  batchMajor: (to: Address, x: Address, B: number, T: number, I: number, back: number) => void;
  timeMajor: (to: Address, x: Address, B: number, T: number, I: number, back: number) => void;
  clamp: (to: Address, x: Address, low: number, high: number, n: number) => void;
  columnSum: (to: Address, src: Address, rows: number, columns: number) => void;
  reluGradient: (to: Address, dy: Address, y: Address, n: number) => void;
  reluGradientSums: (to: Address, dy: Address, y: Address, rows: number, columns: number, sums: Address) => void;
  convolve: (...args: number[]) => void;
  convolveRows: (...args: number[]) => void;
  convolveScratch: (OC: number) => number;
  filterGradient: (...args: number[]) => void;
  filterGradientScratch: (FH: number, FW: number, C: number, OC: number, DW: number) => number;
  packFlipped: (...args: number[]) => void;
  pad: (...args: number[]) => void;
  packColumns: (to: Address, b: Address, row: number, column: number, k: number, n: number) => void;
  product: (...args: number[]) => void;
  productScratch: (m: number, n: number, k: number) => number;
  gradientSquares: (n: number, g: Address, sum: Address) => void;
  gradientStatistics: (n: number, g: Address, stats: Address) => void;
  updateStatistics: (n: number, w: Address, next: Address, g: Address, stats: Address) => void;
  addPenalty: (n: number, to: Address, g: Address, w: Address, l1: number, l2: number, sum: Address) => void;
  extreme: (...args: number[]) => void;
  preluGradient: (to: Address, dy: Address, x: Address, alpha: Address, rows: number, n: number) => void;
  preluSlopeGradient: (to: Address, dy: Address, x: Address, rows: number, n: number) => void;
  thresholded: (to: Address, dy: Address, x: Address, theta: number, n: number) => void;
  limitedSquares: (n: number, g: Address, limit: number, sums: Address) => void;
  unitScales: (...args: number[]) => void;
  unitScalesScratch: (columns: number) => number;
  proposeAdam: (...args: number[]) => void;
  proposeRmsprop: (...args: number[]) => void;
  proposeSgd: (...args: number[]) => void;
  gruBackward: (...args: number[]) => void;
  gruForward: (...args: number[]) => void;
  gruScratch: (B: number, U: number) => number;
  lstmBackward: (...args: number[]) => void;
  lstmBackwardScratch: (B: number, U: number) => number;
  lstmForward: (...args: number[]) => void;
  lstmForwardScratch: (I: number, U: number) => number;
  simpleRnnBackward: (...args: number[]) => void;
  simpleRnnForward: (...args: number[]) => void;
  simpleRnnScratch: (B: number, U: number) => number;
}

/** The kernels on one heap. */
interface Binding {
  kernels: KernelExports;
  backend: BackendWasm;
  memory: WebAssembly.Memory;
}

function bind(binary: WebAssembly.Module, backend: BackendWasm): Binding {
  const { memory } = (backend.wasm as unknown as { asm: { memory: WebAssembly.Memory } }).asm;
  const { exports } = new WebAssembly.Instance(binary, { env: { memory } });
  return { kernels: exports as unknown as KernelExports, backend, memory };
}

/** The smallest scratch memory asked for: most kernels then never ask again. */
const SMALLEST_SCRATCH = 1 << 20;
const ALIGNMENT = 16;

/** Our own kernels, at work on the heap of tfjs-wasm itself: tensors are not copied. */
export class KernelModule {
  private scratchAt: Address = 0;
  private scratchSize = 0;
  /** Blocks of reserved memory by their aligned address. */
  private readonly reserved = new Map<Address, Address>();

  private bound: Binding;

  private constructor(
    private readonly binary: WebAssembly.Module,
    backend: BackendWasm,
  ) {
    this.bound = bind(binary, backend);
  }

  /**
   * Loads the binary onto the heap of the wasm backend, which must have been started.
   *
   * @throws Error where the binary is missing or this machine has no WebAssembly SIMD.
   */
  static load(): KernelModule {
    return new KernelModule(new WebAssembly.Module(readFileSync(kernelBinary())), tf.backend() as BackendWasm);
  }

  /** Moves to the heap of another wasm backend: tfjs makes a new one where the old one was disposed. */
  moveTo(backend: BackendWasm): void {
    if (backend === this.bound.backend) return;
    this.bound = bind(this.binary, backend);
    this.scratchAt = 0;
    this.scratchSize = 0;
    this.reserved.clear();
  }

  get kernels(): KernelExports {
    return this.bound.kernels;
  }

  get backend(): BackendWasm {
    return this.bound.backend;
  }

  private get memory(): WebAssembly.Memory {
    return this.bound.memory;
  }

  /** Bytes of the heap at present. */
  get heapBytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Address of a tensor's first value. It stays valid while the tensor lives; the heap grows in place. */
  address(tensor: tf.TensorInfo): Address {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** The same; 0, which the kernels take for "none", where there is no tensor. */
  addressOr0(tensor: tf.TensorInfo | null | undefined): Address {
    return tensor === null || tensor === undefined ? 0 : this.address(tensor);
  }

  /** A tensor of values yet to be written. */
  make(shape: readonly number[]): tf.TensorInfo {
    return this.backend.makeOutput([...shape], 'float32');
  }

  /** The same values as another tensor, without a copy. */
  share({ dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo {
    this.backend.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /** Memory for the time of one kernel call, 16-byte aligned; the next call of `scratch` may give the same. */
  scratch(bytes: number): Address {
    if (bytes > this.scratchSize) {
      if (this.scratchAt !== 0) this.free(this.scratchAt);
      // Where there is no memory left, the next call must not take the freed block.
      this.scratchAt = 0;
      this.scratchSize = 0;
      const size = Math.max(SMALLEST_SCRATCH, bytes);
      this.scratchAt = this.allocate(size);
      this.scratchSize = size;
    }
    return align(this.scratchAt);
  }

  /** Memory that stays, 16-byte aligned; `instead` of an address reserved before, which is given back. */
  reserve(bytes: number, instead: Address = 0): Address {
    this.release(instead);
    const block = this.allocate(bytes);
    this.reserved.set(align(block), block);
    return align(block);
  }

  /** Gives reserved memory back. */
  release(at: Address): void {
    const block = this.reserved.get(at);
    if (block !== undefined) this.free(block);
    this.reserved.delete(at);
  }

  /** A view of n float64 at an address, valid until the heap grows. */
  doubles(at: Address, n: number): Float64Array {
    return new Float64Array(this.memory.buffer, at, n);
  }

  /** A view of n float32 at an address, valid until the heap grows. */
  floats(at: Address, n: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, n);
  }

  /** Copies n float32. */
  copy(to: Address, from: Address, n: number): void {
    this.floats(to, n).set(this.floats(from, n));
  }

  private free(block: Address): void {
    (this.backend.wasm as unknown as { _free(at: Address): void })._free(block);
  }

  private allocate(bytes: number): Address {
    const at = (this.backend.wasm as unknown as { _malloc(bytes: number): number })._malloc(bytes + ALIGNMENT);
    if (at === 0) throw new Error(`The wasm engine has no memory left for ${bytes} bytes.`);
    return at;
  }
}

function align(at: Address): Address {
  return (at + ALIGNMENT - 1) & -ALIGNMENT;
}
