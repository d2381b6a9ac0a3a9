import { type BackendWasm, tf } from '../../tf.js';
import type { Ending } from './convolution.js';
import type { Address, KernelModule } from './kernel-module.js';
import type { MaskedGradient } from './masked-gradient.js';
import { made } from './own-operation.js';

/** What an operation is called with beside its tensors. */
export interface LayerAttributes {
  relu: boolean;
}

/** A layer y = act(z + b) where z is linear in x and in w, act linear or relu, and b [C] belongs to the last axis of y. */
export interface LayerOperation<Attributes extends LayerAttributes> {
  /** Name of the kernel at tfjs. */
  name: string;
  outputShape(attrs: Attributes, x: tf.TensorInfo, w: tf.TensorInfo): number[];
  /** Writes y to `to`. */
  forward(attrs: Attributes, x: tf.TensorInfo, w: tf.TensorInfo, to: Address, ending: Ending): void;
  /** Writes the gradient of x to `to`, from that of z. */
  inputGradient(attrs: Attributes, dz: Address, x: tf.TensorInfo, w: tf.TensorInfo, to: Address): void;
  /** Writes the gradient of w to `to`, from that of z. */
  weightGradient(attrs: Attributes, dz: Address, x: tf.TensorInfo, w: tf.TensorInfo, to: Address): void;
}

/** Runs a registered operation; no b: none is added. */
export type LayerFunction<Attributes> = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor | null, attrs: Attributes) => tf.Tensor;

export function layerFunction<Attributes extends LayerAttributes>(name: string): LayerFunction<Attributes> {
  return (x, w, b, attrs) => tf.engine().runKernel(name, b === null ? { x, w } : { x, w, b }, attrs as unknown as tf.NamedAttrMap);
}

/**
 * Registers an operation as one differentiable kernel. With dz = dy where y > 0 (relu) or dy (linear), db are the sums of
 * dz over all but the last axis. A gradient nobody needs (of the input of a first layer) is not computed.
 */
export function registerLayerOperation<Attributes extends LayerAttributes>(
  module: KernelModule,
  masked: MaskedGradient,
  operation: LayerOperation<Attributes>,
): void {
  tf.registerKernel({
    kernelName: operation.name,
    backendName: 'wasm',
    // Called for every wasm backend that tfjs starts.
    setupFunc: (backend) => module.moveTo(backend as BackendWasm),
    kernelFunc: ({ inputs, attrs }) => {
      const { x, w, b } = inputs as { x: tf.TensorInfo; w: tf.TensorInfo; b?: tf.TensorInfo };
      const given = attrs as unknown as Attributes;
      const out = module.make(operation.outputShape(given, x, w));
      operation.forward(given, x, w, module.address(out), { bias: module.addressOr0(b), relu: given.relu });
      if (given.relu) masked.noteOutput(out);
      return out;
    },
  });
  tf.registerGradient({
    kernelName: operation.name,
    inputsToSave: ['x', 'w'],
    outputsToSave: [true],
    gradFunc: (dOut, saved, attrs) => {
      const [x, w, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const given = attrs as unknown as Attributes;
      const dy = dOut as tf.Tensor;
      const owner = {};
      const gradient = (): Address => (given.relu ? masked.of(owner, dy, y).dz : module.address(dy));
      return {
        x: () => made(module, x.shape, (to) => operation.inputGradient(given, gradient(), x, w, to)),
        w: () => made(module, w.shape, (to) => operation.weightGradient(given, gradient(), x, w, to)),
        b: () => {
          const columns = y.shape.at(-1) ?? 1;
          return made(module, [columns], (to) => {
            if (!given.relu) return module.kernels.columnSum(to, module.address(dy), y.size / columns, columns);
            module.copy(to, masked.of(owner, dy, y).sums, columns);
          });
        },
      };
    },
  });
}
