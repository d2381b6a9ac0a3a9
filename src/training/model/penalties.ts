import { DOUBLE } from '../engine/simd/kernel-module.js';
import { tensorOf } from '../engine/simd/own-operation.js';
import { kernelModule } from '../engine/simd/register-simd.js';
import { tf } from '../tf.js';
import { partsOf } from './layer-parts.js';

/** What this code reads of a penalty of tfjs. */
interface L1L2 {
  l1: number;
  l2: number;
  getClassName(): string;
  apply(weight: tf.Tensor): tf.Scalar;
}

/**
 * The L1 and L2 penalties of a model's trainable weights, kept off the tape: each costs TensorFlow.js some ten operations over
 * its weight, and our kernel one pass that adds the gradient and sums up the penalty. Where there are no kernels of ours, and
 * outside `gradients`, they are what they were.
 */
export class WeightPenalties {
  /** Penalties met since `losses` was called, by place of the variable; null where they are computed as usual. */
  private met: Map<number, { l1: number; l2: number }> | null = null;
  /** Stands for a penalty that was taken note of. */
  private readonly noted = tf.keep(tf.scalar(0));
  private readonly watched = new WeakSet<L1L2>();

  constructor(
    private readonly model: tf.LayersModel,
    private readonly variables: readonly tf.Variable[],
  ) {
    this.refresh();
  }

  /** Takes in penalties that were added to the model since. */
  refresh(): void {
    const penalties = this.model.layers.flatMap((layer) => partsOf(layer)).flatMap(({ part }) => penaltiesOf(part));
    for (const penalty of penalties) {
      if (this.watched.has(penalty)) continue;
      this.watched.add(penalty);
      this.watch(penalty);
    }
  }

  /** The losses of the layers that belong on the tape; the others wait for `addTo`. */
  losses(): tf.Scalar[] {
    if (kernelModule() === null) return this.model.calculateLosses();
    this.met = new Map();
    try {
      return this.model.calculateLosses().filter((loss) => loss !== this.noted);
    } catch (error) {
      this.met = null;
      throw error;
    }
  }

  /** Adds the gradients of the penalties that `losses` left out, in place of the old tensors; returns what they add to the loss. */
  addTo(gradients: tf.Tensor[]): number {
    const { met } = this;
    this.met = null;
    const module = kernelModule();
    if (met === null || module === null || met.size === 0) return 0;
    const places = [...met].map(([i, strengths]) => ({ i, strengths, to: module.make((this.variables[i] as tf.Variable).shape) }));
    const sum = module.scratch(DOUBLE);
    module.doubles(sum, 1).fill(0);
    for (const { i, strengths, to } of places) {
      const [gradient, weight] = [gradients[i] as tf.Tensor, this.variables[i] as tf.Variable];
      const [from, at] = [module.address(gradient), module.address(weight)];
      module.kernels.addPenalty(weight.size, module.address(to), from, at, strengths.l1, strengths.l2, sum);
      gradient.dispose();
      gradients[i] = tensorOf(to);
    }
    return module.doubles(sum, 1)[0] as number;
  }

  dispose(): void {
    this.noted.dispose();
  }

  private watch(penalty: L1L2): void {
    const apply = penalty.apply.bind(penalty);
    penalty.apply = (weight) => {
      const i = this.met === null ? -1 : this.variables.findIndex((variable) => variable === weight);
      if (this.met === null || i < 0) return apply(weight);
      const { l1, l2 } = this.met.get(i) ?? { l1: 0, l2: 0 };
      this.met.set(i, { l1: l1 + penalty.l1, l2: l2 + penalty.l2 });
      return this.noted;
    };
  }
}

function penaltiesOf(part: object): L1L2[] {
  const fields = Object.entries(part).filter(([name]) => name.endsWith('Regularizer'));
  const values = fields.map(([, value]) => value as L1L2 | null | undefined);
  return values.filter((value): value is L1L2 => value?.getClassName() === 'L1L2');
}
