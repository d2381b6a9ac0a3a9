import { tf } from '../tf.js';
import { firstOf, type Part, partsOf } from './layer-parts.js';

/**
 * Makes every timeDistributed inside `layer` call the layer it wraps once, on [batch * time, ...], as Keras does, where
 * tfjs calls it for each time step. A batch normalisation in it then sees all time steps as one batch, and noise is drawn once.
 */
export function foldTime(layer: tf.layers.Layer): void {
  for (const { part } of partsOf(layer)) {
    const { layer: inner } = part;
    if (part.getClassName() === 'TimeDistributed' && inner !== undefined) fold(part, inner);
  }
}

function fold(wrapper: Part, inner: Part): void {
  wrapper.call = (inputs, kwargs) =>
    tf.tidy(() => {
      const x = firstOf(inputs);
      const [batch = 0, time = 0, ...rest] = x.shape;
      // A mask is of time steps, which the layer inside does not see.
      const y = firstOf(inner.call(tf.reshape(x, [batch * time, ...rest]), { ...kwargs, mask: null }));
      return tf.reshape(y, [batch, time, ...y.shape.slice(1)]);
    });
}
