import { AppError } from '../config/app-error.js';
import type { Config } from '../config/config-schema.js';
import type { PreparedData } from './data/dataset.js';
import type { BuiltModel } from './model/build-model.js';
import { createLoss } from './model/losses.js';
import { createMetrics } from './model/metrics.js';
import type { Stepper } from './stepper.js';
import { TfjsStepper } from './tfjs-stepper.js';

/** What a stepper needs to know of the data. */
export interface StepperShapes {
  train: Pick<PreparedData['train'], 'inputShape' | 'targetShape'>;
  targets: readonly Pick<PreparedData['targets'][number], 'classes'>[];
}

/** The stepper of a config's model. Throws AppError `model-invalid` where the model cannot be trained step by step. */
export function makeStepper(config: Config, data: StepperShapes, built: BuiltModel): Stepper {
  const { optimizer, gradientClip: clip } = config.training;
  if (built.layers.length === 0) {
    throw new AppError('model-invalid', 'This model has no weights to train.', 'Add a layer with weights, for example dense.', {
      path: ['model'],
    });
  }
  const stateful = built.model.layers.find((layer) => (layer as { stateful?: boolean }).stateful === true);
  if (stateful !== undefined) {
    const message = `Layer "${stateful.name}" carries its state from batch to batch, but batches are shuffled here.`;
    throw new AppError('model-invalid', message, 'Set stateful to false.', { path: ['model'] });
  }
  return new TfjsStepper({
    built,
    loss: createLoss(config.training.loss),
    metrics: createMetrics({ training: { ...config.training, metrics: metricsOf(config, data) } }),
    optimizer,
    clip,
    inputShape: data.train.inputShape,
    targetShape: data.train.targetShape,
  });
}

/** Those of the config; where classes are predicted their accuracy is always told. */
function metricsOf(config: Config, data: StepperShapes): Config['training']['metrics'] {
  const { metrics } = config.training;
  const classes = data.targets.some((target) => target.classes !== null);
  return classes && !metrics.includes('accuracy') ? [...metrics, 'accuracy'] : metrics;
}
