/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops' bounds keep the indices inside the arrays */
import { tf } from '../../tf.js';
import {
  allocate,
  floats,
  hasNaN,
  type HostEngine,
  type Inputs,
  type Kernel,
  type KernelArguments,
  setKernel,
  stockKernel,
} from './host-arrays.js';

/*
 * Pooling over windows of [batch, height, width, channels]. A window is cut at the borders of the image: padding takes
 * no part in a maximum or a mean.
 */
type PoolInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>;

function poolInfo(shape: number[], { filterSize, strides, pad, dimRoundingMode }: KernelArguments['attrs']): PoolInfo {
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize as [number, number],
    strides as [number, number],
    1,
    pad as 'same',
    dimRoundingMode as 'floor',
  );
}

/** Calls `visit` with each window: offset of its output pixel and the range of rows and columns it covers. */
function forEachWindow(
  info: PoolInfo,
  visit: (output: number, image: number, y0: number, y1: number, x0: number, x1: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth, filterHeight, filterWidth, padInfo } =
    info;
  let output = 0;
  for (let b = 0; b < batchSize; b++) {
    const image = b * inHeight * inWidth * inChannels;
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * strideHeight - padInfo.top;
      for (let ox = 0; ox < outWidth; ox++, output += inChannels) {
        const left = ox * strideWidth - padInfo.left;
        visit(
          output,
          image,
          Math.max(0, top),
          Math.min(inHeight, top + filterHeight),
          Math.max(0, left),
          Math.min(inWidth, left + filterWidth),
        );
      }
    }
  }
}

/** Offset of the maximum of one channel of a window: the first one, or the first NaN; -1 where the window is empty. */
function argMax(x: Float32Array, info: PoolInfo, image: number, y0: number, y1: number, x0: number, x1: number, channel: number): number {
  let best = -1;
  for (let y = y0; y < y1; y++) {
    for (let column = x0; column < x1; column++) {
      const at = image + (y * info.inWidth + column) * info.inChannels + channel;
      const value = x[at]!;
      if (value !== value) return at;
      if (best < 0 || value > x[best]!) best = at;
    }
  }
  return best;
}

/** MaxPool: out = max of the window, NaN where the window holds one. The stock kernels lose the NaN. */
const maxPool: Kernel = ({ inputs, attrs, backend }) => {
  const { x } = inputs as Inputs<'x'>;
  const info = poolInfo(x.shape, attrs);
  const out = allocate(backend, info.outShape);
  const from = floats(backend, x);
  const to = floats(backend, out);
  forEachWindow(info, (output, image, y0, y1, x0, x1) => {
    for (let c = 0; c < info.inChannels; c++) {
      const at = argMax(from, info, image, y0, y1, x0, x1, c);
      to[output + c] = at < 0 ? -Infinity : from[at]!;
    }
  });
  return out;
};

/** MaxPoolGrad: dx[arg max of the window] += dy. tfjs-wasm loses the gradient of windows without a positive value. */
const maxPoolGrad: Kernel = ({ inputs, attrs, backend }) => {
  const { dy, input } = inputs as Inputs<'dy' | 'input'>;
  const info = poolInfo(input.shape, attrs);
  const dx = allocate(backend, input.shape);
  const x = floats(backend, input);
  const from = floats(backend, dy);
  const to = floats(backend, dx);
  forEachWindow(info, (output, image, y0, y1, x0, x1) => {
    for (let c = 0; c < info.inChannels; c++) {
      const at = argMax(x, info, image, y0, y1, x0, x1, c);
      if (at >= 0) to[at]! += from[output + c]!;
    }
  });
  return dx;
};

/** AvgPool: out = mean of the pixels of the window that lie inside the image. */
const avgPool: Kernel = ({ inputs, attrs, backend }) => {
  const { x } = inputs as Inputs<'x'>;
  const info = poolInfo(x.shape, attrs);
  const out = allocate(backend, info.outShape);
  const from = floats(backend, x);
  const to = floats(backend, out);
  forEachWindow(info, (output, image, y0, y1, x0, x1) => {
    for (let c = 0; c < info.inChannels; c++) {
      let sum = 0;
      for (let y = y0; y < y1; y++) {
        for (let column = x0; column < x1; column++) sum += from[image + (y * info.inWidth + column) * info.inChannels + c]!;
      }
      to[output + c] = sum / ((y1 - y0) * (x1 - x0));
    }
  });
  return out;
};

/** AvgPoolGrad: dx += dy / (pixels of the window inside the image). The stock kernels divide by the full window. */
const avgPoolGrad: Kernel = ({ inputs, attrs, backend }) => {
  const { dy, input } = inputs as Inputs<'dy' | 'input'>;
  const info = poolInfo(input.shape, attrs);
  const dx = allocate(backend, input.shape);
  const from = floats(backend, dy);
  const to = floats(backend, dx);
  forEachWindow(info, (output, image, y0, y1, x0, x1) => {
    const share = 1 / ((y1 - y0) * (x1 - x0));
    for (let y = y0; y < y1; y++) {
      for (let column = x0; column < x1; column++) {
        const pixel = image + (y * info.inWidth + column) * info.inChannels;
        for (let c = 0; c < info.inChannels; c++) to[pixel + c]! += from[output + c]! * share;
      }
    }
  });
  return dx;
};

/** The stock kernel where it is right: no NaN in the input, and no stride beyond the window (it then reads foreign memory). */
function unless(stock: Kernel, own: Kernel): Kernel {
  return (args) => {
    const { x } = args.inputs as Inputs<'x'>;
    const { strideHeight, strideWidth, filterHeight, filterWidth } = poolInfo(x.shape, args.attrs);
    const safe = strideHeight <= filterHeight && strideWidth <= filterWidth && !hasNaN(floats(args.backend, x));
    return (safe ? stock : own)(args);
  };
}

export function registerPooling(engine: HostEngine): void {
  const wasm = engine === 'wasm';
  setKernel('MaxPool', engine, wasm ? unless(stockKernel('MaxPool', engine), maxPool) : maxPool);
  setKernel('AvgPool', engine, wasm ? unless(stockKernel('AvgPool', engine), avgPool) : avgPool);
  setKernel('MaxPoolGrad', engine, maxPoolGrad);
  setKernel('AvgPoolGrad', engine, avgPoolGrad);
}
