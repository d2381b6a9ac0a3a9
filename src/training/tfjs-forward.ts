import type { BuiltModel } from './model/build-model.js';
import type { LossFunction } from './model/losses.js';
import type { MetricFunction } from './model/metrics.js';
import { WeightPenalties } from './model/penalties.js';
import { type ActivationTap, activationTaps, type Activity, activityOf, joinActivity } from './probes/activations.js';
import type { Batch, OutputSignal } from './stepper.js';
import { Snapshot } from './tensor-alias.js';
import { tf } from './tf.js';

export interface Evaluator {
  loss: LossFunction;
  metrics: Readonly<Record<string, MetricFunction>>;
}

export interface ForwardParts extends Evaluator {
  built: BuiltModel;
  inputShape: readonly number[];
  targetShape: readonly number[];
}

/** Loss and metrics of a batch as training computes them, and the gradient of the loss by variable. */
export interface StepGradients {
  loss: number;
  metrics: Record<string, number>;
  gradients: tf.Tensor[];
}

/** Runs a model on batches: losses, gradients and outputs. Leaves weights, running averages and no tensor behind. */
export class TfjsForward {
  /** A view of the model that puts out every layer, made when first needed. */
  private tapped: { names: string[]; model: tf.LayersModel } | null = null;
  /** The same for the layers with an activation to watch. */
  private watched: { taps: ActivationTap[]; model: tf.LayersModel | null } | null = null;
  private readonly one = tf.keep(tf.scalar(1));
  private readonly penalties: WeightPenalties;

  constructor(
    private readonly parts: ForwardParts,
    private readonly variables: readonly tf.Variable[],
    /** Not trained, but changed by a forward pass in training: running averages. */
    private readonly carried: readonly tf.Variable[],
  ) {
    this.penalties = new WeightPenalties(parts.built.model, variables);
  }

