import type { DataInspection, FeatureStats } from '../../diagnosis/preflight-report.js';
import type { Dataset } from './dataset.js';
import { TargetSpread } from './target-spread.js';

/** Cells looked at: 20 million take about a tenth of a second. */
const MOST_CELLS = 20_000_000;
/** Rows whose targets are compared group by group: more tell the same. */
const MOST_SPREAD_ROWS = 50_000;
/** Of wider inputs (images) the columns are not compared: neighbours are alike by nature. */
const MOST_COLUMNS = 1000;

/**
 * Looks for rows and columns of a training split that repeat others. Rows beyond 20 million cells are left out. Equal means the same
 * float32 numbers; two 32-bit hashes stand for them, so that a chance match is a matter of one in 10^19 pairs.
 */
export function inspectRows(dataset: Dataset, features: readonly FeatureStats[]): DataInspection {
  const width = dataset.inputShape.reduce((product, size) => product * size, 1);
  const targetWidth = dataset.targetShape.reduce((product, size) => product * size, 1);
  const rows = Math.min(dataset.rows, Math.floor(MOST_CELLS / width));
  const seen = new Map<string, Set<string>>();
  const spreadRows = Math.min(rows, MOST_SPREAD_ROWS);
  let inputsAmongThem = 0;
  let repeatedRows = 0;
  let conflictingRows = 0;
  const inputs = bits(dataset.inputs);
  const targets = bits(dataset.targets);
  for (let row = 0; row < rows; row++) {
    const input = hash(inputs, row * width, width, 1);
    const target = hash(targets, row * targetWidth, targetWidth, 1);
    const before = seen.get(input);
    if (before === undefined) seen.set(input, new Set([target]));
    else if (before.has(target)) repeatedRows += 1;
    else {
      conflictingRows += 1;
      before.add(target);
    }
    if (row === spreadRows - 1) inputsAmongThem = seen.size;
  }
  // Inputs of most data do not repeat: their targets need no groups.
  const spread = new TargetSpread(targetWidth);
  if (2 * inputsAmongThem <= spreadRows)
    for (let row = 0; row < spreadRows; row++)
      spread.add(hash(inputs, row * width, width, 1), hash(targets, row * targetWidth, targetWidth, 1), dataset.targets, row * targetWidth);
  const columns = features.length === width && width <= MOST_COLUMNS ? repeatedColumns(inputs, width, rows, features) : [];
  return { repeatedRows, conflictingRows, unexplainedShare: spread.unexplainedShare(), repeatedColumns: columns };
}

function repeatedColumns(inputs: Uint32Array, width: number, rows: number, features: readonly FeatureStats[]) {
  const first = new Map<string, string>();
  const repeated: DataInspection['repeatedColumns'] = [];
  features.forEach(({ name, min, max }, column) => {
    // A constant column is told as such.
    if (min === max || rows < 2) return;
    const key = hash(inputs, column, rows, width);
    const of = first.get(key);
    if (of === undefined) first.set(key, name);
    else repeated.push({ name, of });
  });
  return repeated;
}

function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** Two FNV-1a hashes with different offsets, of `count` words at a distance of `stride`. */
function hash(words: Uint32Array, from: number, count: number, stride: number): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0, at = from; i < count; i++, at += stride) {
    const word = words[at] as number;
    a = Math.imul(a ^ word, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return `${a >>> 0},${b >>> 0}`;
}
