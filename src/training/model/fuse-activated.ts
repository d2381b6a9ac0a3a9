import { tf } from '../tf.js';
import { firstOf } from './layer-parts.js';

/** What this code reads of a layer of tfjs that ends with a bias and an activation. */
export interface ActivatedLayer extends tf.layers.Layer {
  bias: tf.LayerVariable | null;
  activation: { getClassName(): string; apply(x: tf.Tensor): tf.Tensor } | null;
}

/**
 * Makes `run` the forward pass of a layer on wasm. It adds the bias, if there is one, and applies relu where told so; other
 * activations follow as an operation of their own. Input that is not float32 stays with tfjs, and `note` is told.
 */
export function fuseActivated(
  layer: ActivatedLayer,
  note: (reason: string) => void,
  run: (x: tf.Tensor, bias: tf.Tensor | null, relu: boolean) => tf.Tensor,
): void {
  const call = layer.call.bind(layer);
  const name = layer.activation?.getClassName() ?? 'linear';
  const later = name === 'relu' || name === 'linear' ? null : layer.activation;
  layer.call = (inputs, kwargs) => {
    if (tf.getBackend() !== 'wasm') return call(inputs, kwargs);
    const x = firstOf(inputs);
    if (x.dtype !== 'float32') {
      note(`takes ${x.dtype} input of rank ${x.rank}`);
      return call(inputs, kwargs);
    }
    return tf.tidy(() => {
      const y = run(x, layer.bias?.read() ?? null, name === 'relu');
      return later === null ? y : later.apply(y);
    });
  };
}
