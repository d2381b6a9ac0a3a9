// The child of the boundary benchmark: sends frames to its parent, one JSON object per step or in batches of typed arrays.
import type { Frame, LayerStats } from '../src/telemetry/events.js';
import { encodeFrames } from '../src/telemetry/frame-batch.js';
import { BATCH_FRAMES, LAYERS, type BoundaryOrder } from './boundary-order.js';

function frameOf(step: number): Frame {
  const layer: LayerStats = { gradNorm: 1 / (step + 1), maxAbs: 0.1, nonFinite: 0, zeros: 12, weightNorm: 8, updateRatio: 0.001 };
  return {
    step,
    epoch: 0,
    loss: 1 / (step + 1),
    learningRate: 0.01,
    globalGradNorm: 1,
    clippedGradNorm: 1,
    overshoot: null,
    risk: 0.1,
    riskEvidence: [],
    layers: Array.from({ length: LAYERS }, () => layer),
  };
}

function send(message: unknown): Promise<void> {
  return new Promise((resolve, reject) => process.send?.(message, (error: Error | null) => (error === null ? resolve() : reject(error))));
}

async function sendFrames({ kind, frames }: BoundaryOrder): Promise<void> {
  if (kind === 'json') for (let step = 0; step < frames; step++) await send({ count: 1, text: JSON.stringify(frameOf(step)) });
  else
    for (let step = 0; step < frames; step += BATCH_FRAMES)
      await send(
        encodeFrames(
          Array.from({ length: BATCH_FRAMES }, (_, i) => frameOf(step + i)),
          LAYERS,
        ),
      );
}

process.on('message', (order: BoundaryOrder) => {
  void sendFrames(order);
});
process.on('disconnect', () => process.exit());
