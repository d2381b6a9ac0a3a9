import type { OptimizerConfig } from '../config/training-schema.js';
import { kernelModule } from './engine/simd/register-simd.js';
import { cutGradient } from './clip.js';
import { canFuse, FusedUpdateRule } from './fused-update.js';
import { createAdadelta } from './optimizer-adadelta.js';
import { createCenteredRmsprop } from './optimizer-centered.js';
import { Snapshot } from './tensor-alias.js';
import { tf } from './tf.js';
import { type Cut, UNCUT, type UpdateRule } from './update-rule.js';

/** Makes the rule of the config for these variables. Their order is that of the gradients. */
export function createUpdateRule(config: OptimizerConfig, variables: readonly tf.Variable[]): UpdateRule {
  const kernels = kernelModule();
  if (kernels !== null && canFuse(config)) return new FusedUpdateRule(config, variables, kernels);
  if (config.type === 'rmsprop' && config.centered) return createCenteredRmsprop(config, variables);
  if (config.type === 'adadelta') return createAdadelta(config, variables);
  const rule = new TfjsUpdateRule(makeOptimizer(config), variables);
  return config.type === 'adamw' ? withWeightDecay(rule, config.weightDecay, variables) : rule;
}

function makeOptimizer(config: Exclude<OptimizerConfig, { type: 'adadelta' }>): tf.Optimizer {
  const { learningRate: rate } = config;
  switch (config.type) {
    case 'sgd':
      return config.momentum === 0 ? tf.train.sgd(rate) : tf.train.momentum(rate, config.momentum, config.nesterov);
    case 'adam':
    case 'adamw':
      return tf.train.adam(rate, config.beta1, config.beta2, config.epsilon);
    case 'adamax':
      // Its decay is part of the learning rate given with each update (schedule.ts).
      return tf.train.adamax(rate, config.beta1, config.beta2, config.epsilon, 0);
    case 'rmsprop':
      return tf.train.rmsprop(rate, config.decay, config.momentum, config.epsilon);
    case 'adagrad':
      return tf.train.adagrad(rate, config.initialAccumulatorValue);
  }
}

/** Decoupled weight decay (Loshchilov and Hutter 2019): w -= learningRate * weightDecay * w, then Adam's update. */
function withWeightDecay(rule: UpdateRule, weightDecay: number, variables: readonly tf.Variable[]): UpdateRule {
  return {
    slots: rule.slots,
    apply: (gradients, learningRate, cuts) => {
      tf.tidy(() => variables.forEach((variable) => variable.assign(tf.mul(variable, 1 - learningRate * weightDecay))));
      return rule.apply(gradients, learningRate, cuts);
    },
    dispose: () => rule.dispose(),
  };
}

/** Fields of tfjs optimizers that hold one variable. */
const SCALAR_FIELDS = ['accBeta1', 'accBeta2', 'iteration'] as const;
/** Fields that hold one accumulator per variable, by position. */
const LIST_FIELDS = [
  'accumulations', 'accumulatedFirstMoment', 'accumulatedSecondMoment', 'accumulatedWeightedInfNorm', 'accumulatedMeanSquares',
  'accumulatedMoments', 'accumulatedMeanGrads', 'accumulatedGrads',
] as const; // prettier-ignore

/** The protected state of tfjs optimizers, which has no public door. */
type OptimizerState = Partial<Record<(typeof SCALAR_FIELDS)[number], tf.Variable>> &
  Partial<Record<(typeof LIST_FIELDS)[number], { variable: tf.Variable }[]>> & { learningRate: number; c?: tf.Tensor };

/** An optimizer of tfjs whose state can be saved and put back. */
class TfjsUpdateRule implements UpdateRule {
  readonly slots: readonly tf.Variable[];
  private readonly state: OptimizerState;

  constructor(
    private readonly optimizer: tf.Optimizer,
    private readonly variables: readonly tf.Variable[],
  ) {
    this.state = optimizer as unknown as OptimizerState;
    const scalars = SCALAR_FIELDS.flatMap((field) => this.state[field] ?? []);
    this.createAccumulators(scalars);
    this.slots = [...scalars, ...LIST_FIELDS.flatMap((field) => (this.state[field] ?? []).map((entry) => entry.variable))];
  }

  apply(gradients: readonly tf.Tensor[], learningRate: number, cuts: readonly Cut[]): null {
    this.setLearningRate(learningRate);
    const scaled = gradients.map((gradient, i) => cutGradient(gradient, cuts[i] ?? UNCUT));
    this.optimizer.applyGradients(this.variables.map((variable, i) => ({ name: variable.name, tensor: scaled[i] as tf.Tensor })));
    tf.dispose(scaled.filter((gradient, i) => gradient !== gradients[i]));
    return null;
  }

  dispose(): void {
    this.optimizer.dispose();
    // Momentum leaves its learning rate tensor behind; disposing it twice does no harm.
    this.state.c?.dispose();
  }

  /**
   * tfjs makes accumulators at the first update. An update without gradients makes them all and changes nothing but the
   * scalars, which are put back.
   */
  private createAccumulators(scalars: readonly tf.Variable[]): void {
    const before = new Snapshot(scalars);
    this.optimizer.applyGradients(
      this.variables.map((variable) => ({ name: variable.name, tensor: null })) as unknown as tf.NamedTensorMap,
    );
    before.restore();
    before.dispose();
  }

  /** SGD and momentum ignore an assigned rate; the others have no setter. */
  private setLearningRate(learningRate: number): void {
    if (this.state.learningRate === learningRate) return;
    if (hasSetter(this.optimizer)) this.optimizer.setLearningRate(learningRate);
    else this.state.learningRate = learningRate;
  }
}

function hasSetter(optimizer: tf.Optimizer): optimizer is tf.SGDOptimizer {
  return 'setLearningRate' in optimizer;
}
