import { type tf } from '../../tf.js';
import {
  type Inputs,
  isFloat,
  isPerChannel,
  type Kernel,
  type KernelArguments,
  setKernel,
  sizeOf,
  stockKernel,
} from '../kernels/host-arrays.js';
import { type ConvAttributes, type ConvInfo, convInfo } from './convolution-geometry.js';
import type { Ending } from './convolution.js';
import { type Address, FLOAT, type KernelModule } from './kernel-module.js';

const infoOf = (x: readonly number[], filter: readonly number[], attrs: KernelArguments['attrs']): ConvInfo =>
  convInfo(x, filter, { ...(attrs as unknown as ConvAttributes), dataFormat: 'NHWC' }, true);

/** [FH, FW, SH, SW, DH, DW, top, left] */
const windowOf = (c: ConvInfo): number[] => [
  c.filterHeight, c.filterWidth, c.strideHeight, c.strideWidth, c.dilationHeight, c.dilationWidth, c.padInfo.top, c.padInfo.left,
]; // prettier-ignore

/** [B, H, W, channels after the repetition] */
const imageOf = (c: ConvInfo): number[] => [c.batchSize, c.inHeight, c.inWidth, c.outChannels];

const multiplierOf = (c: ConvInfo): number => c.outChannels / c.inChannels;

/** Address of x [B, H, W, C] with every channel as often as it has filters. */
function repeated(module: KernelModule, c: ConvInfo, x: Address): Address {
  if (multiplierOf(c) === 1) return x;
  const pixels = c.batchSize * c.inHeight * c.inWidth;
  const to = module.scratch(pixels * c.outChannels * FLOAT);
  module.kernels.repeatChannels(to, x, pixels * c.inChannels, multiplierOf(c));
  return to;
}

/** to [B, OH, OW, C M] = act(depthwise convolution of x [B, H, W, C] by w [FH, FW, C, M] + bias). */
export function convolveDepthwise(module: KernelModule, c: ConvInfo, x: Address, w: Address, to: Address, ending: Ending): void {
  const from = repeated(module, c, x);
  module.kernels.depthwise(
    from, ...imageOf(c), w, ...windowOf(c), to, c.outHeight, c.outWidth, ending.bias, ending.relu ? 1 : 0,
  ); // prettier-ignore
}

/** Its gradient of x, from dy [B, OH, OW, C M]. */
export function depthwiseInputGradient(module: KernelModule, c: ConvInfo, dy: Address, w: Address, to: Address): void {
  const [multiplier, size] = [multiplierOf(c), c.batchSize * c.inHeight * c.inWidth * c.inChannels];
  const each = multiplier === 1 ? to : module.scratch(size * multiplier * FLOAT);
  module.kernels.depthwiseInputGradient(dy, w, each, ...imageOf(c), ...windowOf(c), c.outHeight, c.outWidth);
  if (multiplier !== 1) module.kernels.sumGroups(to, each, size, multiplier);
}

/** Its gradient of w. */
export function depthwiseFilterGradient(module: KernelModule, c: ConvInfo, x: Address, dy: Address, to: Address): void {
  module.kernels.depthwiseFilterGradient(repeated(module, c, x), dy, to, ...imageOf(c), ...windowOf(c), c.outHeight, c.outWidth);
}

/** Depthwise convolution of tfjs and both its gradients: any stride, padding, dilation and number of filters per channel. */
export function registerDepthwise(module: KernelModule): void {
  registerForward(module);
  setKernel('DepthwiseConv2dNativeBackpropInput', 'wasm', ({ inputs, attrs }) => {
    const { dy, filter } = inputs as Inputs<'dy' | 'filter'>;
    const inputShape = attrs.inputShape as number[];
    const out = module.make(inputShape);
    const c = infoOf(inputShape, filter.shape, attrs);
    depthwiseInputGradient(module, c, module.address(dy), module.address(filter), module.address(out));
    return out;
  });
  setKernel('DepthwiseConv2dNativeBackpropFilter', 'wasm', ({ inputs, attrs }) => {
    const { x, dy } = inputs as Inputs<'x' | 'dy'>;
    const filterShape = attrs.filterShape as number[];
    const out = module.make(filterShape);
    const c = infoOf(x.shape, filterShape, attrs);
    depthwiseFilterGradient(module, c, module.address(x), module.address(dy), module.address(out));
    return out;
  });
}

function registerForward(module: KernelModule): void {
  const forward = ({ inputs, attrs }: KernelArguments, bias: tf.TensorInfo | undefined, relu: boolean): tf.TensorInfo => {
    const { x, filter } = inputs as Inputs<'x' | 'filter'>;
    const c = infoOf(x.shape, filter.shape, attrs);
    const out = module.make(c.outShape);
    const ending = { bias: module.addressOr0(bias), relu };
    convolveDepthwise(module, c, module.address(x), module.address(filter), module.address(out), ending);
    return out;
  };
  const plain = stockKernel('DepthwiseConv2dNative', 'wasm');
  setKernel('DepthwiseConv2dNative', 'wasm', (args) => {
    const { x, filter } = args.inputs as Inputs<'x' | 'filter'>;
    // Integers: the stock kernel says that it has none.
    return isFloat(x, filter) ? forward(args, undefined, false) : plain(args);
  });
  const fused: Kernel = stockKernel('FusedDepthwiseConv2D', 'wasm');
  setKernel('FusedDepthwiseConv2D', 'wasm', (args) => {
    const { x, filter, bias } = args.inputs as Inputs<'x' | 'filter'> & { bias?: tf.TensorInfo };
    const { activation } = args.attrs;
    const covered = activation === 'linear' || activation === 'relu';
    const fits = isPerChannel(bias, sizeOf(filter.shape.slice(2))) && isFloat(x, filter, bias);
    if (!covered || !fits || args.attrs.dataFormat === 'NCHW') return fused(args);
    return forward(args, bias, activation === 'relu');
  });
}
