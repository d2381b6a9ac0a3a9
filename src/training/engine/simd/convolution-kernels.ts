import type { tf } from '../../tf.js';
import { type Inputs, isFloat, isPerChannel, setKernel, stockKernel } from '../kernels/host-arrays.js';
import { type ConvAttributes, type ConvInfo, convInfo } from './convolution-geometry.js';
import { convolve, convolveTransposed, filterGradient } from './convolution.js';
import type { KernelModule } from './kernel-module.js';

const infoOf = (x: readonly number[], filter: readonly number[], attrs: Record<string, unknown>): ConvInfo =>
  convInfo(x, filter, attrs as unknown as ConvAttributes);

/** Convolutions of tfjs and their gradients on the SIMD kernels, NHWC float32, any stride, padding and dilation. */
export function registerConvolution(module: KernelModule): void {
  registerForward(module);
  registerInputGradient(module);
  setKernel('Conv2DBackpropFilter', 'wasm', ({ inputs, attrs }) => {
    const { x, dy } = inputs as Inputs<'x' | 'dy'>;
    const filterShape = attrs.filterShape as number[];
    const c = infoOf(x.shape, filterShape, attrs);
    if (c.dataFormat !== 'channelsLast') throw new Error('The wasm engine computes channelsLast only.');
    const out = module.make(filterShape);
    filterGradient(module, c, module.address(x), module.address(dy), module.address(out));
    return out;
  });
}

function registerForward(module: KernelModule): void {
  const forward = (c: ConvInfo, x: tf.TensorInfo, w: tf.TensorInfo, bias: tf.TensorInfo | undefined, relu: boolean): tf.TensorInfo => {
    const out = module.make(c.outShape);
    convolve(module, c, module.address(x), module.address(w), module.address(out), { bias: module.addressOr0(bias), relu });
    return out;
  };
  const stock = stockKernel('Conv2D', 'wasm');
  setKernel('Conv2D', 'wasm', (args) => {
    const { x, filter } = args.inputs as Inputs<'x' | 'filter'>;
    const c = infoOf(x.shape, filter.shape, args.attrs);
    return c.dataFormat === 'channelsLast' && isFloat(x, filter) ? forward(c, x, filter, undefined, false) : stock(args);
  });
  const fused = stockKernel('FusedConv2D', 'wasm');
  setKernel('FusedConv2D', 'wasm', (args) => {
    const { x, filter, bias } = args.inputs as Inputs<'x' | 'filter'> & { bias?: tf.TensorInfo };
    const c = infoOf(x.shape, filter.shape, args.attrs);
    const { activation } = args.attrs;
    const covered = activation === 'linear' || activation === 'relu';
    const fits = isPerChannel(bias, c.outChannels) && isFloat(x, filter, bias);
    if (!covered || !fits || c.dataFormat !== 'channelsLast') return fused(args);
    return forward(c, x, filter, bias, activation === 'relu');
  });
}

/** Also the forward pass of conv2dTranspose. */
function registerInputGradient(module: KernelModule): void {
  const stock = stockKernel('Conv2DBackpropInput', 'wasm');
  setKernel('Conv2DBackpropInput', 'wasm', (args) => {
    const { dy, filter } = args.inputs as Inputs<'dy' | 'filter'>;
    const inputShape = args.attrs.inputShape as number[];
    const c = infoOf(inputShape, filter.shape, args.attrs);
    const consistent = dy.shape[1] === c.outHeight && dy.shape[2] === c.outWidth;
    if (c.dataFormat !== 'channelsLast' || !consistent) return stock(args);
    const out = module.make(inputShape);
    convolveTransposed(module, c, module.address(dy), module.address(filter), module.address(out));
    return out;
  });
}
