import type { OptimizerConfig } from '../config/training-schema.js';
import { type Address, DOUBLE, type KernelModule } from './engine/simd/kernel-module.js';
import { tensorOf } from './engine/simd/own-operation.js';
import { type Cut, SUM_COUNT, UNCUT, type UpdateRule, type Wanted } from './update-rule.js';
import { tf } from './tf.js';

type FusedConfig = Extract<OptimizerConfig, { type: 'sgd' | 'adam' | 'adamw' | 'rmsprop' }>;

/** Whether one pass of our kernels does this optimizer's update. */
export function canFuse(config: OptimizerConfig): config is FusedConfig {
  if (config.type === 'rmsprop') return !config.centered;
  return config.type === 'sgd' || config.type === 'adam' || config.type === 'adamw';
}

/** Tells the kernels that nobody wants the sums. */
const NO_SUMS: Address = 0;
/** A chunk of kernels/updates.ts. */
const CHUNK_BYTES = 2048;
/** Where among the sums of a variable the kernels read what to sum up: 0 for the squares of the gradient alone. */
const WANTED = SUM_COUNT - 1;

/** Addresses one update of one variable works on. */
interface Place {
  size: number;
  weight: Address;
  gradient: Address;
  next: Address;
  /** scale, limit, address of the scales of units (0: none), units, room for a chunk: as the kernels take them. */
  cut: readonly [number, number, Address, number, Address];
  sums: Address;
}

/**
 * Weights and moments of all variables in one pass each, on our kernels, with the sums of the update as a by-product. Equal
 * to the optimizers of tfjs to float32 rounding. New values go to new tensors, so that old ones stay for a rollback (and so
 * that nothing cached by tensor goes stale).
 */
export class FusedUpdateRule implements UpdateRule {
  readonly slots: readonly tf.Variable[];
  private readonly moments: readonly (readonly tf.Variable[])[];
  /** beta1^t and beta2^t for Adam, in float32 as tfjs keeps them. */
  private readonly powers: readonly tf.Variable[];
  private readonly sumsAt: Address;
  /** Room for a chunk of a gradient that is cut. */
  private readonly chunkAt: Address;
  private readonly sums: Float64Array;
  private shared: Float64Array = new Float64Array(0);
  /** What the sums begin with. */
  private readonly askSquares: Float64Array;
  private readonly askAll: Float64Array;

  constructor(
    private readonly config: FusedConfig,
    private readonly variables: readonly tf.Variable[],
    private readonly module: KernelModule,
  ) {
    const count = momentCount(config);
    this.moments = variables.map((variable) =>
      Array.from({ length: count }, () => tf.tidy(() => tf.variable(tf.zerosLike(variable), false))),
    );
    this.powers = isAdam(config) ? [config.beta1, config.beta2].map((beta) => tf.tidy(() => tf.variable(tf.scalar(beta), false))) : [];
    this.slots = [...this.powers, ...this.moments.flat()];
    this.sums = new Float64Array(variables.length * SUM_COUNT);
    this.askSquares = this.sums.slice();
    this.askAll = this.sums.map((_, i) => (i % SUM_COUNT === WANTED ? 1 : 0));
    this.sumsAt = module.reserve(this.sums.length * DOUBLE);
    this.chunkAt = module.reserve(CHUNK_BYTES);
  }

  apply(gradients: readonly tf.Tensor[], learningRate: number, cuts: readonly Cut[], wanted: Wanted = 'all'): Float64Array | null {
    const { module } = this;
    // Whatever may move the heap comes first.
    const targets = this.variables.map((variable, i) => [variable, ...(this.moments[i] ?? [])].map((old) => module.make(old.shape)));
    if (wanted !== 'nothing') this.sharedSums().set(wanted === 'all' ? this.askAll : this.askSquares);
    const powers = this.powers.map((power) => power.dataSync()[0] as number);
    this.variables.forEach((variable, i) => {
      const [next, ...nextMoments] = targets[i] as tf.TensorInfo[];
      const place: Place = {
        size: variable.size,
        weight: module.address(variable),
        gradient: module.address(gradients[i] as tf.Tensor),
        next: module.address(next as tf.TensorInfo),
        cut: this.placeOf(cuts[i] ?? UNCUT),
        sums: wanted === 'nothing' ? NO_SUMS : this.sumsAt + i * SUM_COUNT * DOUBLE,
      };
      const old = (this.moments[i] ?? []).map((moment) => module.address(moment));
      this.propose(place, old, nextMoments.map((moment) => module.address(moment)), learningRate, powers); // prettier-ignore
    });
    this.variables.forEach((variable, i) => {
      [variable, ...(this.moments[i] ?? [])].forEach((old, k) => assign(old, targets[i]?.[k] as tf.TensorInfo));
    });
    this.advancePowers(powers);
    if (wanted === 'nothing') return null;
    this.sums.set(this.sharedSums());
    return this.sums;
  }

  dispose(): void {
    tf.dispose([...this.slots]);
    this.module.release(this.sumsAt);
    this.module.release(this.chunkAt);
  }

  private propose(place: Place, old: readonly Address[], next: readonly Address[], rate: number, powers: readonly number[]): void {
    const { config, module } = this;
    const { kernels } = module;
    const { size, weight, gradient, cut, sums } = place;
    const [first = 0, second = 0] = old;
    const [nextFirst = 0, nextSecond = 0] = next;
    switch (config.type) {
      case 'sgd': {
        const nesterov = config.nesterov ? 1 : 0;
        kernels.proposeSgd(size, weight, gradient, first, place.next, nextFirst, rate, config.momentum, nesterov, ...cut, sums);
        break;
      }
      case 'adam':
      case 'adamw': {
        const [power1 = 0, power2 = 0] = powers;
        const keep = config.type === 'adamw' ? 1 - rate * config.weightDecay : 1;
        kernels.proposeAdam(
          size, weight, gradient, first, second, place.next, nextFirst, nextSecond, rate, config.beta1, 1 - config.beta1,
          config.beta2, 1 - config.beta2, 1 - power1, 1 - power2, config.epsilon, keep, ...cut, sums,
        ); // prettier-ignore
        break;
      }
      case 'rmsprop':
        kernels.proposeRmsprop(
          size, weight, gradient, first, second, place.next, nextFirst, nextSecond, rate, config.decay, 1 - config.decay,
          config.momentum, config.epsilon, ...cut, sums,
        ); // prettier-ignore
    }
  }

  private placeOf({ scale, limit, units }: Cut): Place['cut'] {
    return [scale, limit, this.module.addressOr0(units), units?.size ?? 1, this.chunkAt];
  }

  private advancePowers(powers: readonly number[]): void {
    if (!isAdam(this.config)) return;
    const { beta1, beta2 } = this.config;
    tf.tidy(() => this.powers.forEach((power, k) => power.assign(tf.scalar((powers[k] ?? 0) * Math.fround(k === 0 ? beta1 : beta2)))));
  }

  /** What the kernels add to, valid until the heap grows. */
  private sharedSums(): Float64Array {
    if (this.shared.length === 0) this.shared = this.module.doubles(this.sumsAt, this.sums.length);
    return this.shared;
  }
}

function isAdam(config: FusedConfig): config is Extract<FusedConfig, { type: 'adam' | 'adamw' }> {
  return config.type === 'adam' || config.type === 'adamw';
}

function momentCount(config: FusedConfig): number {
  if (config.type === 'sgd') return config.momentum === 0 ? 0 : 1;
  return 2;
}

function assign(variable: tf.Variable, info: tf.TensorInfo): void {
  const tensor = tensorOf(info);
  variable.assign(tensor);
  tensor.dispose();
}
