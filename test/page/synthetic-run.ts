import type { LayerInfo } from '../../src/telemetry/events.js';
import { encodeFrames, type FrameBatch } from '../../src/telemetry/frame-batch.js';
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
