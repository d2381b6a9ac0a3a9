import { tf } from '../../tf.js';
import { type Inputs, type Kernel, type KernelArguments, setKernel } from '../kernels/host-arrays.js';
import type { KernelModule } from './kernel-module.js';

/** [B, H, W, C], [OH, OW] and the window [FH, FW, SH, SW, top, left] of a pooling over x. */
function geometry(shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: KernelArguments['attrs']) {
  const info = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize as [number, number],
    strides as [number, number],
    1,
    pad as 'same',
    dimRoundingMode as 'floor',
  );
  return {
    input: [info.batchSize, info.inHeight, info.inWidth, info.inChannels],
    output: [info.outHeight, info.outWidth],
    window: [
      info.effectiveFilterHeight,
      info.effectiveFilterWidth,
      info.strideHeight,
      info.strideWidth,
      info.padInfo.top,
      info.padInfo.left,
    ],
    outShape: info.outShape,
  };
}

/** Pooling and its gradients on the SIMD kernels; right at borders and with NaN, where the stock kernels are not. */
export function registerPooling(module: KernelModule): void {
  const { kernels } = module;
  const pool =
    (run: (...args: number[]) => void): Kernel =>
    ({ inputs, attrs }) => {
      const { x } = inputs as Inputs<'x'>;
      const { input, output, window, outShape } = geometry(x.shape, attrs);
      const out = module.make(outShape);
      run(module.address(x), ...input, module.address(out), ...output, ...window);
      return out;
    };
  setKernel('MaxPool', 'wasm', pool(kernels.maxPool));
  setKernel('AvgPool', 'wasm', pool(kernels.averagePool));
  setKernel('MaxPoolGrad', 'wasm', ({ inputs, attrs }) => {
    const { dy, input: x } = inputs as Inputs<'dy' | 'input'>;
    const { input, output, window } = geometry(x.shape, attrs);
    const out = module.make(x.shape);
    kernels.maxPoolGradient(module.address(x), module.address(dy), module.address(out), ...input, ...output, ...window);
    return out;
  });
  setKernel('AvgPoolGrad', 'wasm', ({ inputs, attrs }) => {
    const { dy, input: x } = inputs as Inputs<'dy' | 'input'>;
    const { input, output, window } = geometry(x.shape, attrs);
    const out = module.make(x.shape);
    kernels.averagePoolGradient(module.address(dy), module.address(out), ...input, ...output, ...window);
    return out;
  });
}
