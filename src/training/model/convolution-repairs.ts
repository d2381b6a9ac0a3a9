import { tf } from '../tf.js';
import { type Part, partsOf } from './layer-parts.js';

/** Fields of the convolutions of tfjs-layers. */
type Convolution = Part & {
  kernelSize: number[];
  strides: number[];
  padding: string;
  dilationRate: number | number[];
  kernel: { read(): tf.Tensor };
  bias: { read(): tf.Tensor } | null;
  activation: { apply(x: tf.Tensor): tf.Tensor } | null;
};

/**
 * Makes the convolutions inside a layer do what tfjs-layers only announces: conv1d with causal padding (it throws) and
 * the gradient of conv2d with dilated kernels (it refuses it in its fused op). Call it before the layer is built.
 */
export function repairConvolutions(layer: tf.layers.Layer): void {
  for (const { part } of partsOf(layer)) {
    const conv = part as Convolution;
    if (part.getClassName() === 'Conv1D' && conv.padding === 'causal') makeCausal(conv);
    if (part.getClassName() === 'Conv2D' && [conv.dilationRate].flat().some((rate) => rate > 1)) unfuse(conv);
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
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor3D;
      const padded = tf.pad(x, [[0, 0], [before, 0], [0, 0]]); // prettier-ignore
      return withPadding('valid', () => call(padded, kwargs)) as tf.Tensor;
    });
}

/** Convolution, bias and activation one after the other: each has its gradient. x [batch, height, width, channels]. */
function unfuse(layer: Convolution): void {
  layer.call = (inputs) =>
    tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
      const { strides, padding, dilationRate, kernel, bias, activation } = layer;
      const [down = 1, along = 1] = strides;
      const [dilatedDown = 1, dilatedAlong = 1] = [dilationRate].flat();
      const rates: [number, number] = [dilatedDown, dilatedAlong];
      const y = tf.conv2d(x, kernel.read() as tf.Tensor4D, [down, along], padding === 'same' ? 'same' : 'valid', 'NHWC', rates);
      const shifted = bias === null ? y : tf.add(y, bias.read());
      return activation === null ? shifted : activation.apply(shifted);
    });
}
