import { type ConvInfo, paddedSize, type Phase, phasePadding, phasesOf } from './convolution-geometry.js';
import { type Address, FLOAT, type KernelModule } from './kernel-module.js';

/** The filter gradient reads a few values past the end of its buffers. */
const SLACK_BYTES = 1024;

const round8 = (n: number): number => (n + 7) & ~7;
const bytes = (...sizes: number[]): number => sizes.reduce((a, b) => a * b, FLOAT);

/** What follows the sum over the taps; `bias` 0: none. */
export interface Ending {
  bias: Address;
  relu: boolean;
}

const PLAIN: Ending = { bias: 0, relu: false };

/** to [B, OH, OW, OC] = act(x [B, H, W, C] * w [FH, FW, C, OC] + bias [OC]). */
export function convolve(module: KernelModule, c: ConvInfo, x: Address, w: Address, to: Address, ending = PLAIN): void {
  const { kernels } = module;
  const [height, width] = paddedSize(c);
  const taps = c.filterHeight * c.filterWidth * c.inChannels;
  const packedBytes = bytes(taps, round8(c.outChannels));
  const tableBytes = kernels.convolveScratch(c.outChannels);
  const padding = isPadded(c, height, width);
  const table = module.scratch(tableBytes + packedBytes + (padding ? bytes(c.batchSize, height, width, c.inChannels) : 0));
  const packed = table + tableBytes;
  kernels.packColumns(packed, w, bytes(c.outChannels), FLOAT, taps, c.outChannels);
  const input = padding ? packed + packedBytes : x;
  if (padding) pad(module, c, x, height, width, input);
  const pixel = bytes(c.inChannels);
  const relu = ending.relu ? 1 : 0;
  if (fitsRows(c)) {
    kernels.convolveRows(
      input, height * width * pixel, c.strideHeight * width * pixel, c.dilationHeight * width * pixel, packed, c.filterHeight,
      c.filterWidth, to, c.batchSize, c.outHeight, c.outWidth, c.outChannels, ending.bias, relu,
    ); // prettier-ignore
    return;
  }
  kernels.convolve(
    input, height * width * pixel, c.strideHeight * width * pixel, c.strideWidth * pixel, c.dilationHeight * width * pixel,
    c.dilationWidth * pixel, c.inChannels, packed, c.filterHeight, c.filterWidth,
    to, bytes(c.outHeight, c.outWidth, c.outChannels), bytes(c.outWidth, c.outChannels), bytes(c.outChannels),
    c.batchSize, c.outHeight, c.outWidth, c.outChannels, ending.bias, relu, table,
  ); // prettier-ignore
}

/** Whether the kernel for one channel computes this, see kernels/convolution-rows.ts. */
function fitsRows(c: ConvInfo): boolean {
  return c.inChannels === 1 && c.strideWidth === 1 && c.dilationWidth === 1 && c.outChannels % 8 === 0 && c.outWidth >= 4;
}

function isPadded({ inHeight, inWidth, padInfo }: ConvInfo, height: number, width: number): boolean {
  return padInfo.top !== 0 || padInfo.left !== 0 || height !== inHeight || width !== inWidth;
}

function pad(module: KernelModule, c: ConvInfo, x: Address, height: number, width: number, to: Address): void {
  module.kernels.pad(to, x, c.batchSize, c.inHeight, c.inWidth, c.inChannels, c.padInfo.top, c.padInfo.left, height, width);
}

/**
 * The transposed convolution: to [B, H, W, C] from dy [B, OH, OW, OC] and w [FH, FW, C, OC], one phase of inputs after the
 * other, see kernels/convolution.ts. It is the gradient of the input; with bias [C] and relu it is a layer.
 */