  /** The running averages move on, as in training. The gradients, in the order of the variables, belong to the caller. */
  gradients(batch: Batch, step: number): StepGradients {
    const { x, y } = this.tensors(batch);
    let predictions: tf.Tensor | null = null;
    try {
      const { value, grads } = tf.variableGrads(() => {
        predictions = tf.keep(this.apply(x, step));
        return this.total(y, predictions, this.penalties.losses());
      }, this.variables as tf.Variable[]);
      const gradients = this.variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable));
      const loss = Math.fround(scalarOf(value) + this.penalties.addTo(gradients));
      return { loss, metrics: this.metricsOf(y, predictions as unknown as tf.Tensor), gradients };
    } finally {
      tf.dispose([x, y]);
      if (predictions !== null) tf.dispose(predictions);
    }
  }

  trainingLoss(batch: Batch, step: number): number {
    return this.undone(this.carried, () => this.lossOnTape(batch, (x) => this.apply(x, step)).loss);
  }

  evaluate(batch: Batch): { loss: number; metrics: Record<string, number> } {
    return this.lossOnTape(batch, (x) => this.parts.built.model.apply(x, { training: false }) as tf.Tensor);
  }

  flatGradient(batch: Batch, step: number, shift?: { direction: Float32Array; scale: number }): Float32Array {
    return this.undone([...this.variables, ...this.carried], () => {
      if (shift !== undefined) this.shift(shift.direction, shift.scale);
      const { gradients } = this.gradients(batch, step);
      const flat = new Float32Array(gradients.reduce((sum, gradient) => sum + gradient.size, 0));
      let offset = 0;
      for (const gradient of gradients) {
        flat.set(gradient.dataSync(), offset);
        offset += gradient.size;
      }
      tf.dispose(gradients);
      return flat;
    });
  }

  signals(batch: Batch, step: number): OutputSignal[] {
    const { names, model } = this.tap();
    return this.outputs(model, batch, step, (output, i) => ({ layer: names[i] as string, ...signalOf(output.dataSync()) }));
  }

  activity(batch: Batch, step: number): (Activity | undefined)[] {
    const { taps, model } = this.watch();
    const { layers } = this.parts.built;
    const activity = layers.map((): Activity | undefined => undefined);
    if (model === null) return activity;
    this.outputs(model, batch, step, (output, i) => {
      const { owner, kind } = taps[i] as ActivationTap;
      activity[owner] = joinActivity(activity[owner], activityOf(kind, output.dataSync<'float32'>(), output.shape.at(-1) ?? 1));
      return owner;
    });
    return activity;
  }

  /** The model was given penalties it did not have. */
  penaltiesChanged(): void {
    this.penalties.refresh();
  }

  dispose(): void {
    tf.dispose(this.one);
    this.penalties.dispose();
  }

  private apply(x: tf.Tensor, step: number): tf.Tensor {
    this.parts.built.noise.step = step;
    return this.parts.built.model.apply(x, { training: true }) as tf.Tensor;
  }

  private total(y: tf.Tensor, predictions: tf.Tensor, penalties = this.parts.built.model.calculateLosses()): tf.Scalar {
    return penalties.reduce<tf.Tensor>((sum, penalty) => tf.add(sum, penalty), this.parts.loss(y, predictions)).asScalar();
  }

  /**
   * Loss and metrics as training computes them. Outside a gradient TensorFlow.js fuses layers with their activation, and the
   * fused kernels of the wasm engine turn NaN into 0; so this runs on the tape, with a gradient that ends at once.
   */
  private lossOnTape(batch: Batch, forward: (x: tf.Tensor) => tf.Tensor): { loss: number; metrics: Record<string, number> } {
    const { x, y } = this.tensors(batch);
    return tf.tidy(() => {
      let metrics: Record<string, number> = {};
      const { value } = tf.valueAndGrad((one) => {
        const predictions = forward(x);
        metrics = this.metricsOf(y, predictions);
        return tf.mul(this.total(y, predictions), one);
      })(this.one);
      tf.dispose([x, y]);
      return { loss: scalarOf(value), metrics };
    });
  }

  private metricsOf(y: tf.Tensor, predictions: tf.Tensor): Record<string, number> {
    return Object.fromEntries(Object.entries(this.parts.metrics).map(([name, metric]) => [name, metric(y, predictions)]));
  }

  private tensors({ rows, inputs, targets }: Batch): { x: tf.Tensor; y: tf.Tensor } {
    return {
      x: tf.tensor(inputs, [rows, ...this.parts.inputShape], 'float32'),
      y: tf.tensor(targets, [rows, ...this.parts.targetShape], 'float32'),
    };
  }

  private shift(direction: Float32Array, scale: number): void {
    tf.tidy(() => {
      let offset = 0;
      for (const variable of this.variables) {
        const part = tf.tensor(direction.subarray(offset, offset + variable.size), variable.shape);
        variable.assign(tf.add(variable, tf.mul(part, scale)));
        offset += variable.size;
      }
    });
  }

  private undone<T>(variables: readonly tf.Variable[], run: () => T): T {
    const before = new Snapshot(variables);
    try {
      return run();
    } finally {
      before.restore();
      before.dispose();
    }
  }

  /** What `read` makes of each output of a model on a batch in training. */
  private outputs<T extends tf.TensorContainer>(
    model: tf.LayersModel,
    batch: Batch,
    step: number,
    read: (output: tf.Tensor, i: number) => T,
  ): T[] {
    const { x, y } = this.tensors(batch);
    try {
      return this.undone(this.carried, () =>
        tf.tidy(() => {
          this.parts.built.noise.step = step;
          return [model.apply(x, { training: true }) as tf.Tensor | tf.Tensor[]].flat().map(read);
        }),
      );
    } finally {
      tf.dispose([x, y]);
    }
  }

  private watch(): { taps: ActivationTap[]; model: tf.LayersModel | null } {
    if (this.watched === null) {
      const { model, architecture, layers } = this.parts.built;
      const taps = activationTaps(architecture, layers);
      const outputs = taps.map(({ output }) => model.getLayer(output).getOutputAt(0) as tf.SymbolicTensor);
      this.watched = { taps, model: taps.length === 0 ? null : tf.model({ inputs: model.inputs, outputs }) };
    }
    return this.watched;
  }

  private tap(): { names: string[]; model: tf.LayersModel } {
    if (this.tapped === null) {
      const { model } = this.parts.built;
      const layers = model.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
      const outputs = layers.map((layer) => layer.getOutputAt(0) as tf.SymbolicTensor);
      this.tapped = { names: layers.map((layer) => layer.name), model: tf.model({ inputs: model.inputs, outputs }) };
    }
    return this.tapped;
  }
}

function scalarOf(value: tf.Tensor): number {
  const number = value.dataSync()[0] as number;
  value.dispose();
  return number;
}

function signalOf(values: ArrayLike<number>): { outputRms: number; nonFiniteOutputs: number } {
  let squares = 0;
  let nonFinite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isFinite(value)) squares += value * value;
    else nonFinite += 1;
  }
  return { outputRms: Math.sqrt(squares / (values.length - nonFinite)), nonFiniteOutputs: nonFinite };
}
