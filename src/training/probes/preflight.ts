import type { DryStep, LayerSignal } from '../../diagnosis/preflight-report.js';
import type { LearningRate } from '../schedule.js';
import type { Batch, Stepper } from '../stepper.js';
import { overshootOf } from './overshoot.js';
import { estimateSharpness } from './preflight-sharpness.js';

/** Updates tried and undone: in nine of twelve explosions the harm comes within seven steps. */
export const DRY_STEPS = 8;

export interface PreflightMeasurements {
  signal: LayerSignal[];
  dry: DryStep[];
  sharpness: number | null;
}

/**
 * Measures what the first updates would do, and leaves the stepper as it was, bit for bit.
 * `batches` are the first ones of the run. `breathe` lets others run; when it says stop, what was measured so far is returned.
 */
export async function runPreflight(
  stepper: Stepper,
  batches: readonly Batch[],
  learningRate: LearningRate,
  breathe: () => Promise<boolean>,
): Promise<PreflightMeasurements> {
  const result: PreflightMeasurements = { signal: [], dry: [], sharpness: null };
  const first = batches[0];
  if (first === undefined) return result;
  result.signal = measureSignal(stepper, first, learningRate.at(0));
  if (await breathe()) return result;
  result.dry = await drySteps(stepper, batches, learningRate, breathe);
  if (await breathe()) return result;
  result.sharpness = await estimateSharpness(stepper, first, breathe);
  return result;
}

function measureSignal(stepper: Stepper, batch: Batch, learningRate: number): LayerSignal[] {
  const proposal = stepper.propose(batch, { learningRate, step: 0, sample: true });
  stepper.discard();
  const gradNorms = new Map(stepper.layers.map((layer, i) => [layer.name, proposal.layers?.[i]?.gradNorm]));
  return stepper.signals(batch, 0).map((signal) => ({ ...signal, gradNorm: gradNorms.get(signal.layer) ?? 0 }));
}

async function drySteps(stepper: Stepper, batches: readonly Batch[], learningRate: LearningRate, breathe: () => Promise<boolean>) {
  const before = stepper.checkpoint(0);
  const steps: DryStep[] = [];
  try {
    for (const [step, batch] of batches.slice(0, DRY_STEPS).entries()) {
      if (await breathe()) break;
      steps.push(dryStep(stepper, batch, step, learningRate.at(step)));
      stepper.commit();
    }
  } finally {
    stepper.restore(before);
    before.dispose();
  }
  return steps;
}

/** Leaves the proposal open. */
function dryStep(stepper: Stepper, batch: Batch, step: number, learningRate: number): DryStep {
  const proposal = stepper.propose(batch, { learningRate, step, sample: true });
  const lossAfter = stepper.trainingLoss(batch, step);
  return {
    step,
    lossBefore: proposal.loss,
    lossAfter,
    overshoot: overshootOf(proposal.loss, lossAfter),
    rho: (lossAfter - proposal.loss) / (proposal.predictedChange ?? NaN),
    globalGradNorm: proposal.globalGradNorm,
    updateRatio: proposal.updateRatio ?? NaN,
    learningRate,
    nonFiniteGradients: (proposal.layers ?? []).reduce((sum, layer) => sum + layer.nonFinite, 0),
  };
}
