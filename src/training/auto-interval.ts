import type { ArchitectureLayer } from '../telemetry/events.js';

/** Default of `watch.telemetryBudget`. */
const TELEMETRY_BUDGET = 0.03;
/** Steps at the start of a run that are all sampled: most explosions happen here, and most short runs end here. */
export const FIRST_STEPS = 200;
/** Detectors count frames: with fewer of them they would see too late. What leaps, at whatever step, has frames of its own. */
const LONGEST_INTERVAL = 32;

/** What an engine takes, in seconds, as measured on one core of 2024. */
interface EngineCost {
  /** Operations a second in products and convolutions. */
  throughput: number;
  /** Bookkeeping of a layer in a step. */
  stepLayer: number;
  /** Bookkeeping of a recurrent layer for each step of its sequence, where it is not one operation. */
  timeStep: number;
  /** A frame: detectors and the log, whose code and data have left the caches where frames are rare; each layer in it; each weight (all its statistics). */
  frame: number;
  frameLayer: number;
  frameWeight: number;
  /** The norm of the gradient, at every step: of a layer, of a weight. */
  normLayer: number;
  normWeight: number;
}

const WASM: EngineCost = {
  throughput: 36e9,
  stepLayer: 50e-6,
  timeStep: 0,
  frame: 90e-6,
  frameLayer: 3e-6,
  frameWeight: 0.5e-9,
  normLayer: 0.2e-6,
  normWeight: 0.2e-9,
};
const ENGINES: Record<string, EngineCost> = {
  wasm: WASM,
  // Each operation costs 15 to 30 us, and statistics of large tensors are a dozen operations that each pass over all values.
  tensorflow: {
    ...WASM,
    throughput: 50e9,
    stepLayer: 1.1e-3,
    timeStep: 2.2e-3,
    frameLayer: 130e-6,
    frameWeight: 6.3e-9,
    normLayer: 20e-6,
    normWeight: 0.95e-9,
  },
  cpu: { ...WASM, throughput: 0.85e9, stepLayer: 600e-6, frameWeight: 2.5e-9, normWeight: 1e-9 },
};
/** Of the budget, what regular frames may use: activations are probed and what leaps is looked at besides. */
const REGULAR_SHARE = 0.7;

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
 * Steps between two frames that keep telemetry within `budget`: a power of two, 1 to 32. It follows from an estimate of the
 * operations in a step and in a frame, not from a clock: so the same config is sampled at the same steps on every machine.
 */
export function autoInterval(cost: StepCost, budget = TELEMETRY_BUDGET): number {
  const engine = engineOf(cost);
  const watched = cost.architecture.filter((layer) => layer.parameters > 0);
  const weights = watched.reduce((sum, layer) => sum + layer.parameters, 0);
  const frame = engine.frame + watched.length * engine.frameLayer + weights * engine.frameWeight;
  const norm = watched.length * engine.normLayer + weights * engine.normWeight;
  const left = REGULAR_SHARE * budget * stepSeconds(cost) - norm;
  return left <= 0 ? LONGEST_INTERVAL : Math.min(LONGEST_INTERVAL, 2 ** Math.max(0, Math.ceil(Math.log2(frame / left))));
}

function engineOf({ engine }: StepCost): EngineCost {
  return ENGINES[engine] ?? WASM;
}

function stepSeconds(cost: StepCost): number {
  const { architecture, inputShape, batchSize } = cost;
  const { throughput, stepLayer, timeStep } = engineOf(cost);
  let work = 0;
  let timeSteps = 0;
  architecture.forEach((layer, i) => {
    if (LOOKED_UP.has(layer.type)) return;
    const before = i === 0 ? inputShape : (architecture[i - 1]?.outputShape ?? []);
    // Each weight is used once a position: pixels of the output, steps of the sequence. Twice again for the two gradients.
    const recurrent = RECURRENT.has(layer.type);
    const positions = recurrent ? (before[0] ?? 1) : product(layer.outputShape.slice(0, -1));
    if (recurrent) timeSteps += positions;
    work += 3 * 2 * layer.parameters * positions * batchSize;
  });
  return work / throughput + architecture.length * stepLayer + timeSteps * timeStep;
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
