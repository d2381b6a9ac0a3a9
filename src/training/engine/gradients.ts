import { tf } from '../tf.js';

/*
 * Gradients of tfjs-core that are wrong at a point of interest or missing. They hold for every engine.
 */
type GradFunc = tf.GradFunc;

function setGradient(kernelName: string, inputsToSave: string[], gradFunc: GradFunc): void {
  if ((tf.getGradient(kernelName) as tf.GradConfig | undefined) !== undefined) tf.unregisterGradient(kernelName);
  tf.registerGradient({ kernelName, inputsToSave, gradFunc });
}

/** d|x|/dx = sign(x): 0 at 0, NaN at NaN. tfjs has -1 at 0, so that an L1 penalty drives zero weights away from 0. */
const absGradient: GradFunc = (dy, saved) => {
  const x = saved[0] as tf.Tensor;
  return { x: () => tf.mul(dy as tf.Tensor, tf.sub(tf.step(x), tf.step(tf.neg(x)))) };
};

/** A comparison is constant almost everywhere. tfjs has no gradient for it and refuses to train thresholdedReLU. */
const comparisonGradient: GradFunc = (_, saved) => {
  const [a, b] = saved as [tf.Tensor, tf.Tensor];
  return { a: () => tf.zerosLike(a), b: () => tf.zerosLike(b) };
};

/** Unstacking gives a list, except of one entry: there tfjs hands over the tensor itself, and its own gradient fails. */
const unpackGradient: GradFunc = (dy, _, attrs) => {
  return { value: () => tf.stack(Array.isArray(dy) ? dy : [dy], attrs['axis'] as number) };
};

/** Runs a kernel of one output. */
const run = (kernelName: string, inputs: Record<string, tf.Tensor>, attrs: object): tf.Tensor =>
  tf.engine().runKernel(kernelName, inputs, attrs as tf.NamedAttrMap);

interface ConvAttributes {
  strides: [number, number];
  pad: 'valid' | 'same' | number;
  dataFormat: 'NHWC' | 'NCHW';
  dilations: [number, number] | number;
}

/**
 * Gradient of conv2d with dilated kernels, which tfjs refuses. A kernel w dilated by d is the kernel W with d - 1 zeros
 * between its entries: dx is the input gradient for W, dw the entries of dW at multiples of d.
 */
const convGradient: GradFunc = (dy, saved, attrs) => {
  const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
  const { strides, pad, dataFormat, dilations } = attrs as unknown as ConvAttributes;
  const [height, width] = typeof dilations === 'number' ? [dilations, dilations] : dilations;
  const gradient = dy as tf.Tensor4D;
  const wide = spread(filter, height, width);
  const settings = { strides, pad, dataFormat };
  return {
    x: () => run('Conv2DBackpropInput', { dy: gradient, filter: wide }, { ...settings, inputShape: x.shape }),
    filter: () => {
      const all = run('Conv2DBackpropFilter', { x, dy: gradient }, { ...settings, filterShape: wide.shape });
      return height === 1 && width === 1 ? all : tf.stridedSlice(all, [0, 0, 0, 0], wide.shape, [height, width, 1, 1]);
    },
  };
};

/** Kernel [kh, kw, ci, co] with zeros between its entries: [(kh - 1) * height + 1, (kw - 1) * width + 1, ci, co]. */
function spread(filter: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  if (height === 1 && width === 1) return filter;
  const [kh, kw, ci, co] = filter.shape;
  const cells = tf.reshape<tf.Rank.R5>(filter, [kh, 1, kw, 1, ci * co]);
  const padded = tf.pad(cells, [[0, 0], [0, height - 1], [0, 0], [0, width - 1], [0, 0]]); // prettier-ignore
  const whole = tf.reshape(padded, [kh * height, kw * width, ci, co]);
  return tf.slice(whole as tf.Tensor4D, [0, 0, 0, 0], [(kh - 1) * height + 1, (kw - 1) * width + 1, ci, co]);
}

/** Gradient of a depthwise convolution, dilated or not; tfjs refuses dilated ones, and so does TensorFlow: there as `convGradient`. */
const depthwiseGradient: GradFunc = (dy, saved, attrs) => {
  const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
  const gradient = dy as tf.Tensor;
  const dilations = attrs.dilations ?? 1;
  const [height, width] = typeof dilations === 'number' ? [dilations, dilations] : (dilations as [number, number]);
  const widened = tf.getBackend() === 'tensorflow' && height * width > 1;
  const kernel = widened ? spread(filter, height, width) : filter;
  const settings = { ...attrs, dilations: widened ? [1, 1] : [height, width] };
  return {
    x: () => run('DepthwiseConv2dNativeBackpropInput', { dy: gradient, filter: kernel }, { ...settings, inputShape: x.shape }),
    filter: () => {
      const all = run('DepthwiseConv2dNativeBackpropFilter', { x, dy: gradient }, { ...settings, filterShape: kernel.shape });
      return widened ? tf.stridedSlice(all, [0, 0, 0, 0], kernel.shape, [height, width, 1, 1]) : all;
    },
  };
};

/** Registers the gradients above, in place of those of tfjs. */
export function registerGradients(): void {
  setGradient('Unpack', [], unpackGradient);
  setGradient('Abs', ['x'], absGradient);
  setGradient('Greater', ['a', 'b'], comparisonGradient);
  setGradient('Conv2D', ['x', 'filter'], convGradient);
  setGradient('DepthwiseConv2dNative', ['x', 'filter'], depthwiseGradient);
}
