import { tf } from '../../tf.js';
import { type Inputs, type Kernel, type KernelArguments, setKernel, stockKernel } from '../kernels/host-arrays.js';
import type { Address, KernelModule } from './kernel-module.js';

type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

const FLOAT = 4;

function infoOf(inShape: readonly number[], filterShape: readonly number[], attrs: KernelArguments['attrs']): ConvInfo {
  return tf.backend_util.computeConv2DInfo(
    inShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides as [number, number],
    (attrs.dilations ?? [1, 1]) as [number, number],
    attrs.pad as 'same',
    attrs.dimRoundingMode as 'floor',
    true,
  );
}

/** [FH, FW, SH, SW, DH, DW, top, left] */
const windowOf = (c: ConvInfo): number[] => [
  c.filterHeight, c.filterWidth, c.strideHeight, c.strideWidth, c.dilationHeight, c.dilationWidth, c.padInfo.top, c.padInfo.left,
]; // prettier-ignore

/** [B, H, W, channels after the repetition] */
const imageOf = (c: ConvInfo): number[] => [c.batchSize, c.inHeight, c.inWidth, c.outChannels];

const multiplierOf = (c: ConvInfo): number => c.outChannels / c.inChannels;

/** Address of x [B, H, W, C] with every channel as often as it has filters. */
function repeated(module: KernelModule, x: tf.TensorInfo, c: ConvInfo): Address {
  if (multiplierOf(c) === 1) return module.address(x);
  const pixels = c.batchSize * c.inHeight * c.inWidth;
  const to = module.scratch(pixels * c.outChannels * FLOAT);
  module.kernels.repeatChannels(to, module.address(x), pixels * c.inChannels, multiplierOf(c));
  return to;
}

const isFloat = (...tensors: tf.TensorInfo[]): boolean => tensors.every(({ dtype }) => dtype === 'float32');

/** Depthwise convolution and both its gradients on the SIMD kernels: any stride, padding, dilation and number of filters per channel. */
export function registerDepthwise(module: KernelModule): void {
  registerForward(module);
  setKernel('DepthwiseConv2dNativeBackpropInput', 'wasm', ({ inputs, attrs }) => {
    const { dy, filter } = inputs as Inputs<'dy' | 'filter'>;
    const inputShape = attrs.inputShape as number[];
    const c = infoOf(inputShape, filter.shape, attrs);
    const out = module.make(inputShape);
    const [multiplier, size] = [multiplierOf(c), tf.util.sizeFromShape(inputShape)];
    const to = multiplier === 1 ? module.address(out) : module.scratch(size * multiplier * FLOAT);
    const output = [c.outHeight, c.outWidth];
    module.kernels.depthwiseInputGradient(module.address(dy), module.address(filter), to, ...imageOf(c), ...windowOf(c), ...output);
    if (multiplier !== 1) module.kernels.sumGroups(module.address(out), to, size, multiplier);
    return out;
  });
  setKernel('DepthwiseConv2dNativeBackpropFilter', 'wasm', ({ inputs, attrs }) => {
    const { x, dy } = inputs as Inputs<'x' | 'dy'>;
    const filterShape = attrs.filterShape as number[];
    const c = infoOf(x.shape, filterShape, attrs);
    const out = module.make(filterShape);
    const [from, gradient, to, output] = [repeated(module, x, c), module.address(dy), module.address(out), [c.outHeight, c.outWidth]];
    module.kernels.depthwiseFilterGradient(from, gradient, to, ...imageOf(c), ...windowOf(c), ...output);
    return out;
  });
}

function registerForward(module: KernelModule): void {
  const plain = stockKernel('DepthwiseConv2dNative', 'wasm');
  setKernel('DepthwiseConv2dNative', 'wasm', (args) => {
    const { x, filter } = args.inputs as Inputs<'x' | 'filter'>;
    // Integers: the stock kernel says that it has none.
    return isFloat(x, filter) ? forward(module, args, null, false) : plain(args);
  });
  const fused: Kernel = stockKernel('FusedDepthwiseConv2D', 'wasm');
  setKernel('FusedDepthwiseConv2D', 'wasm', (args) => {
    const { x, filter, bias } = args.inputs as Inputs<'x' | 'filter'> & { bias?: tf.TensorInfo };
    const { activation } = args.attrs;
    const biasFits = bias === undefined || (isFloat(bias) && bias.shape.length === 1);
    const covered = activation === 'linear' || activation === 'relu';
    if (!covered || !biasFits || !isFloat(x, filter) || args.attrs.dataFormat === 'NCHW') return fused(args);
    return forward(module, args, bias ?? null, activation === 'relu');
  });
}

function forward(module: KernelModule, { inputs, attrs }: KernelArguments, bias: tf.TensorInfo | null, relu: boolean): tf.TensorInfo {
  const { x, filter } = inputs as Inputs<'x' | 'filter'>;
  const c = infoOf(x.shape, filter.shape, attrs);
  const out = module.make(c.outShape);
  const from = repeated(module, x, c);
  module.kernels.depthwise(
    from, ...imageOf(c), module.address(filter), ...windowOf(c), module.address(out), c.outHeight, c.outWidth,
    bias === null ? 0 : module.address(bias), relu ? 1 : 0,
  ); // prettier-ignore
  return out;
}
