import { tf } from './tf.js';

/**
 * A second handle on a tensor's data, without a copy (`tf.clone` copies on the wasm engine). Assigning a variable gives it other data,
 * so the alias keeps the value of this moment. The caller disposes it.
 */
function aliasOf(tensor: tf.Tensor): tf.Tensor {
  const engine = tf.engine();
  const backend = engine.state.tensorInfo.get(tensor.dataId)?.backend ?? engine.backend;
  backend.incRef(tensor.dataId);
  return tf.keep(engine.makeTensorFromTensorInfo({ dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype }, backend));
}

/** The values of variables at one moment, to be put back bit for bit. */
export class Snapshot {
  private readonly values: tf.Tensor[];

  constructor(private readonly variables: readonly tf.Variable[]) {
    this.values = variables.map(aliasOf);
  }

  /** The value variable `i` had. */
  at(i: number): tf.Tensor {
    return this.values[i] as tf.Tensor;
  }

  /** Puts the values back; the snapshot stays usable. */
  restore(): void {
    this.variables.forEach((variable, i) => variable.assign(this.at(i)));
  }

  dispose(): void {
    tf.dispose(this.values);
  }
}
