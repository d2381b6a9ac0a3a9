import type { tf } from '../../tf.js';
import { type ConvAttributes, type ConvInfo, convInfo, outputShape } from './convolution-geometry.js';
import { convolve, convolveTransposed, filterGradient } from './convolution.js';
import { convolveDepthwise, depthwiseFilterGradient, depthwiseInputGradient } from './depthwise.js';
import type { KernelModule } from './kernel-module.js';
import { type LayerAttributes, type LayerFunction, layerFunction, registerLayerOperation } from './layer-operation.js';
import type { MaskedGradient } from './masked-gradient.js';

const CONVOLUTION = 'GradwatchConvolution';
const TRANSPOSED = 'GradwatchTransposedConvolution';
const DEPTHWISE = 'GradwatchDepthwiseConvolution';

export interface ConvolutionAttributes extends LayerAttributes {
  /** Geometry of the convolution, or of that which a transposed one is the input gradient of. */
  info: ConvInfo;
}

/**
 * A convolution layer as one differentiable operation, y = act(x * w + b): x [B, H, W, C] and w [FH, FW, C, OC], or x [B, W, C]
 * and w [FW, C, OC]; b [OC]. Maths and gradients: kernels/convolution.ts, kernels/filter-gradient.ts.
 */
export const convolution: LayerFunction<ConvolutionAttributes> = layerFunction(CONVOLUTION);

/**
 * A transposed convolution, y = act(z + b): z [B, H, W, C] is the input gradient of the convolution `info` for the output
 * gradient x [B, OH, OW, OC] and w [FH, FW, C, OC]; b [C]. So dx = dz * w, and dw is the filter gradient with dz as the image and x as dy.
 */
export const transposedConvolution: LayerFunction<ConvolutionAttributes> = layerFunction(TRANSPOSED);

/** A depthwise convolution: x [B, H, W, C], w [FH, FW, C, M], b [C M]. Maths: kernels/depthwise.ts. */
export const depthwiseConvolution: LayerFunction<ConvolutionAttributes> = layerFunction(DEPTHWISE);

/** The geometry of a layer's calls, which all have one shape but for the last batch. */
export function rememberedInfo(attrs: ConvAttributes, depthwise = false): (x: readonly number[], filter: readonly number[]) => ConvInfo {
  let last: { x: string; info: ConvInfo } | null = null;
  return (x, filter) => {
    const key = x.join();
    if (last?.x !== key) last = { x: key, info: convInfo(x, filter, attrs, depthwise) };
    return last.info;
  };
}

export function registerConvolutionLayers(module: KernelModule, masked: MaskedGradient): void {
  const at = (tensor: tf.TensorInfo): number => module.address(tensor);
  registerLayerOperation<ConvolutionAttributes>(module, masked, {
    name: CONVOLUTION,
    outputShape: ({ info }, x) => outputShape(info, x.shape.length),
    forward: ({ info }, x, w, to, ending) => convolve(module, info, at(x), at(w), to, ending),
    inputGradient: ({ info }, dz, _, w, to) => convolveTransposed(module, info, dz, at(w), to),
    weightGradient: ({ info }, dz, x, _, to) => filterGradient(module, info, at(x), dz, to),
  });
  registerLayerOperation<ConvolutionAttributes>(module, masked, {
    name: TRANSPOSED,
    outputShape: ({ info }) => info.inShape,
    forward: ({ info }, x, w, to, ending) => convolveTransposed(module, info, at(x), at(w), to, ending),
    inputGradient: ({ info }, dz, _, w, to) => convolve(module, info, dz, at(w), to),
    weightGradient: ({ info }, dz, x, _, to) => filterGradient(module, info, dz, at(x), to),
  });
  registerLayerOperation<ConvolutionAttributes>(module, masked, {
    name: DEPTHWISE,
    outputShape: ({ info }) => info.outShape,
    forward: ({ info }, x, w, to, ending) => convolveDepthwise(module, info, at(x), at(w), to, ending),
    inputGradient: ({ info }, dz, _, w, to) => depthwiseInputGradient(module, info, dz, at(w), to),
    weightGradient: ({ info }, dz, x, _, to) => depthwiseFilterGradient(module, info, at(x), dz, to),
  });
}
