import {
  convolution,
  type ConvolutionAttributes,
  depthwiseConvolution,
  rememberedInfo,
  transposedConvolution,
} from '../engine/simd/convolution-layers.js';
import type { ConvAttributes } from '../engine/simd/convolution-geometry.js';
import { type tf } from '../tf.js';
import { type ActivatedLayer, fuseActivated } from './fuse-activated.js';

/** What this code reads of the convolutions of tfjs-layers. */
export interface ConvolutionLayer extends ActivatedLayer {
  kernelSize: number[];
  strides: number[];
  padding: string;
  dataFormat: string;
  dilationRate: number | number[];
  kernel: tf.LayerVariable;
  depthwiseKernel: tf.LayerVariable;
  pointwiseKernel: tf.LayerVariable;
}

type Note = (reason: string) => void;

/** How the layers of each class run, by the name of the class. */
const FUSE: Readonly<Record<string, (layer: ConvolutionLayer, note: Note) => void>> = {
  Conv1D: fuseConvolution,
  Conv2D: fuseConvolution,
  Conv2DTranspose: fuseTransposed,
  DepthwiseConv2D: fuseDepthwise,
  SeparableConv2D: fuseSeparable,
};

/** Makes a convolution with its bias and activation one operation (a separable one: two). Other layers stay as they are. */
export function fuseConvolutions(layer: tf.layers.Layer, note: Note): void {
  const conv = layer as ConvolutionLayer;
  const fuse = FUSE[layer.getClassName()];
  if (fuse === undefined) return;
  if (conv.dataFormat === 'channelsFirst') note('has its channels first');
  else fuse(conv, note);
}

/** Strides, dilations and padding; a sequence is a picture of height 1. */
function settingsOf({ kernelSize, strides, dilationRate, padding }: ConvolutionLayer): ConvAttributes {
  const pair = (values: number[]): [number, number] => (values.length === 1 ? [1, values[0] ?? 1] : [values[0] ?? 1, values[1] ?? 1]);
  const rates = [dilationRate].flat();
  // Causal: a step sees itself and steps before it.
  const before = ((kernelSize[0] ?? 1) - 1) * (rates[0] ?? 1);
  const pad: ConvAttributes['pad'] = padding === 'causal' ? [[0, 0], [0, 0], [before, 0], [0, 0]] : padding === 'same' ? 'same' : 'valid'; // prettier-ignore
  return { strides: pair(strides), dilations: pair(rates), pad };
}

function fuseConvolution(layer: ConvolutionLayer, note: Note): void {
  const infoOf = rememberedInfo(settingsOf(layer));
  fuseActivated(layer, note, (x, bias, relu) => {
    const w = layer.kernel.read();
    return convolution(x, w, bias, { info: infoOf(x.shape, w.shape), relu });
  });
}

function fuseTransposed(layer: ConvolutionLayer, note: Note): void {
  const infoOf = rememberedInfo({ ...settingsOf(layer), dilations: 1 });
  fuseActivated(layer, note, (x, bias, relu) => {
    const w = layer.kernel.read();
    const info = infoOf(layer.computeOutputShape(x.shape) as number[], w.shape);
    return transposedConvolution(x, w, bias, { info, relu });
  });
}

function fuseDepthwise(layer: ConvolutionLayer, note: Note): void {
  const infoOf = rememberedInfo(settingsOf(layer), true);
  fuseActivated(layer, note, (x, bias, relu) => {
    const w = layer.depthwiseKernel.read();
    return depthwiseConvolution(x, w, bias, { info: infoOf(x.shape, w.shape), relu });
  });
}

function fuseSeparable(layer: ConvolutionLayer, note: Note): void {
  const depthwiseInfo = rememberedInfo(settingsOf(layer), true);
  const pointwiseInfo = rememberedInfo({ strides: 1, pad: 'valid' });
  fuseActivated(layer, note, (x, bias, relu) => {
    const [depthwise, pointwise] = [layer.depthwiseKernel.read(), layer.pointwiseKernel.read()];
    const attrs: ConvolutionAttributes = { info: depthwiseInfo(x.shape, depthwise.shape), relu: false };
    const channels = depthwiseConvolution(x, depthwise, null, attrs);
    return convolution(channels, pointwise, bias, { info: pointwiseInfo(channels.shape, pointwise.shape), relu });
  });
}
