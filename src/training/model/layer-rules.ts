import { AppError } from '../../config/app-error.js';
import type { ConfigPath } from '../../config/config-path.js';
import type { LayerConfig, LayerType } from '../../config/layer-schema.js';

/** Shape of one row, without the batch axis; null: any size. */
export type RowShape = readonly (number | null)[];

/** "[28, 28, 1]" */
export function shapeText(shape: RowShape): string {
  return `[${shape.map((size) => size ?? 'any').join(', ')}]`;
}

/** What a layer kind needs of a row. */
const NEEDS: Partial<Record<LayerType, { axes: number; text: string }>> = {
  conv1d: { axes: 2, text: '[steps, channels]' },
  maxPooling1d: { axes: 2, text: '[steps, channels]' },
  averagePooling1d: { axes: 2, text: '[steps, channels]' },
  globalAveragePooling1d: { axes: 2, text: '[steps, channels]' },
  globalMaxPooling1d: { axes: 2, text: '[steps, channels]' },
  spatialDropout1d: { axes: 2, text: '[steps, channels]' },
  simpleRNN: { axes: 2, text: '[steps, features]' },
  lstm: { axes: 2, text: '[steps, features]' },
  gru: { axes: 2, text: '[steps, features]' },
  bidirectional: { axes: 2, text: '[steps, features]' },
  repeatVector: { axes: 1, text: '[features]' },
  ...Object.fromEntries(
    [
      'conv2d', 'conv2dTranspose', 'separableConv2d', 'depthwiseConv2d', 'maxPooling2d', 'averagePooling2d',
      'globalAveragePooling2d', 'globalMaxPooling2d', 'upSampling2d', 'zeroPadding2d', 'cropping2d',
    ].map((type) => [type, { axes: 3, text: '[height, width, channels]' }]),
  ),
}; // prettier-ignore
const RECURRENT: ReadonlySet<string> = new Set(['simpleRNN', 'lstm', 'gru', 'bidirectional']);

/** What comes into a layer, and where the layer stands in the config. */
export interface Incoming {
  path: ConfigPath;
  name: string;
  shape: RowShape;
  /** The layer before, in words. */
  from: string;
  /** The recurrent layer right before, if it puts out its last step only. */
  lastStepOf?: string;
}

/** Throws AppError `shape-mismatch` where a layer cannot take what comes in. */
export function checkIncoming(config: LayerConfig, incoming: Incoming): void {
  const { shape, path } = incoming;
  if (config.inputShape !== undefined && !sameShape(config.inputShape, shape)) {
    throw mismatch(
      config,
      incoming,
      `says inputShape ${shapeText(config.inputShape)}`,
      'Remove inputShape: it follows from what comes in.',
      [...path, 'inputShape'],
    );
  }
  const needs = NEEDS[config.type];
  if (needs !== undefined && shape.length !== needs.axes) {
    throw mismatch(config, incoming, `needs rows of the shape ${needs.text}`, wayOut(config.type, needs.axes, incoming));
  }
  if (config.type === 'timeDistributed') {
    if (shape.length < 2) throw mismatch(config, incoming, 'needs rows of the shape [steps, ...]', wayOut(config.type, 2, incoming));
    checkIncoming(config.layer, { ...incoming, shape: shape.slice(1), path: [...path, 'layer'] });
  }
  checkArrangement(config, incoming);
}

/** Layers that only rearrange a row. */
function checkArrangement(config: LayerConfig, incoming: Incoming): void {
  const { shape } = incoming;
  if (config.type === 'reshape') {
    const values = shape.reduce<number>((product, size) => product * (size ?? 1), 1);
    const wanted = config.targetShape.reduce((product, size) => product * size, 1);
    if (values === wanted) return;
    const says = `makes rows of ${wanted} values, ${shapeText(config.targetShape)}`;
    throw mismatch(config, incoming, says, `Choose a targetShape whose sizes multiply to ${values}.`, [...incoming.path, 'targetShape']);
  }
  if (config.type === 'permute') {
    const axes = [...config.dims].sort((a, b) => a - b);
    if (axes.length === shape.length && axes.every((axis, i) => axis === i + 1)) return;
    const all = shape.map((_, i) => i + 1).join(', ');
    throw mismatch(config, incoming, `orders the axes ${shapeText(config.dims)}`, `Give each of the axes ${all} once.`, [
      ...incoming.path,
      'dims',
    ]);
  }
  if (config.type === 'cropping2d') {
    const [rows = [0, 0], columns = [0, 0]] = config.cropping;
    const rest = [rows, columns].map((cut, axis) => (shape[axis] ?? 1) - cut.reduce((a, b) => a + b, 0));
    if (rest.every((size) => size > 0)) return;
    throw mismatch(config, incoming, 'cuts the whole image away', 'Crop less.', [...incoming.path, 'cropping']);
  }
}

function wayOut(type: string, axes: number, { shape, lastStepOf }: Incoming): string {
  if (shape.length > axes) return 'Add a flatten layer before it.';
  if (lastStepOf !== undefined) return `Set "returnSequences": true on "${lastStepOf}", so that it puts out every step.`;
  const sizes = shape.reduce<number>((product, size) => product * (size ?? 1), 1);
  if (axes === 2 && RECURRENT.has(type)) {
    return `Add { "type": "reshape", "targetShape": [${sizes}, 1] } before it to read a row as ${sizes} steps, or set data.inputShape.`;
  }
  const example = axes === 3 ? '[height, width, channels]' : '[steps, channels]';
  return `Add a reshape layer with "targetShape": ${example} of ${sizes} values in all before it, or set data.inputShape.`;
}

function mismatch(config: LayerConfig, incoming: Incoming, says: string, action: string, path: ConfigPath = incoming.path): AppError {
  const message = `Layer "${incoming.name}" (${config.type}) ${says}, but ${incoming.from} gives it ${shapeText(incoming.shape)}.`;
  return new AppError('shape-mismatch', message, action, { path });
}

/** Throws AppError `shape-mismatch` where a layer leaves nothing of a row. */
export function checkOutgoing(config: LayerConfig, outgoing: RowShape, incoming: Incoming): void {
  if (outgoing.every((size) => size === null || size > 0)) return;
  const says = `leaves rows of ${shapeText(outgoing)}`;
  throw mismatch(config, incoming, says, 'Make its kernel or pool smaller, or set "padding": "same".');
}

function sameShape(a: RowShape, b: RowShape): boolean {
  return a.length === b.length && a.every((size, i) => size === null || b[i] === null || size === b[i]);
}
