import { tf } from '../../tf.js';
import { type Inputs, type Kernel, setKernel, stockKernel } from '../kernels/host-arrays.js';
import type { Address, KernelModule } from './kernel-module.js';

type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

const FLOAT = 4;
/** A tile at the edge of the output, and bias values for it. */
const EDGE_BYTES = 512;
/** Kernels read a few values past the end of a buffer. */
const SLACK_BYTES = 1024;

interface ConvAttributes {
  strides: [number, number];
  pad: 'valid' | 'same' | number;
  dilations?: [number, number] | number;
  dataFormat: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor';
}

function infoOf(inShape: readonly number[], filterShape: readonly number[], attrs: ConvAttributes): ConvInfo {
  return tf.backend_util.computeConv2DInfo(
    inShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    false,
    tf.backend_util.convertConv2DDataFormat(attrs.dataFormat),
  );
}

const round8 = (n: number): number => (n + 7) & ~7;
const bytes = (...sizes: number[]): number => sizes.reduce((a, b) => a * b, FLOAT);

/** Height and width of the padded input: every tap of every output pixel lies inside. */
function paddedSize(c: ConvInfo): [height: number, width: number] {
  return [
    Math.max(c.inHeight + c.padInfo.top + c.padInfo.bottom, (c.outHeight - 1) * c.strideHeight + c.effectiveFilterHeight),
    Math.max(c.inWidth + c.padInfo.left + c.padInfo.right, (c.outWidth - 1) * c.strideWidth + c.effectiveFilterWidth),
  ];
}

/** Convolutions and their gradients on the SIMD kernels, NHWC float32, any stride, padding and dilation. */
export function registerConvolution(module: KernelModule): void {
  const stock = stockKernel('Conv2D', 'wasm');
  setKernel('Conv2D', 'wasm', (args) => {
    const { x, filter } = args.inputs as Inputs<'x' | 'filter'>;
    const info = infoOf(x.shape, filter.shape, args.attrs as unknown as ConvAttributes);
    if (info.dataFormat !== 'channelsLast' || x.dtype !== 'float32' || filter.dtype !== 'float32') return stock(args);
    return forward(module, x, filter, info, null, false);
  });
  registerFused(module);
  setKernel('Conv2DBackpropFilter', 'wasm', filterGradient(module));
  registerInputGradient(module);
}

function registerFused(module: KernelModule): void {
  const stock = stockKernel('FusedConv2D', 'wasm');
  setKernel('FusedConv2D', 'wasm', (args) => {
    const { x, filter, bias } = args.inputs as Inputs<'x' | 'filter'> & { bias?: tf.TensorInfo };
    const info = infoOf(x.shape, filter.shape, args.attrs as unknown as ConvAttributes);
    const { activation } = args.attrs;
    const covered = activation === 'linear' || activation === 'relu';
    const biasFits = bias === undefined || (bias.dtype === 'float32' && bias.shape.length === 1 && bias.shape[0] === info.outChannels);
    const channelsLast = info.dataFormat === 'channelsLast' && x.dtype === 'float32' && filter.dtype === 'float32';
    if (!covered || !biasFits || !channelsLast) return stock(args);
    return forward(module, x, filter, info, bias ?? null, activation === 'relu');
  });
}

/** x [B, H, W, C] * filter [FH, FW, C, OC] -> [B, OH, OW, OC]. */
function forward(
  module: KernelModule,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  c: ConvInfo,
  bias: tf.TensorInfo | null,
  relu: boolean,
): tf.TensorInfo {
  const { kernels } = module;
  const out = module.make(c.outShape);
  const [height, width] = paddedSize(c);
  const taps = c.filterHeight * c.filterWidth * c.inChannels;
  const packedBytes = bytes(taps, round8(c.outChannels));
  const paddedBytes = bytes(c.batchSize, height, width, c.inChannels);
  // A tile takes 4 pixels also where a row has fewer.
  const beyond = bytes(3, c.strideWidth, c.inChannels) + SLACK_BYTES;
  const edge = module.scratch(EDGE_BYTES + packedBytes + paddedBytes + beyond);
  const packed = edge + EDGE_BYTES;
  kernels.packColumns(packed, module.address(filter), c.outChannels * FLOAT, FLOAT, taps, c.outChannels);
  const input = padded(module, x, c, height, width, packed + packedBytes);
  kernels.convolve(
    input, c.batchSize, height, width, c.inChannels, packed, c.filterHeight, c.filterWidth, c.strideHeight, c.strideWidth,
    c.dilationHeight, c.dilationWidth, module.address(out), c.outHeight, c.outWidth, c.outChannels,
    bias === null ? 0 : module.address(bias), relu ? 1 : 0, edge,
  ); // prettier-ignore
  return out;
}

