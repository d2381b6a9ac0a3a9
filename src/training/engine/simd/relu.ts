import { tf } from '../../tf.js';
import { isFloat } from '../kernels/host-arrays.js';
import type { KernelModule } from './kernel-module.js';

const KERNEL = 'GradwatchReluGradient';

const reluGradient = (dy: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.engine().runKernel(KERNEL, { dy, y });

/**
 * The gradient of relu in one pass, dx = dy where y > 0, else 0; y is its output. Stock TensorFlow.js takes three. Other
 * engines, and integers, keep that.
 */
export function registerReluGradient(module: KernelModule): void {
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'wasm',
    kernelFunc: ({ inputs }) => {
      const { dy, y } = inputs as { dy: tf.TensorInfo; y: tf.TensorInfo };
      const out = module.make(dy.shape);
      module.kernels.reluGradient(module.address(out), module.address(dy), module.address(y), tf.util.sizeFromShape(dy.shape));
      return out;
    },
  });
  // Linear in dy, and constant in y almost everywhere: gradients of gradients.
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ['y'],
    gradFunc: (dOut, [y]) => ({
      dy: () => reluGradient(dOut as tf.Tensor, y as tf.Tensor),
      y: () => tf.zerosLike(y as tf.Tensor),
    }),
  });
  const stock = tf.getGradient('Relu');
  tf.unregisterGradient('Relu');
  tf.registerGradient({
    kernelName: 'Relu',
    outputsToSave: [true],
    gradFunc: (dOut, saved, attrs) => {
      const [dy, y] = [dOut as tf.Tensor, saved[0] as tf.Tensor];
      const covered = tf.getBackend() === 'wasm' && isFloat(dy, y);
      return covered ? { x: () => reluGradient(dy, y) } : stock.gradFunc(dy, [y], attrs);
    },
  });
}
