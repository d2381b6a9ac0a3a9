import { tf } from '../tf.js';
import { type Initializer, SeededInitializer, specOf } from './seeded-initializer.js';

/** Where a recurrent cell keeps the masks of its last dropout until the next. */
const MASKS = ['dropoutMask', 'recurrentDropoutMask'] as const;

/** A layer, a cell or a wrapped layer: whatever owns weights or draws noise. Fields as tfjs names them. */
export type Part = tf.layers.Layer & {
  /** Of a recurrent layer. */
  cell?: Part & { dropoutFunc?: (x: tf.Tensor, rate: number) => tf.Tensor } & Partial<
      Record<(typeof MASKS)[number], tf.Tensor | tf.Tensor[] | null>
    >;
  /** Of a wrapper. */
  layer?: Part;
  forwardLayer?: Part;
  backwardLayer?: Part;
  /** Of a model used as a layer. */
  layers?: Part[];
  rate?: number;
  stddev?: number;
  noiseShape?: number[];
};

/** Where a part sits inside its layer: [] the layer itself, ["forward"], ["layer", "cell"], ... */
export type PartPath = readonly (string | number)[];

/** The layer and everything inside it, outer parts first. */
export function partsOf(layer: tf.layers.Layer, path: PartPath = []): { part: Part; path: PartPath }[] {
  const part = layer as Part;
  const inside: [string | number, Part | undefined][] = [['cell', part.cell]];
  // A bidirectional layer keeps the layer it copied from; that one has no weights.
  if (part.forwardLayer === undefined) inside.push(['layer', part.layer]);
  inside.push(['forward', part.forwardLayer], ['backward', part.backwardLayer]);
  if (Array.isArray(part.layers)) inside.push(...part.layers.map((sub, i): [number, Part] => [i, sub]));
  return [{ part, path }, ...inside.flatMap(([key, sub]) => (sub === undefined ? [] : partsOf(sub, [...path, key])))];
}

/** What a layer of one input is called with, or puts out: tfjs may hand it over in a list. */
export function firstOf(tensors: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(tensors) ? (tensors[0] as tf.Tensor) : tensors;
}

/** Seeds every initializer of a layer that is not yet built, from (seed, place of the layer, place of the weight). */
export function seedInitializers(layer: tf.layers.Layer, seed: number, place: string | number): void {
  for (const { part, path } of partsOf(layer)) {
    const fields = part as unknown as Record<string, unknown>;
    for (const key of Object.keys(fields).filter((name) => name.endsWith('Initializer'))) {
      const initializer = fields[key] as Initializer | null | undefined;
      const spec = initializer === null || initializer === undefined ? null : specOf(initializer);
      if (spec !== null) fields[key] = new SeededInitializer({ spec, seedParts: [seed, 'initializer', place, ...path, key] });
    }
  }
}

/** tfjs forgets the penalties on the weights of recurrent cells: hands them on to the layer. Once, after it is built. */
export function addRecurrentPenalties(layer: tf.layers.Layer): void {
  for (const { part } of partsOf(layer)) {
    if (part.cell !== undefined) part.addLoss(part.cell.losses);
    for (const direction of [part.forwardLayer, part.backwardLayer]) {
      if (direction?.cell !== undefined) part.addLoss(direction.cell.losses);
    }
  }
}

/** Lets go of the masks the recurrent cells keep; tfjs forgets them when a model is disposed of. */
export function disposeMasks(layers: readonly tf.layers.Layer[]): void {
  for (const { part } of layers.flatMap((layer) => partsOf(layer))) {
    for (const mask of MASKS) {
      const kept = part.cell?.[mask];
      if (kept === undefined || kept === null) continue;
      tf.dispose(kept);
      (part.cell as NonNullable<Part['cell']>)[mask] = null;
    }
  }
}
