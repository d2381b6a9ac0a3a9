import { tf } from '../../tf.js';
import { type Inputs, isFloat, type Kernel, type KernelArguments, setKernel, stockKernel } from '../kernels/host-arrays.js';
import type { KernelModule } from './kernel-module.js';
import type { MaskedGradient } from './masked-gradient.js';

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

/** Windows of one pixel, one for each pixel of the image: what tfjs takes for the identity, whatever the stride and the padding. */
function isWhole(from: readonly number[], to: readonly number[], [height, width]: readonly number[]): boolean {
  return height === 1 && width === 1 && tf.util.arraysEqual([...from], [...to]);
}

/** Pooling and its gradients on the SIMD kernels; right at borders and with NaN, where the stock kernels are not. */
export function registerPooling(module: KernelModule, masked: MaskedGradient): void {
  const pool = (run: 'maxPool' | 'averagePool'): Kernel => {
    const stock = stockKernel(run === 'maxPool' ? 'MaxPool' : 'AvgPool', 'wasm');
    return (args) => {
      const { x } = args.inputs as Inputs<'x'>;
      // Integers: the stock kernel says that it has none.
      if (!isFloat(x)) return stock(args);
      const { input, output, window, outShape } = geometry(x.shape, args.attrs);
      if (isWhole(x.shape, outShape, window)) return module.share(x);
      const out = module.make(outShape);
      module.kernels[run](module.address(x), ...input, module.address(out), ...output, ...window);
      return out;
    };
  };
  setKernel('MaxPool', 'wasm', pool('maxPool'));
  setKernel('AvgPool', 'wasm', pool('averagePool'));
  setKernel('MaxPoolGrad', 'wasm', ({ inputs, attrs }) => {
    const { dy, input: x, output: y } = inputs as Inputs<'dy' | 'input' | 'output'>;
    const { input, output, window } = geometry(x.shape, attrs);
    const out = module.make(x.shape);
    const [from, to] = [[x, y, dy].map((tensor) => module.address(tensor)), module.address(out)] as const;
    const rectified = masked.isOutput(x);
    module.kernels.maxPoolGradient(...from, to, ...input, ...output, ...window, rectified ? 1 : 0);
    if (rectified) masked.noteMasked(out, x);
    return out;
  });
  setKernel('AvgPoolGrad', 'wasm', ({ inputs, attrs }) => {
    const { dy, input: x } = inputs as Inputs<'dy' | 'input'>;
    const { input, output, window } = geometry(x.shape, attrs);
    const out = module.make(x.shape);
    module.kernels.averagePoolGradient(module.address(dy), module.address(out), ...input, ...output, ...window);
    return out;
  });
}
