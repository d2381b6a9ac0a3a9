import { configSchema } from '../src/config/config-schema.js';
import { createDiagnosis } from '../src/diagnosis/diagnosis.js';
import type { Frame, LayerStats, StartEvent } from '../src/telemetry/events.js';
import { median } from './turns.js';

const LAYER_COUNTS = [4, 64, 500];
const FRAMES = 2000;
const ROUNDS = 9;

/**
 * Processor time of all detectors together for one frame, in microseconds, by the number of layers: a run whose losses and norms
 * wander, so that nothing is cut short. Median of the rounds.
 */
export async function measureDetectors(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const layers of LAYER_COUNTS) {
    const frames = Array.from({ length: FRAMES }, (_, step) => frameAt(step, layers));
    const rounds = Array.from({ length: ROUNDS }, () => judge(layers, frames));
    figures[`${layers} layers, µs per frame`] = median(rounds.slice(1));
  }
  return figures;
}

/** Microseconds per frame. */
function judge(layers: number, frames: readonly Frame[]): number {
  const diagnosis = createDiagnosis({ config: configOf(layers), start: startOf(layers), preflight: null });
  const before = process.cpuUsage();
  for (const frame of frames) diagnosis.frame(frame);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / frames.length;
}

function configOf(layers: number) {
  return configSchema.parse({
    data: { generator: { name: 'regression' } },
    model: { layers: Array.from({ length: layers }, () => ({ type: 'dense', units: 8, activation: 'relu' })) },
    training: {
      loss: 'meanSquaredError',
      optimizer: { type: 'sgd', learningRate: 0.01 },
      gradientClip: { type: 'globalNorm', threshold: 1 },
    },
  });
}

function startOf(count: number): StartEvent {
  const layers = Array.from({ length: count }, (_, i) => ({ name: `dense_${i + 1}`, type: 'dense', parameters: 72 }));
  return {
    event: 'start',
    schema: 1,
    run: 'bench',
    config: {},
    engine: 'wasm',
    engineReason: '',
    layers,
    architecture: layers.map((layer, configIndex) => ({ ...layer, outputShape: [8], activation: 'relu', configIndex })),
    parameters: 72 * count,
    samples: { train: 800, validation: 200 },
    baseline: { loss: 1 },
    seed: 1,
    plannedSteps: FRAMES,
  };
}

/** Losses stay around guessing: the detectors of runs that do not learn stay awake. */
function frameAt(step: number, count: number): Frame {
  const wave = 1 + 0.2 * Math.sin(step * 12.9898) ** 2;
  const layers = Array.from({ length: count }, (_, i): LayerStats => {
    const gradNorm = wave * (1 + 0.1 * Math.cos(step + i));
    const stats: LayerStats = { gradNorm, maxAbs: gradNorm / 4, nonFinite: 0, zeros: 8, weightNorm: 3, updateRatio: 0.003 * wave };
    return step % 16 === 0 ? { ...stats, dead: 0.1 } : stats;
  });
  const globalGradNorm = Math.hypot(...layers.map((layer) => layer.gradNorm));
  const overshoot = Number.isInteger(Math.log2(step)) ? 0.98 : null;
  return {
    step,
    epoch: 0,
    loss: wave,
    learningRate: 0.01,
    globalGradNorm,
    clippedGradNorm: 1,
    overshoot,
    risk: 0,
    riskEvidence: [],
    layers,
  };
}
