import { AppError } from '../../config/app-error.js';
import { classLabels, type ClassLabels } from './class-labels.js';
import type { EncodedTargets } from './encoded-targets.js';
import { MAX_VALUES } from './limits.js';
import { fitScaling, writeScaled, type ScaleName } from './scaling.js';
import type { RowSplit } from './select-rows.js';
import { columnName, type Block, type Source } from './source.js';
import { classStats, numberStats } from './target-stats.js';

interface TargetColumns {
  block: Block;
  labels: ClassLabels | null;
  names: string[];
  write(rows: Int32Array, out: Float32Array, outWidth: number, offset: number): void;
}

/**
 * Targets of a regression loss: numbers as they are or scaled (fitted on the training rows); booleans and text with two
 * classes 0 or 1, text with more one-hot. Throws AppError `config-invalid` where nothing can be scaled and `data-invalid` for overflow.
 */
export function encodeNumberTargets(source: Source, split: RowSplit, scale: ScaleName): EncodedTargets {
  if (scale !== 'none' && source.targets.every((block) => block.kind !== 'number')) {
    throw new AppError('config-invalid', 'The target is a class, which cannot be scaled.', 'Set the scale of the target to "none".', {
      path: ['data', 'scale', 'target'],
    });
  }
  const parts = source.targets.map((block) => columnsOf(block, source, split, scale));
  const names = parts.flatMap((part) => part.names);
  const width = names.length;
  if (width * (split.train.length + split.validation.length) > MAX_VALUES) {
    throw new AppError('data-invalid', `The targets would have ${width} columns.`, 'Set "data.limit" or name another target.', {
      path: ['data'],
    });
  }
  const encode = (rows: Int32Array): Float32Array => {
    const out = new Float32Array(rows.length * width);
    let offset = 0;
    for (const part of parts) {
      part.write(rows, out, width, offset);
      offset += part.names.length;
    }
    const at = out.findIndex((value) => value - value !== 0);
    if (at === -1) return out;
    const message = `The target "${names[at % width]}" is ${out[at]} after scaling: beyond float32.`;
    throw new AppError('data-invalid', message, 'Set the scale of the target to "none".', { path: ['data', 'scale', 'target'] });
  };
  const train = encode(split.train);
  const text = parts.some((part) => part.block.kind === 'text');
  const shape = text ? [width] : source.targetShape;
  const [only] = parts;
  const labels = parts.length === 1 && only !== undefined ? only.labels : null;
  const indices = labels === null ? null : Float32Array.from(split.train, labels.indexOf);
  return {
    shape,
    train,
    validation: encode(split.validation),
    stats:
      labels === null || indices === null
        ? numberStats(train, names, split.train.length)
        : [classStats(source.targets[0]?.name ?? 'y', indices, indices, labels.names.length)],
    classNames: labels?.names ?? null,
    outputUnits: shape[shape.length - 1] ?? 1,
  };
}

function columnsOf(block: Block, source: Source, split: RowSplit, scale: ScaleName): TargetColumns {
  if (block.kind === 'number') {
    const scaling = fitScaling(block, split.train, scale, 1);
    const names = Array.from({ length: block.width }, (_, j) => columnName(block, j));
    return { block, labels: null, names, write: (rows, out, outWidth, offset) => writeScaled(block, rows, scaling, out, outWidth, offset) };
  }
  const labels = classLabels(block, split.usable, source, 'regression');
  const oneHot = labels.names.length > 2;
  return {
    block,
    labels,
    names: oneHot ? labels.names.map((name) => `${block.name}=${name}`) : [block.name],
    write(rows, out, outWidth, offset) {
      for (let r = 0; r < rows.length; r++) {
        const index = labels.indexOf(rows[r] as number);
        if (oneHot) out[r * outWidth + offset + index] = 1;
        else out[r * outWidth + offset] = index;
      }
    },
  };
}
