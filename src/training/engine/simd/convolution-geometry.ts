import { tf } from '../../tf.js';

/** Sizes of a convolution as tfjs names them. */
export type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

type Pair = [number, number];
type Shape4 = [number, number, number, number];

export interface ConvAttributes {
  strides: Pair | number;
  pad: 'valid' | 'same' | number | [Pair, Pair, Pair, Pair];
  dilations?: Pair | number | null;
  dataFormat?: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** A picture [B, H, W, C], or a sequence [B, W, C] as one of height 1; a filter [FH, FW, C, OC] or [FW, C, OC] likewise. */
function shape4(shape: readonly number[], at: 0 | 1): Shape4 {
  return (shape.length === 3 ? [...shape.slice(0, at), 1, ...shape.slice(at)] : [...shape]) as Shape4;
}

/** Geometry of a convolution of x by a filter; `depthwise`: of each channel by its own. */
export function convInfo(x: readonly number[], filter: readonly number[], attrs: ConvAttributes, depthwise = false): ConvInfo {
  const { strides, pad, dimRoundingMode, dataFormat = 'NHWC' } = attrs;
  const dilations = attrs.dilations ?? 1;
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  const [image, taps] = [shape4(x, 1), shape4(filter, 0)];
  return tf.backend_util.computeConv2DInfo(image, taps, strides, dilations, pad, dimRoundingMode, depthwise, format);
}

/** Shape of the output: of as many axes as x has. */
export function outputShape(c: ConvInfo, rank: number): number[] {
  return rank === 3 ? [c.batchSize, c.outWidth, c.outChannels] : c.outShape;
}

/** Height and width of the padded input: every tap of every output pixel lies inside. */
export function paddedSize(c: ConvInfo): [height: number, width: number] {
  return [
    Math.max(c.inHeight + c.padInfo.top + c.padInfo.bottom, (c.outHeight - 1) * c.strideHeight + c.effectiveFilterHeight),
    Math.max(c.inWidth + c.padInfo.left + c.padInfo.right, (c.outWidth - 1) * c.strideWidth + c.effectiveFilterWidth),
  ];
}

/** Inputs first, first + stride, ... along one axis: they meet taps tap, tap + stride, ... and see the outputs alike. */
export interface Phase {
  first: number;
  count: number;
  tap: number;
  taps: number;
  /** The output that the last of the taps finds for the first input; others follow `dilation` apart. Below 0: padding. */
  start: number;
}

/**
 * The inputs of one axis by their phase: input i meets tap f of output o where i + before = o stride + f dilation. Stride
 * or dilation is 1.
 */
export function phasesOf(size: number, stride: number, dilation: number, filter: number, before: number): Phase[] {
  const phases = Array.from({ length: stride }, (_, tap): Phase => {
    const first = (((tap - before) % stride) + stride) % stride;
    const count = Math.max(0, Math.ceil((size - first) / stride));
    const taps = Math.max(0, Math.ceil((filter - tap) / stride));
    return { first, count, tap, taps, start: (first + before - tap) / stride - (taps - 1) * dilation };
  });
  return phases.filter(({ count }) => count > 0);
}

/** Zeros before `size` outputs, and their number with zeros on both sides, for all phases to stay inside. */
export function phasePadding(phases: readonly Phase[], dilation: number, size: number): [before: number, padded: number] {
  const met = phases.filter(({ taps }) => taps > 0);
  const before = Math.max(0, ...met.map(({ start }) => -start));
  const end = Math.max(size, ...met.map(({ start, count, taps }) => start + count + (taps - 1) * dilation));
  return [before, before + end];
}
