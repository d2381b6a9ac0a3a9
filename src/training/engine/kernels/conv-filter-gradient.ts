/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops' bounds keep the indices inside the arrays */
import { tf } from '../../tf.js';
import { allocate, floats, type Inputs, type Kernel, release, setKernel, stockKernel } from './host-arrays.js';

/** Floats one block of the column matrix may take: 16 MiB. */
const COLUMN_BLOCK = 1 << 22;

type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/**
 * Conv2DBackpropFilter: dW[ky, kx, ci, co] = sum over b, oy, ox of
 * x[b, oy * strideY + ky - padTop, ox * strideX + kx - padLeft, ci] * dy[b, oy, ox, co].
 *
 * x [batch, height, width, ci], dy [batch, outHeight, outWidth, co], dW [kh, kw, ci, co], all float32. With the windows
 * of x as the rows of a matrix C [batch * outHeight * outWidth, kh * kw * ci] this is the product C^T dy, left to the
 * BatchMatMul kernel, some images at a time. tfjs-wasm has no such kernel.
 */
export function registerConvFilterGradient(): void {
  const matMul = (args: Parameters<Kernel>[0]) => stockKernel('BatchMatMul', 'wasm')(args);
  setKernel('Conv2DBackpropFilter', 'wasm', ({ inputs, attrs, backend }) => {
    const { x, dy } = inputs as Inputs<'x' | 'dy'>;
    const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs;
    const info = tf.backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filterShape as [number, number, number, number],
      strides as [number, number],
      1,
      pad as 'same',
      dimRoundingMode as 'floor',
      false,
      tf.backend_util.convertConv2DDataFormat(dataFormat as 'NHWC'),
    );
    if (info.dataFormat !== 'channelsLast') throw new Error('the wasm engine computes channelsLast only');
    const out = allocate(backend, filterShape as number[]);
    const rowsPerImage = info.outHeight * info.outWidth;
    const width = info.filterHeight * info.filterWidth * info.inChannels;
    const images = Math.max(1, Math.floor(COLUMN_BLOCK / (rowsPerImage * width)));
    for (let first = 0; first < info.batchSize; first += images) {
      const count = Math.min(images, info.batchSize - first);
      const columns = allocate(backend, [1, count * rowsPerImage, width]);
      const gradient = slice(backend, dy, first * rowsPerImage, count * rowsPerImage, info.outChannels);
      fillColumns(floats(backend, x), floats(backend, columns), info, first, count);
      const part = matMul({ inputs: { a: columns, b: gradient }, attrs: { transposeA: true, transposeB: false }, backend });
      const to = floats(backend, out);
      const from = floats(backend, part);
      for (let i = 0; i < to.length; i++) to[i]! += from[i]!;
      release(backend, columns);
      release(backend, part);
      if (gradient.dataId !== dy.dataId) release(backend, gradient);
    }
    return out;
  });
}

/** Rows of dy as a matrix [1, rows, channels]; dy itself where those are all. */
function slice(backend: unknown, dy: tf.TensorInfo, first: number, rows: number, channels: number): tf.TensorInfo {
  const shape = [1, rows, channels];
  if (first === 0 && dy.shape.reduce((a, b) => a * b, 1) === rows * channels) return { ...dy, dataId: dy.dataId, shape };
  const made = allocate(backend, shape);
  floats(backend, made).set(floats(backend, dy).subarray(first * channels, (first + rows) * channels));
  return made;
}

/** Writes the window of each output pixel of the images `first` ... `first + count - 1` as one row; padding stays 0. */
function fillColumns(x: Float32Array, columns: Float32Array, info: ConvInfo, first: number, count: number): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  let row = 0;
  for (let b = first; b < first + count; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const left = ox * strideWidth - padInfo.left;
        const x0 = Math.max(0, left);
        const x1 = Math.min(inWidth, left + filterWidth);
        for (let ky = 0; ky < filterHeight; ky++, row += filterWidth * inChannels) {
          const y = oy * strideHeight - padInfo.top + ky;
          if (y < 0 || y >= inHeight) continue;
          let from = ((b * inHeight + y) * inWidth + x0) * inChannels;
          const to = row + (x0 - left) * inChannels;
          const length = (x1 - x0) * inChannels;
          for (let i = 0; i < length; i++) columns[to + i] = x[from++]!;
        }
      }
    }
  }
}