/** Address of x padded to height x width: a copy at `at`. It is copied even where nothing is padded, for tiles may read past the end. */
function padded(module: KernelModule, x: tf.TensorInfo, c: ConvInfo, height: number, width: number, at: Address): Address {
  const { top, left } = c.padInfo;
  const nothing = top === 0 && left === 0 && height === c.inHeight && width === c.inWidth;
  // A row of fewer than 4 pixels makes the kernel read beyond it; the copy has room for that.
  if (nothing && c.outWidth >= 4) return module.address(x);
  // prettier-ignore
  module.kernels.pad(at, module.address(x), c.batchSize, c.inHeight, c.inWidth, c.inChannels, top, left, height, width, 1, 1);
  return at;
}

/** dW [FH, FW, C, OC] from x [B, H, W, C] and dy [B, OH, OW, OC]. */
function filterGradient(module: KernelModule): Kernel {
  return (args) => {
    const { x, dy } = args.inputs as Inputs<'x' | 'dy'>;
    const filterShape = args.attrs.filterShape as number[];
    const c = infoOf(x.shape, filterShape, args.attrs as unknown as ConvAttributes);
    if (c.dataFormat !== 'channelsLast') throw new Error('The wasm engine computes channelsLast only.');
    const { kernels } = module;
    const out = module.make(filterShape);
    const [height, width] = paddedSize(c);
    const workBytes = kernels.filterGradientScratch(c.filterHeight, c.filterWidth, c.inChannels, c.outChannels, c.dilationWidth);
    const paddedBytes = bytes(c.batchSize, height, width, c.inChannels) + SLACK_BYTES;
    const dyBytes = bytes(c.batchSize, c.outHeight, c.outWidth, c.outChannels);
    const work = module.scratch(workBytes + paddedBytes + dyBytes + SLACK_BYTES);
    const at = work + workBytes;
    const gradient = readable(module, dy, dyBytes, at + paddedBytes);
    // prettier-ignore
    kernels.pad(at, module.address(x), c.batchSize, c.inHeight, c.inWidth, c.inChannels, c.padInfo.top, c.padInfo.left, height, width, 1, 1);
    kernels.filterGradient(
      at, c.batchSize, height, width, c.inChannels, gradient, c.outHeight, c.outWidth, c.outChannels,
      c.filterHeight, c.filterWidth, c.strideHeight, c.strideWidth, c.dilationHeight, c.dilationWidth, module.address(out), work,
    ); // prettier-ignore
    return out;
  };
}

/** Address of dy, which the kernel reads a few values past its end: a copy at `at` where the heap ends before. */
function readable(module: KernelModule, dy: tf.TensorInfo, size: number, at: Address): Address {
  const address = module.address(dy);
  if (address + size + SLACK_BYTES <= module.heapBytes) return address;
  module.floats(at, size / FLOAT).set(module.floats(address, size / FLOAT));
  return at;
}

/** dx [B, H, W, C]: dy spread by the strides and padded, convolved with the flipped filter. */
function registerInputGradient(module: KernelModule): void {
  const stock = stockKernel('Conv2DBackpropInput', 'wasm');
  setKernel('Conv2DBackpropInput', 'wasm', (args) => {
    const { dy, filter } = args.inputs as Inputs<'dy' | 'filter'>;
    const inputShape = args.attrs.inputShape as number[];
    const c = infoOf(inputShape, filter.shape, args.attrs as unknown as ConvAttributes);
    const top = c.effectiveFilterHeight - 1 - c.padInfo.top;
    const left = c.effectiveFilterWidth - 1 - c.padInfo.left;
    const outside = top < 0 || left < 0 || c.padInfo.bottom >= c.effectiveFilterHeight || c.padInfo.right >= c.effectiveFilterWidth;
    const consistent = dy.shape[1] === c.outHeight && dy.shape[2] === c.outWidth;
    if (c.dataFormat !== 'channelsLast' || outside || !consistent) return stock(args);
    const { kernels } = module;
    const out = module.make(inputShape);
    const height = c.inHeight + c.effectiveFilterHeight - 1;
    const width = c.inWidth + c.effectiveFilterWidth - 1;
    const taps = c.filterHeight * c.filterWidth * c.outChannels;
    const packedBytes = bytes(taps, round8(c.inChannels));
    const copyBytes = bytes(taps, c.inChannels);
    const spreadBytes = bytes(c.batchSize, height, width, c.outChannels) + bytes(3, c.outChannels);
    const edge = module.scratch(EDGE_BYTES + packedBytes + Math.max(copyBytes, spreadBytes) + SLACK_BYTES);
    const packed = edge + EDGE_BYTES;
    const spread = packed + packedBytes;
    kernels.packFlipped(packed, module.address(filter), c.filterHeight, c.filterWidth, c.inChannels, c.outChannels, spread);
    kernels.pad(
      spread, module.address(dy), c.batchSize, c.outHeight, c.outWidth, c.outChannels, top, left, height, width, c.strideHeight, c.strideWidth,
    ); // prettier-ignore
    kernels.convolve(
      spread, c.batchSize, height, width, c.outChannels, packed, c.filterHeight, c.filterWidth, 1, 1, c.dilationHeight, c.dilationWidth,
      module.address(out), c.inHeight, c.inWidth, c.inChannels, 0, 0, edge,
    ); // prettier-ignore
    return out;
  });
}
