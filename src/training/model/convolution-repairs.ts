import { tf } from '../tf.js';
import { firstOf, type Part, partsOf } from './layer-parts.js';

/** Fields of the convolutions of tfjs-layers. */
type Convolution = Part & {
  kernelSize: number[];
  strides: number[];
  padding: string;
  dilationRate: number | number[];
  kernel: { read(): tf.Tensor };
  depthwiseKernel: { read(): tf.Tensor };
  depthMultiplier: number;
  bias: { read(): tf.Tensor } | null;
  activation: { apply(x: tf.Tensor): tf.Tensor } | null;
};

/**
 * Makes the convolutions inside a layer do what tfjs-layers only announces: conv1d with causal padding (it throws), the
 * gradient of conv2d with dilated kernels (it refuses it in its fused op), and dilation of depthwiseConv2d (it forgets it).
 * Call it before the layer is built.
 */
export function repairConvolutions(layer: tf.layers.Layer): void {
  for (const { part } of partsOf(layer)) {
    const conv = part as Convolution;
    if (part.getClassName() === 'Conv1D' && conv.padding === 'causal') makeCausal(conv);
    if (![conv.dilationRate].flat().some((rate) => rate > 1)) continue;
    if (part.getClassName() === 'Conv2D') unfuse(conv);
    if (part.getClassName() === 'DepthwiseConv2D') dilate(conv);
  }
}

/** Causal: step t sees t, t - dilation, ...: zeros before the first step, then no padding. x [batch, steps, channels]. */
function makeCausal(layer: Convolution): void {
  const before = ((layer.kernelSize[0] ?? 1) - 1) * ([layer.dilationRate].flat()[0] ?? 1);
  const call = layer.call.bind(layer);
  const outputShape = layer.computeOutputShape.bind(layer);
  const withPadding = <T>(padding: string, run: () => T): T => {
    layer.padding = padding;
    try {
      return run();
    } finally {
      layer.padding = 'causal';
    }
  };
  // There are as many steps after the layer as with "same".
  layer.computeOutputShape = (shape) => withPadding('same', () => outputShape(shape));
  layer.call = (inputs, kwargs) =>
    tf.tidy(() => {
      const x = firstOf(inputs) as tf.Tensor3D;
      const padded = tf.pad(x, [[0, 0], [before, 0], [0, 0]]); // prettier-ignore
      return withPadding('valid', () => call(padded, kwargs)) as tf.Tensor;
    });
}

/** Strides, padding and dilations of a layer as the operations of tfjs take them. */
function settingsOf({ strides, padding, dilationRate }: Convolution) {
  const [down = 1, along = 1] = strides;
  const [dilatedDown = 1, dilatedAlong = 1] = [dilationRate].flat();
  return { strides: [down, along] as Pair, pad: padding === 'same' ? ('same' as const) : ('valid' as const), rates: [dilatedDown, dilatedAlong] as Pair }; // prettier-ignore
}

type Pair = [number, number];

/** Convolution, bias and activation one after the other: each has its gradient. */
function inParts(layer: Convolution, convolve: (x: tf.Tensor4D) => tf.Tensor): void {
  layer.call = (inputs) =>
    tf.tidy(() => {
      const y = convolve(firstOf(inputs) as tf.Tensor4D);
      const { bias, activation } = layer;
      const shifted = bias === null ? y : tf.add(y, bias.read());
      return activation === null ? shifted : activation.apply(shifted);
    });
}

/** x [batch, height, width, channels]. */
function unfuse(layer: Convolution): void {
  inParts(layer, (x) => {
    const { strides, pad, rates } = settingsOf(layer);
    return tf.conv2d(x, layer.kernel.read() as tf.Tensor4D, strides, pad, 'NHWC', rates);
  });
}

/** x [batch, height, width, channels]. */
function dilate(layer: Convolution): void {
  inParts(layer, (x) => {
    const { strides, pad, rates } = settingsOf(layer);
    return tf.depthwiseConv2d(x, layer.depthwiseKernel.read() as tf.Tensor4D, strides, pad, 'NHWC', rates);
  });
  layer.computeOutputShape = (shape) => {
    const [batch, height = null, width = null, channels] = shape as tf.Shape;
    const { strides, pad, rates } = settingsOf(layer);
    const length = (size: number | null, axis: 0 | 1): number | null => {
      const covered = ((layer.kernelSize[axis] ?? 1) - 1) * rates[axis];
      return size === null ? null : Math.ceil((pad === 'same' ? size : size - covered) / strides[axis]);
    };
    return [batch ?? null, length(height, 0), length(width, 1), (channels ?? 1) * layer.depthMultiplier];
  };
}
