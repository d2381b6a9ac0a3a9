import { tf } from '../../tf.js';
import { type Inputs, setKernel } from '../kernels/host-arrays.js';
import { registerClamp } from './clamp.js';
import { registerConvolution } from './convolution-kernels.js';
import { registerConvolutionLayers } from './convolution-layers.js';
import { registerDense } from './dense.js';
import { registerDepthwise } from './depthwise.js';
import { registerExtremes } from './extremes.js';
import { registerGather } from './gather.js';
import { KernelModule } from './kernel-module.js';
import { MaskedGradient } from './masked-gradient.js';
import { registerPooling } from './pooling.js';
import { registerProducts } from './products.js';
import { registerReluGradient } from './relu.js';

let loaded: KernelModule | null = null;

/** Our SIMD kernels, or null where another engine than wasm is at work. */
export function kernelModule(): KernelModule | null {
  return tf.getBackend() === 'wasm' ? loaded : null;
}

/** Puts our SIMD kernels in place of those of tfjs-wasm. The backend must have been started. */
export function registerSimd(): void {
  loaded = KernelModule.load();
  registerProducts(loaded);
  const masked = new MaskedGradient(loaded);
  registerDense(loaded, masked);
  registerConvolution(loaded);
  registerConvolutionLayers(loaded, masked);
  registerPooling(loaded, masked);
  registerReluGradient(loaded);
  registerClamp(loaded);
  registerExtremes(loaded);
  registerDepthwise(loaded);
  registerGather(loaded);
  shareIdentity(loaded);
}

/**
 * Identity without a copy: tfjs clones every tensor that it keeps for a gradient, and its wasm kernel copies the values.
 * Sharing is safe because no kernel writes into its input and an assigned variable gets other data.
 */
function shareIdentity(module: KernelModule): void {
  setKernel('Identity', 'wasm', ({ inputs }) => {
    const { x } = inputs as Inputs<'x'>;
    return module.share(x);
  });
}
