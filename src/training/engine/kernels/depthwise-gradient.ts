/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops' bounds keep the indices inside the arrays */
import { tf } from '../../tf.js';
import { allocate, floats, type Inputs, type Kernel, type KernelArguments, setKernel } from './host-arrays.js';

/*
 * Depthwise convolution: channel c of x [batch, height, width, channels] passes through its own `multiplier` filters,
 * y[b, oy, ox, c * multiplier + m] = sum over ky, kx of x[b, oy * strideY + ky * dilationY - padTop, ..., c] * w[ky, kx, c, m].
 */
type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

function depthwiseInfo(
  inputShape: number[],
  filterShape: number[],
  { strides, dilations, pad, dimRoundingMode }: KernelArguments['attrs'],
): ConvInfo {
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides as [number, number],
    (dilations ?? [1, 1]) as [number, number],
    pad as 'same',
    dimRoundingMode as 'floor',
    true,
  );
}

/** Calls `visit` for each pair of an output pixel and a filter position that meets a pixel of the image; offsets of channel 0. */
function forEachTap(info: ConvInfo, visit: (output: number, input: number, filter: number) => void): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth, padInfo } = info;
  for (let b = 0; b < batchSize; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const output = ((b * outHeight + oy) * outWidth + ox) * outChannels;
        for (let ky = 0; ky < filterHeight; ky++) {
          const y = oy * info.strideHeight + ky * info.dilationHeight - padInfo.top;
          if (y < 0 || y >= inHeight) continue;
          for (let kx = 0; kx < filterWidth; kx++) {
            const x = ox * info.strideWidth + kx * info.dilationWidth - padInfo.left;
            if (x < 0 || x >= inWidth) continue;
            visit(output, ((b * inHeight + y) * inWidth + x) * inChannels, (ky * filterWidth + kx) * outChannels);
          }
        }
      }
    }
  }
}

/** dx[..., c] += sum over m of dy[..., c * multiplier + m] * w[ky, kx, c, m]; inputs dy, filter; shape of x in attrs. */
const backpropInput: Kernel = ({ inputs, attrs, backend }) => {
  const { dy, filter } = inputs as Inputs<'dy' | 'filter'>;
  const inputShape = attrs.inputShape as number[];
  const info = depthwiseInfo(inputShape, filter.shape, attrs);
  const multiplier = info.outChannels / info.inChannels;
  const dx = allocate(backend, inputShape);
  const to = floats(backend, dx);
  const gradient = floats(backend, dy);
  const weights = floats(backend, filter);
  forEachTap(info, (output, input, tap) => {
    for (let c = 0; c < info.inChannels; c++) {
      let sum = 0;
      for (let m = c * multiplier; m < (c + 1) * multiplier; m++) sum += gradient[output + m]! * weights[tap + m]!;
      to[input + c]! += sum;
    }
  });
  return dx;
};

/** dw[ky, kx, c, m] = sum over b, oy, ox of x[..., c] * dy[..., c * multiplier + m]; inputs x, dy; shape of w in attrs. */
const backpropFilter: Kernel = ({ inputs, attrs, backend }) => {
  const { x, dy } = inputs as Inputs<'x' | 'dy'>;
  const filterShape = attrs.filterShape as number[];
  const info = depthwiseInfo(x.shape, filterShape, attrs);
  const multiplier = info.outChannels / info.inChannels;
  const dw = allocate(backend, filterShape);
  const values = floats(backend, x);
  const gradient = floats(backend, dy);
  const to = floats(backend, dw);
  // Sums of many terms: float64 until the end.
  const sums = new Float64Array(to.length);
  forEachTap(info, (output, input, tap) => {
    for (let c = 0; c < info.inChannels; c++) {
      const value = values[input + c]!;
      for (let m = c * multiplier; m < (c + 1) * multiplier; m++) sums[tap + m]! += value * gradient[output + m]!;
    }
  });
  to.set(sums);
  return dw;
};

/** On cpu, where those of tfjs are right only as long as nothing is dilated. (Those of wasm are in simd/depthwise.ts.) */
export function registerDepthwiseGradient(): void {
  setKernel('DepthwiseConv2dNativeBackpropInput', 'cpu', backpropInput);
  setKernel('DepthwiseConv2dNativeBackpropFilter', 'cpu', backpropFilter);
}