export function convolveTransposed(module: KernelModule, c: ConvInfo, dy: Address, w: Address, to: Address, ending = PLAIN): void {
  const { kernels } = module;
  const rows = phasesOf(c.inHeight, c.strideHeight, c.dilationHeight, c.filterHeight, c.padInfo.top);
  const columns = phasesOf(c.inWidth, c.strideWidth, c.dilationWidth, c.filterWidth, c.padInfo.left);
  const [top, height] = phasePadding(rows, c.dilationHeight, c.outHeight);
  const [left, width] = phasePadding(columns, c.dilationWidth, c.outWidth);
  const padding = height !== c.outHeight || width !== c.outWidth;
  const pixel = bytes(c.outChannels);
  const packedBytes = bytes(c.filterHeight, c.filterWidth, c.outChannels, round8(c.inChannels));
  const tableBytes = kernels.convolveScratch(c.inChannels);
  const table = module.scratch(tableBytes + packedBytes + (padding ? c.batchSize * height * width * pixel : 0));
  const packed = table + tableBytes;
  const from = padding ? packed + packedBytes : dy;
  if (padding) kernels.pad(from, dy, c.batchSize, c.outHeight, c.outWidth, c.outChannels, top, left, height, width);
  const phase = (down: Phase, along: Phase): void => {
    const { filterHeight, filterWidth, inChannels, outChannels } = c;
    kernels.packFlipped(
      packed, w, filterHeight, filterWidth, inChannels, outChannels, down.tap, along.tap, c.strideHeight, c.strideWidth,
    ); // prettier-ignore
    kernels.convolve(
      from + ((top + down.start) * width + left + along.start) * pixel, height * width * pixel, width * pixel, pixel,
      c.dilationHeight * width * pixel, c.dilationWidth * pixel, outChannels, packed, down.taps, along.taps,
      to + bytes(down.first * c.inWidth + along.first, inChannels), bytes(c.inHeight, c.inWidth, inChannels),
      bytes(c.strideHeight, c.inWidth, inChannels), bytes(c.strideWidth, inChannels),
      c.batchSize, down.count, along.count, inChannels, ending.bias, ending.relu ? 1 : 0, table,
    ); // prettier-ignore
  };
  for (const down of rows) for (const along of columns) phase(down, along);
}

/** dw [FH, FW, C, OC] from x [B, H, W, C] and dy [B, OH, OW, OC]. */
export function filterGradient(module: KernelModule, c: ConvInfo, x: Address, dy: Address, to: Address): void {
  const { kernels } = module;
  const [height, width] = paddedSize(c);
  const workBytes = kernels.filterGradientScratch(c.filterHeight, c.filterWidth, c.inChannels, c.outChannels, c.dilationWidth);
  const imageBytes = bytes(c.batchSize, height, width, c.inChannels);
  const gradientBytes = bytes(c.batchSize, c.outHeight, c.outWidth, c.outChannels);
  const padding = isPadded(c, height, width);
  // Where the heap ends before what is read past an end, a copy has room for that.
  const atEnd = (at: Address, size: number): boolean => at + size + SLACK_BYTES > module.heapBytes;
  const [copiesInput, copiesGradient] = [padding || atEnd(x, imageBytes), atEnd(dy, gradientBytes)];
  const inputBytes = copiesInput ? imageBytes + SLACK_BYTES : 0;
  const work = module.scratch(workBytes + inputBytes + (copiesGradient ? gradientBytes + SLACK_BYTES : 0));
  const input = copiesInput ? work + workBytes : x;
  const gradient = copiesGradient ? work + workBytes + inputBytes : dy;
  if (copiesInput) pad(module, c, x, height, width, input);
  if (copiesGradient) module.copy(gradient, dy, gradientBytes / FLOAT);
  kernels.filterGradient(
    input, c.batchSize, height, width, c.inChannels, gradient, c.outHeight, c.outWidth, c.outChannels, c.filterHeight,
    c.filterWidth, c.strideHeight, c.strideWidth, c.dilationHeight, c.dilationWidth, to, work,
  ); // prettier-ignore
}
