import path from 'node:path';
import type { EndEvent } from '../telemetry/events.js';
import type { Moment } from './course.js';
import { SOME_RISK } from './risk-levels.js';
import type { RunJudge } from './run-judge.js';
import type { PreparedRun } from './run-setup.js';

/** Folder of the saved weights in the run directory. */
const WEIGHTS_FOLDER = 'healthy';

/**
 * Saves what a run that did not complete has learned: its weights as they are where nothing is wrong with them, else those of the
 * last healthy step, which are then the weights of the model. Null where there is nothing beyond the first weights, which the
 * same seed makes again. Throws where they cannot be written.
 */
export async function saveHealthyWeights(
  { stepper, directory, saveModel }: Pick<PreparedRun, 'stepper' | 'directory' | 'saveModel'>,
  { risk, findings }: Pick<RunJudge, 'risk' | 'findings'>,
  steps: number,
  healthy: Moment | null,
): Promise<EndEvent['weights'] | null> {
  const sound = risk < SOME_RISK && !findings.some(({ severity }) => severity === 'error') && stepper.weightsAreFinite();
  const step = sound ? steps : (healthy?.step ?? 0);
  if (step === 0) return null;
  if (!sound && healthy !== null) stepper.restore(healthy.weights);
  return { step, file: await saveModel(path.join(directory, WEIGHTS_FOLDER)) };
}
