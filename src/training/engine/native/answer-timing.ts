import { AppError } from '../../../config/app-error.js';
import { makeStepper } from '../../make-stepper.js';
import { buildModel } from '../../model/build-model.js';
import { selectEngine } from '../select-engine.js';
import { findPackage } from './find-package.js';
import { timeSteps } from './time-steps.js';
import type { TimingAnswer, TimingRequest } from './timing-protocol.js';

/** Loads the native engine in this process, builds the model of the request on it and times its steps. */
export async function answerTiming(request: TimingRequest): Promise<TimingAnswer> {
  const { config, configFile, trusted, tensorflowPath, model, data, batches, learningRate, budgetMs } = request;
  try {
    await selectEngine('tensorflow', { tensorflowPath });
    const built = await buildModel(config, model, { configFile, trusted, seed: config.training.seed });
    const stepper = makeStepper(config, data, built);
    return {
      type: 'timed',
      stepMs: timeSteps(stepper, batches, learningRate, budgetMs),
      version: findPackage({ tensorflowPath })?.version ?? '',
    };
  } catch (error) {
    const failure = AppError.is(error) ? error : new AppError('engine-unavailable', (error as Error).message, '', {}, { cause: error });
    return { type: 'not-timed', error: failure.toJSON() };
  }
}
