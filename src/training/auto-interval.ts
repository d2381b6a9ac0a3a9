import type { ArchitectureLayer } from '../telemetry/events.js';

/** Share of the step time that telemetry may take where `watch.every` is "auto". */
export const TELEMETRY_BUDGET = 0.03;
/** Steps at the start of a run that are all sampled: most explosions happen here, and most short runs end here. */
export const FIRST_STEPS = 200;
/** Detectors count frames: with fewer of them they would see too late. */
const LONGEST_INTERVAL = 8;

/** Operations a second, and seconds for the bookkeeping of one layer in a step, as measured on one core of 2024. */
const WASM = { throughput: 25e9, layerSeconds: 50e-6 };
const ENGINES: Record<string, typeof WASM> = {
  wasm: WASM,
  tensorflow: { throughput: 50e9, layerSeconds: 600e-6 },
  cpu: { throughput: 0.8e9, layerSeconds: 200e-6 },
};
/** Seconds of a frame: detectors and the log; of each layer in it; of each weight (statistics of gradient and update). */
const FRAME_SECONDS = 14e-6;
const FRAME_LAYER_SECONDS = 3e-6;
const FRAME_WEIGHT_SECONDS = 0.8e-9;

const RECURRENT: ReadonlySet<string> = new Set(['lstm', 'gru', 'simpleRNN', 'bidirectional']);
/** Weights that are looked up, not multiplied. */
const LOOKED_UP: ReadonlySet<string> = new Set(['embedding']);

export interface StepCost {
  engine: string;
  architecture: readonly ArchitectureLayer[];
  /** Shape of one row of inputs. */
  inputShape: readonly number[];
  batchSize: number;
}

/**
 * Steps between two frames that keep telemetry within `budget`: a power of two, 1 to 8. It follows from an estimate of the
 * operations in a step and in a frame, not from a clock: so the same config is sampled at the same steps on every machine.
 */
export function autoInterval(cost: StepCost, budget = TELEMETRY_BUDGET): number {
  const interval = frameSeconds(cost) / (budget * stepSeconds(cost));
  return Math.min(LONGEST_INTERVAL, 2 ** Math.max(0, Math.ceil(Math.log2(interval))));
}

function frameSeconds({ architecture }: StepCost): number {
  const watched = architecture.filter((layer) => layer.parameters > 0);
  return FRAME_SECONDS + watched.reduce((sum, layer) => sum + FRAME_LAYER_SECONDS + layer.parameters * FRAME_WEIGHT_SECONDS, 0);
}

function stepSeconds({ engine, architecture, inputShape, batchSize }: StepCost): number {
  const { throughput, layerSeconds } = ENGINES[engine] ?? WASM;
  let work = 0;
  architecture.forEach((layer, i) => {
    if (LOOKED_UP.has(layer.type)) return;
    const before = i === 0 ? inputShape : (architecture[i - 1]?.outputShape ?? []);
    // Each weight is used once a position: pixels of the output, steps of the sequence. Twice again for the two gradients.
    const positions = RECURRENT.has(layer.type) ? (before[0] ?? 1) : product(layer.outputShape.slice(0, -1));
    work += 3 * 2 * layer.parameters * positions * batchSize;
  });
  return work / throughput + architecture.length * layerSeconds;
}

function product(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((total, n) => total * (n ?? 1), 1);
}

/** Share of the step time that keeping healthy moments may take. */
const KEEP_BUDGET = 0.003;
/** Seconds of a capture: what the diagnosis knows; and of each layer's weights and moments, which are shared, not copied. */
const CAPTURE_SECONDS = 60e-6;
const CAPTURE_LAYER_SECONDS = 6e-6;
const SHORTEST_KEEP = 8;
const LONGEST_KEEP = 256;

/** Steps between two moments the guard keeps: a power of two, 8 to 256; an estimate as in `autoInterval`, so that runs repeat themselves. */
export function keepInterval(cost: StepCost): number {
  const layers = cost.architecture.filter((layer) => layer.parameters > 0).length;
  const interval = (CAPTURE_SECONDS + layers * CAPTURE_LAYER_SECONDS) / (KEEP_BUDGET * stepSeconds(cost));
  return Math.min(LONGEST_KEEP, Math.max(SHORTEST_KEEP, 2 ** Math.ceil(Math.log2(interval))));
}
