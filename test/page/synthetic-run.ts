import type { LayerInfo } from '../../src/telemetry/events.js';
import { encodeFrames, METRIC_COUNT, type FrameBatch } from '../../src/telemetry/frame-batch.js';
import type { RunSnapshot } from '../../src/telemetry/page-protocol.js';

const layersOf = (count: number): LayerInfo[] =>
  Array.from({ length: count }, (_, l) => ({ name: `dense_${l + 1}`, type: 'dense', parameters: 4160 }));

/** A wave per layer: cheap, the same every time, never constant. */
function wave(step: number, layer: number): number {
  return Math.exp(Math.sin(step / 37 + layer) + 0.3 * Math.sin(step * 12.9898 + layer * 78.233));
}

/** Frames of a made-up healthy run, one for every `every` steps. */
export function syntheticBatch(layers: number, from: number, count: number, every = 1): FrameBatch {
  const frames = Array.from({ length: count }, (_, i) => {
    const step = from + i * every;
    const stats = layersOf(layers).map((_layer, l) => {
      const gradNorm = wave(step, l);
      return { gradNorm, maxAbs: gradNorm / 3, nonFinite: 0, zeros: 0, weightNorm: 8, updateRatio: gradNorm / 800, dead: 0.05 };
    });
    const globalGradNorm = Math.hypot(...stats.map((s) => s.gradNorm));
    const evidence = [{ name: 'norm growth per step', value: 1, limit: 1.02 }];
    return {
      step,
      epoch: Math.floor(step / 100),
      loss: 0.2 + Math.exp(-step / 300) * wave(step, 0),
      learningRate: 0.01,
      globalGradNorm,
      clippedGradNorm: globalGradNorm,
      overshoot: null,
      risk: 0.03,
      riskEvidence: evidence,
      layers: stats,
    };
  });
  return encodeFrames(frames, layers);
}

/** From this step on the norms of the growing run grow by this factor a step. */
const GROWTH_STEP = 40;
const GROWTH = 1.05;

/** A made-up run that grows slowly into an explosion, as the forecast needs it: warned of at step 88, `count` frames so far. */
export function growingSnapshot(layers: number, count: number): RunSnapshot {
  const snapshot = syntheticSnapshot(layers, 0);
  const batch = syntheticBatch(layers, 0, count);
  for (let i = 0; i < count; i++) {
    const growth = GROWTH ** Math.max(0, i - GROWTH_STEP);
    const noise = 1 + 0.1 * Math.sin(7 * i);
    batch.loss[i] = Math.max(600 * Math.exp(-i / 12), 15 * growth) * noise;
    batch.globalGradNorm[i] = batch.clippedGradNorm[i] = 12 * growth * noise;
    batch.risk[i] = Math.min(0.74, 0.03 * growth);
    for (let l = 0; l < layers; l++) {
      const at = (i * layers + l) * METRIC_COUNT;
      batch.layers[at] = (batch.layers[at] ?? 0) * growth ** (l === layers >> 1 ? 1.1 : 0.9);
    }
  }
  batch.riskEvidence = [{ index: count - 1, evidence: [{ name: 'norm growth per step', value: GROWTH, limit: 1.02 }] }];
  const layer = `dense_${(layers >> 1) + 1}`;
  return {
    ...snapshot,
    config: 'slow.gradwatch.json',
    start: snapshot.start === null ? null : { ...snapshot.start, plannedSteps: 200, baseline: { loss: 60 } },
    frames: batch,
    findings: [
      {
        event: 'finding',
        id: 'explosion-risk',
        severity: 'warning',
        phase: 'training',
        step: 88,
        layer,
        cause: 'training too hasty',
        message: `Gradients are growing ×1.05 per step, led by ${layer}`,
        evidence: { 'norm growth per step': GROWTH },
        stepsToOverflow: 1600,
        at: ['training', 'optimizer', 'learningRate'],
        fixes: ['lower-learning-rate'],
        formula: 'exp(slope of ln ‖g‖) = ×1.05 per step',
        line: 22,
      },
    ],
  };
}

/** A made-up run of `count` frames that goes on. */
export function syntheticSnapshot(layers: number, count: number, every = 1): RunSnapshot {
  return {
    run: 'synthetic',
    config: 'wide.gradwatch.json',
    state: 'running',
    start: {
      event: 'start',
      schema: 1,
      run: 'synthetic',
      config: { training: { loss: { type: 'meanSquaredError' }, optimizer: { type: 'sgd' } } },
      engine: 'wasm',
      engineReason: 'made up',
      layers: layersOf(layers),
      parameters: 4160 * layers,
      samples: { train: 1000, validation: 200 },
      baseline: { loss: 1 },
      seed: 1,
    },
    frames: count > 0 ? syntheticBatch(layers, 0, count, every) : null,
    epochs: [],
    findings: [],
    fixes: [],
    end: null,
  };
}
